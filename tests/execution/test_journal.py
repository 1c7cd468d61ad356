"""The journal of a run of work."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.execution.journal import EVENTS, Draft, Journal
from tests.support.project import ROOT


def test_events_come_back_in_their_order(tmp_path: Path) -> None:
    """What was appended is read after any number, also by another connection."""
    with closing(Journal(tmp_path / "j.sqlite")) as one, closing(Journal(tmp_path / "j.sqlite")) as other:
        first, second = one.append(Draft("run_started"), Draft("judged", "a", 2, {"verdict": "failed"}))
        (third,) = other.append(Draft("merged", "b", 1, {"commit": "c"}))

        assert [first, second, third] == one.since()
        assert [third] == one.since(second.seq)
        assert (("judged", "a", 2, {"verdict": "failed"})) == second[2:]


def test_all_or_nothing(tmp_path: Path) -> None:
    """Of drafts among which one is unknown none is written."""
    with closing(Journal(tmp_path / "j.sqlite")) as journal:
        with pytest.raises(ValueError, match="no event is called tea"):
            journal.append(Draft("run_started"), Draft("tea"))

        assert [] == journal.since()


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    """A file with other content is named, and left as it is."""
    (tmp_path / "j.sqlite").write_text("this is no database, by far not\n" * 40)
    with pytest.raises(BatchpackError, match=r"j\.sqlite"):
        Journal(tmp_path / "j.sqlite")

    assert (tmp_path / "j.sqlite").read_text().startswith("this is")


def _drafted() -> Iterator[str]:
    """Yield the names of all drafts that the engine makes."""
    for path in (ROOT / "batchpack").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Draft" and node.args:
                values = ast.walk(node.args[0])
                yield from (one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_event_is_written_by_something() -> None:
    """An event that nothing writes is dead, and so is what reads it."""
    assert set() == EVENTS - set(_drafted())
