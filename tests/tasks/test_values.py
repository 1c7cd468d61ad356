"""Values of tasks: names, summaries, titles that cannot forge lines, sequences that are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError, BrokenFile, UsageError
from batchpack.tasks.values import (
    Feature,
    Refused,
    Subtask,
    UnknownTask,
    check_name,
    check_summary,
    is_name,
    one_line,
)


def feature(*found: tuple[str, str, str]) -> Feature:
    """Make a feature of (file, sequence, status)."""
    subtasks = tuple(Subtask(file, {}, seq, "T", status, (), False) for file, seq, status in found)  # type: ignore[arg-type]
    return Feature("f", Path("f"), None, subtasks, len(subtasks))


@pytest.mark.parametrize("name", ["a", "auth-system", "A.b_c-9", "0" * 64])
def test_good_names(name: str) -> None:
    """Letters, digits, dot, underline and dash make a name of up to 64 characters."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a..b", "a/b", "-rf", ".hidden", "a b", "ünï", "x.lock", "0" * 65, "a\n", "\uff41", "a\0", "~"],
)
def test_bad_names(name: str) -> None:
    """What could leave the folder, pass for an option or look like another name is refused."""
    assert not is_name(name)
    with pytest.raises(UsageError, match="no feature name"):
        check_name(name)


def test_reserved_name() -> None:
    """The archive's folder cannot be a feature, but an agent may be called so."""
    with pytest.raises(UsageError, match="'completed' is no feature name") as told:
        check_name("completed")
    with pytest.raises(UsageError, match="'Completed' is no feature name"):
        check_name("Completed")
    assert told.value.hint == "that folder holds the archived features"
    assert check_name("completed", "agent name") == "completed"


def test_summaries() -> None:
    """A summary has 1 to 200 characters, letters beyond ASCII counted once."""
    assert check_summary("ü" * 200) == "ü" * 200
    with pytest.raises(BatchpackError, match=r"^Summary must be max 200 characters$"):
        check_summary("x" * 201)
    for empty in ("", "  ", "\n\t", "\u00a0", "\u200b\ufeff"):
        with pytest.raises(BatchpackError, match="must not be empty"):
            check_summary(empty)
    with pytest.raises(BatchpackError, match="must be UTF-8 text"):
        check_summary("a\udcff")
    with pytest.raises(BatchpackError, match="must not be empty"):
        check_summary(" \n")


def test_one_line() -> None:
    """Line ends, escapes and marks that turn the direction of writing become spaces; the rest stays."""
    assert one_line("a\n✓ 02\x1b[31m\u202e\udcffb  👩‍💻") == "a ✓ 02 [31m b  👩‍💻"


def test_finding() -> None:
    """A sequence is found as written or padded; one that is not there or stands twice is refused."""
    found = feature(("subtask_05.json", "05", "pending"), ("subtask_100.json", "100", "pending"))
    assert ("05", "100") == (found.find("5").seq, found.find("100").seq)
    assert found.known(["5", "05", "100"]) == ("05", "100")
    with pytest.raises(UnknownTask, match=r"^Task 99 not found in f$"):
        found.find("99")
    with pytest.raises(Refused, match=r"a\.json and b\.json both have sequence 01"):
        feature(("a.json", "01", "pending"), ("b.json", "01", "pending")).find("1")


def test_a_doubled_sequence_is_completed_only_as_a_whole() -> None:
    """A sequence that two files have counts as completed when both are."""
    assert feature(("a", "01", "completed"), ("b", "01", "pending")).completed == frozenset()
    assert feature(("a", "01", "completed"), ("b", "01", "completed")).completed == {"01"}


def test_a_subtask_whose_file_is_broken() -> None:
    """Who names a subtask whose file cannot be read is told why, not that there is none."""
    broken = BrokenFile(Path("f/subtask_02.json"), "not valid JSON", 3, 1)
    found = replace(feature(("subtask_01.json", "01", "pending")), problems=(broken,))
    for seq in ("02", "2"):
        with pytest.raises(BrokenFile, match=r"subtask_02\.json:3:1: not valid JSON"):
            found.find(seq)
    with pytest.raises(UnknownTask, match="Task 03 not found in f"):
        found.find("03")
