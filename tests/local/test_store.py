"""The table of attempts: each id once, ends as they were written, all of it in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.engine import Status
from batchpack.errors import BrokenFile
from batchpack.local.store import Store
from tests.local.ground import attempt


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store, closed at the end."""
    opened = Store(tmp_path / "journal.sqlite")
    yield opened
    opened.close()


def test_an_id_is_new_once(store: Store, tmp_path: Path) -> None:
    """Of the same id twice, in one writing or two, one is new."""
    one, other = attempt(tmp_path, "true"), attempt(tmp_path, "true", task="u")

    assert {"r.t.1"} == store.write([one, one], [])
    assert {"r.u.1"} == store.write([one, other], [])
    assert [("r.t.1", "t", 1), ("r.u.1", "u", 1)] == store.unfinished()
    assert [True, False] == [store.has("r.t.1"), store.has("r.t.2")]


def test_ends_come_back_as_they_were(store: Store, tmp_path: Path) -> None:
    """An end is read as it was written, and is unfinished no more."""
    end = Status("r.t.1", "done", -9, 1.5, 2.5, timed_out=True, detail="d")
    store.write([attempt(tmp_path, "true")], [])
    store.write([], [end])

    assert [(end, "t", 1)] == store.all()
    assert [] == store.unfinished()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=12))
def test_it_agrees_with_a_dictionary(tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[int, bool]]) -> None:
    """After any acts, and opened anew, the table holds what a dictionary would."""
    path = tmp_path_factory.mktemp("s") / "journal.sqlite"
    known: dict[str, str] = {}
    for number, ends in acts:
        store = Store(path)
        if ends:
            store.write([], [Status(f"r.t.{number}", "lost")])
            known |= {f"r.t.{number}": "lost"} if f"r.t.{number}" in known else {}
        else:
            store.write([attempt(path, "true", number=number)], [])
            known.setdefault(f"r.t.{number}", "queued")
        found = {status.id: status.state for status, _, _ in store.all()}
        store.close()

        assert known == found


def test_a_journal_that_is_none_is_told(tmp_path: Path) -> None:
    """A file that is no database is left as it is, with a sentence."""
    (tmp_path / "journal.sqlite").write_text("no database at all, " * 100)

    with pytest.raises(BrokenFile):
        Store(tmp_path / "journal.sqlite")
