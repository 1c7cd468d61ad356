"""New features and subtasks: sequences are given once, also in a race; circles cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, Unwritable
from batchpack.tasks.creating import NewFeature, NewSubtask, add, init
from batchpack.tasks.loading import NoFeature
from batchpack.tasks.validate import validate
from batchpack.tasks.values import Refused, UnknownTask
from tests.support.project import Project
from tests.support.task_races import race
from tests.support.tasks import read, subtask, write_feature

NEW = NewFeature("F", "It works.", context_files=("a.md",), exit_criteria=("done",))


def test_made_features_are_valid(tmp_path: Path) -> None:
    """What init and add write passes the strict validation, in the fields' known order."""
    path = init(tmp_path, "f", NEW)
    full = NewSubtask("One", parallel=True, acceptance_criteria=("ok",), deliverables=("a.ts",), suggested_agent="X")
    add(tmp_path, "f", full)
    feature, seq = add(
        tmp_path, "f", NewSubtask("Two", depends_on=("1", "01"), acceptance_criteria=("ok",), deliverables=("b.ts",))
    )
    assert ([], "02", 2) == (validate(tmp_path, "f", strict=True), seq, (feature.task or {})["subtask_count"])
    assert (["id", "name", "status"], ["01"]) == (
        list(read(path))[:3],
        read(path.parent / "subtask_02.json")["depends_on"],
    )
    assert ("X", False) == (
        read(path.parent / "subtask_01.json")["suggested_agent"],
        "suggested_agent" in read(path.parent / "subtask_02.json"),
    )


def test_next_sequence(tmp_path: Path) -> None:
    """The next sequence follows the highest of names and contents, broken files included, and passes 99."""
    folder = write_feature(tmp_path, "f", subtask("f", "07"))
    (folder / "subtask_98.json").write_text("{")
    assert [add(tmp_path, "f", NewSubtask("T"))[1] for _ in range(3)] == ["99", "100", "101"]
    assert read(folder / "task.json")["subtask_count"] == 5


def test_refused(tmp_path: Path) -> None:
    """A second feature of a name, a subtask of none, an unknown dependency and odd titles are refused."""
    init(tmp_path, "f", NEW)
    with pytest.raises(Refused, match="there is a feature named f already"):
        init(tmp_path, "f", NEW)
    with pytest.raises(UnknownTask):
        add(tmp_path, "f", NewSubtask("T", depends_on=("01",)))
    with pytest.raises(NoFeature):
        add(tmp_path, "g", NewSubtask("T"))
    for title in ("", " ", "a\nb", "x" * 201):
        with pytest.raises(BatchpackError, match="must be one line"):
            add(tmp_path, "f", NewSubtask(title))
    (tmp_path / "bare").mkdir()
    with pytest.raises(Refused, match=r"has no readable task\.json"):
        add(tmp_path, "bare", NewSubtask("T"))
    write_feature(tmp_path / "completed", "old")
    with pytest.raises(Refused):
        init(tmp_path, "old", NEW)
    assert ["task.json"] == [file.name for file in (tmp_path / "f").iterdir()]


def test_init_counts_what_is_there(tmp_path: Path) -> None:
    """A feature that is made around subtask files counts them."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    (folder / "task.json").unlink()
    assert read(init(tmp_path, "f", NEW))["subtask_count"] == 1


def test_race(project: Project) -> None:
    """Of eight that add at once each gets a sequence of its own, and the count is right; of two inits one wins."""
    tasks = project.folder / ".tmp" / "tasks"
    inits = race(project, [["init", "f", "--name", "F"]] * 2)
    assert [0, 1] == sorted(code for code, _, _ in inits)
    ended = race(project, [["add", "f", f"title {number}"] for number in range(8)])
    assert [0] * 8 == [code for code, _, _ in ended]
    titles = {read(tasks / "f" / f"subtask_0{number}.json")["title"] for number in range(1, 9)}
    assert ({f"title {number}" for number in range(8)}, 8) == (titles, read(tasks / "f" / "task.json")["subtask_count"])


def test_names_but_for_letter_case(tmp_path: Path) -> None:
    """A name that another feature has in other letters, or that a file or the archive has, is refused."""
    init(tmp_path, "Auth", NEW)
    with pytest.raises(Refused, match="there is a feature named Auth already"):
        init(tmp_path, "auth", NEW)
    write_feature(tmp_path / "completed", "old")
    with pytest.raises(Refused, match="there is a feature named old already"):
        init(tmp_path, "old", NEW)
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable) as told:
        init(tmp_path, "file", NEW)
    assert "rename what stands where a folder must be" in told.value.hint
