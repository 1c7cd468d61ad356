"""Folders of task files as a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.workplan import xml_folder
from batchpack.workplan.complaints import BadPlan

TASK = "<task><meta><id>{}</id></meta><dependencies>{}</dependencies><objective>x</objective></task>"


def write(folder: Path, **files: str) -> Path:
    """Write task files `<layer>__<id>` with what each depends on."""
    for name, needs in files.items():
        layer, _, task = name.partition("__")
        path = folder / layer.replace("_", "-") / f"{task.replace('_', '-')}-slug.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TASK.format(task.replace("_", "-"), needs))
    return folder


def test_layers_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """`2-backend` comes before `10-deploy`, and the plan is called as its folder."""
    plan = xml_folder.read(write(tmp_path / "voice", L10_d__L10_1="L2-1", L2_b__L2_1="", L2_b__L2_10="", L2_b__L2_2=""))

    assert ["L2-1", "L2-2", "L2-10", "L10-1"] == [task.id for task in plan.tasks]
    assert ("voice", ("L2-1",), "L10-d") == (plan.name, plan.tasks[3].depends_on, plan.tasks[3].layer)


def test_one_broken_file_stops_no_other(tmp_path: Path) -> None:
    """All complaints come at once, with file and line, and what could be read comes along."""
    write(tmp_path, a__L1_1="", a__L1_2="L1-9")
    (tmp_path / "a" / "L1-3-x.xml").write_text("<task>\n<a></task>")
    (tmp_path / "a" / "L1-4-x.xml").write_text(TASK.format("L1-1", ""))
    with pytest.raises(BadPlan) as caught:
        xml_folder.read(tmp_path)
    said = caught.value.message

    assert f"{tmp_path}/a/L1-3-x.xml:2: broken XML: mismatched tag" in said
    assert "task L1-2: it depends on 'L1-9', which is not in the plan" in said
    assert "task L1-1: this id is taken already" in said
    assert caught.value.plan is not None
    assert 3 == len(caught.value.plan.tasks)


def test_links_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    """A link to a file elsewhere is no task, nor is what is hidden."""
    write(tmp_path / "t", a__L1_1="")
    (tmp_path / "else.xml").write_text(TASK.format("L9-9", ""))
    (tmp_path / "t" / "a" / "L9-9-x.xml").symlink_to(tmp_path / "else.xml")
    (tmp_path / "t" / ".L8-8.xml").write_text(TASK.format("L8-8", ""))
    (tmp_path / "t" / "loop").symlink_to(tmp_path / "t")

    assert ["L1-1"] == [task.id for task in xml_folder.read(tmp_path / "t").tasks]


def test_one_file_is_a_plan(tmp_path: Path) -> None:
    """A task file by itself is a plan of one task; an empty folder is none."""
    (tmp_path / "x.xml").write_text(TASK.format("x", "<a task='y'/>"))
    (tmp_path / "empty").mkdir()

    alone = xml_folder.read(tmp_path / "x.xml").tasks[0]

    assert ("x", ()) == (alone.id, alone.depends_on)
    assert "which is in another file" in alone.unread[0]
    with pytest.raises(BadPlan, match="no task"):
        xml_folder.read(tmp_path / "empty")


def test_a_task_is_found_by_its_id(tmp_path: Path) -> None:
    """The file's name says the id; where it does not, the file itself does."""
    write(tmp_path, a__L1_1="", a__L1_10="")
    (tmp_path / "named.xml").write_text(TASK.format("special", ""))

    assert "L1-1-slug.xml" == xml_folder.find(tmp_path, "L1-1").name
    assert "named.xml" == xml_folder.find(tmp_path, "special").name
    with pytest.raises(BrokenFile, match="no task file here is for 'L1-2'"):
        xml_folder.find(tmp_path, "L1-2")


def test_some_tasks_alone_wait_for_each_other_only(tmp_path: Path) -> None:
    """A plan of chosen tasks has no dependency on the others."""
    plan = xml_folder.alone(
        xml_folder.read(write(tmp_path, a__L1_1="", a__L1_2="L1-1", a__L1_3="L1-2")), ["L1-2", "L1-3"]
    )

    assert {"L1-2": (), "L1-3": ("L1-2",)} == {task.id: task.depends_on for task in plan.tasks}
