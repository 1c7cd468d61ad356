"""The words of the task CLI where the commands' own tests do not reach: odd contents, rounding, endless trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.tasks import texts
from batchpack.tasks.loading import load
from batchpack.tasks.values import Feature
from tests.support.tasks import subtask, write_feature


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, 0), (3, 10, 30), (1, 3, 33), (2, 3, 67), (1, 8, 13), (1, 200, 1), (7, 7, 100)],
)
def test_percent(part: int, whole: int, expected: int) -> None:
    """Shares are rounded as in the program that people know: halves go up."""
    assert expected == texts.percent(part, whole)


def test_titles_cannot_forge_lines(tmp_path: Path) -> None:
    """A title with line ends or escapes stays on its line."""
    write_feature(tmp_path, "f", subtask("f", "01", title="a\n  ✓ 02 - b [completed]\x1b[2J"), name="n\nm")
    lines = list(texts.status(load(tmp_path, "f"), listed=True))
    assert ("[f] n m", "  ○ 01 - a   ✓ 02 - b [completed] [2J [pending]") == (lines[1], lines[-1])


def test_icons(tmp_path: Path) -> None:
    """Each status has its icon."""
    statuses = ("completed", "in_progress", "pending", "blocked")
    write_feature(tmp_path, "f", *(subtask("f", f"0{n}", status=status) for n, status in enumerate(statuses, 1)))
    found = load(tmp_path, "f")
    assert "✓~○✗" == "".join(texts.item(each)[0] for each in found.subtasks)
    assert list(texts.status(found))[3] == "  Pending: 1 | In Progress: 1 | Completed: 1 | Blocked: 1"


def test_broken_task_file(tmp_path: Path) -> None:
    """With a broken task.json the counts are shown all the same."""
    folder = write_feature(tmp_path, "f", subtask("f", "01"))
    (folder / "task.json").write_text("{")
    assert list(texts.status(load(tmp_path, "f")))[1:3] == ["[f] f", "  Status: unreadable | Progress: 0% (0/1)"]


def tree(feature: Feature, seq: str) -> list[str]:
    """Draw a tree without its heading."""
    return list(texts.dependency_tree(feature, feature.find(seq)))[4:]


def test_trees_with_circles_and_holes(tmp_path: Path) -> None:
    """A circle is marked and not followed again; what does not exist is named."""
    write_feature(tmp_path, "f", subtask("f", "01", depends_on=["02", "09"]), subtask("f", "02", depends_on=["01"]))
    assert tree(load(tmp_path, "f"), "01") == [
        "  ├── ○ 02 - Task 02 [pending]",
        "  │   └── ○ 01 - Task 01 [pending] (circular)",
        "  └── ? 09 - NOT FOUND",
    ]


def test_endless_trees_are_cut(tmp_path: Path) -> None:
    """A net whose tree would have more lines than atoms is cut, and so is a chain of thousands."""
    layers = [[f"{n:02d}" for n in range(layer * 4 + 1, layer * 4 + 5)] for layer in range(20)]
    made = [subtask("f", seq, depends_on=layers[i - 1] if i else []) for i, layer in enumerate(layers) for seq in layer]
    write_feature(tmp_path, "f", *made)
    write_feature(tmp_path, "g", *(subtask("g", f"{n:02d}", depends_on=[f"{n - 1:02d}"]) for n in range(1, 1501)))
    for name, seq in (("f", "80"), ("g", "1500")):
        lines = tree(load(tmp_path, name), seq)
        assert (texts.TREE_LIMIT + 1, True) == (len(lines), "cut after 1000 lines" in lines[-1])


def test_open_dependency_in_progress_is_not_ready(tmp_path: Path) -> None:
    """Only completed dependencies free a subtask, and one that is in progress is not offered again."""
    write_feature(
        tmp_path,
        "f",
        subtask("f", "01", status="in_progress"),
        subtask("f", "02", depends_on=["01"]),
        subtask("f", "03"),
    )
    found = load(tmp_path, "f")
    assert (["03"], ["02"]) == ([s.seq for s in texts.ready(found)], [s.seq for s, _ in texts.waiting(found)])
