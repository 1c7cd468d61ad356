"""The bytes that a run's commands may print."""

from __future__ import annotations

import pytest

from batchpack.runs import budget
from tests.runs.build import make_run
from tests.support.project import Project


def test_what_is_printed_is_counted_in_bytes(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines count as they reach the reader: in UTF-8, each with its line end, over all commands of the run."""
    run = make_run(project, monkeypatch, [("one",)])
    before = budget.left(run)
    assert budget.spend(run, ["é", "", "b"]) == "é\n\nb"
    assert budget.spend(run, ["c"]) == "c"
    assert len("é\n\nb\nc\n".encode()) == budget.spent(run) == before - budget.left(run)


@pytest.mark.parametrize(("agents", "counted"), [(1, 8), (8, 8), (9, 9)])
def test_a_small_run_may_print_as_much_as_one_of_eight(
    project: Project, monkeypatch: pytest.MonkeyPatch, agents: int, counted: int
) -> None:
    """300 bytes an agent, of eight agents at least."""
    run = make_run(project, monkeypatch, [tuple(f"task-{number}" for number in range(agents))])
    assert 300 * counted == budget.left(run)


@pytest.mark.parametrize(
    ("count", "spent"),
    [(b"", 0), (b"\xff\xfe\n12\n", 12), (b"12\n3", 15), (b"-5\nx\n7\n", 7), (b"9" * 5000 + b"\n1\n", 1)],
)
def test_a_broken_count_fails_no_command(
    project: Project, monkeypatch: pytest.MonkeyPatch, count: bytes, spent: int
) -> None:
    """Of a damaged file what can be read counts, and the run comes to its end."""
    run = make_run(project, monkeypatch, [("one",)])
    (run.folder / "printed").write_bytes(count)
    assert spent == budget.spent(run)
    assert "1 task = " in project.run("synthesize", "--partial", run.short).out


def test_a_count_that_cannot_be_kept_fails_no_command(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in the place of the file: the text is printed all the same."""
    run = make_run(project, monkeypatch, [("one",)])
    (run.folder / "printed").mkdir()
    assert budget.spend(run, ["a"]) == "a"
    assert budget.spent(run) == 0


def test_more_than_allowed_is_told_as_less_than_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries may print more than the promise; the rest then says by how much."""
    run = make_run(project, monkeypatch, [("one",)])
    budget.spend(run, ["x" * 2400])
    assert budget.left(run) == -1
