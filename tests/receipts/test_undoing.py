"""Taking acts back: the last first, each with its own receipts, never twice, never by a shell, within the window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from batchpack.errors import UsageError
from batchpack.receipts.acts import Act, fold
from batchpack.receipts.book import Book
from batchpack.receipts.checking import Report, check, read
from batchpack.receipts.undoing import Undone, check_window, plan, run
from batchpack.receipts.values import Draft
from tests.receipts.conftest import begin, end


def acts(book: Book) -> dict[str, Act]:
    """Return the acts of a book."""
    return fold(read(book.path, Report()))


def take_back(book: Book, *named: str, again: bool = False) -> list[Undone]:
    """Take acts back in the book's folder."""
    return list(run(book.append, plan(acts(book), named, again=again).acts, book.folder, "me"))


def move(book: Book, name: str) -> str:
    """Move a file away with receipts; returns the act."""
    (book.folder / name).write_text(name)
    begun = begin(book, name, undo=("mv", "--", f"{name}.gone", name))
    (book.folder / name).rename(book.folder / f"{name}.gone")
    return end(book, begun).act


def test_acts_are_taken_back_last_first_and_once(book: Book) -> None:
    """Every act is taken back by its command, in reverse order, with receipts; a second time nothing is left to do."""
    moved = [move(book, name) for name in ("a", "b")]
    done = take_back(book)

    assert [*reversed(moved)] == [one.act.id for one in done]
    assert {"a", "b"} <= {path.name for path in book.folder.iterdir()}
    assert ["undone", "undone", "done", "done"] == [act.standing for act in acts(book).values()]
    assert ("a", "chunk-01") == (acts(book)[done[1].act.id].before.draft.item, done[1].act.before.draft.task)
    assert [] == take_back(book)
    assert check(book.path).is_whole


def test_a_command_is_no_shell_line(book: Book) -> None:
    """Signs of a shell in an undo command are letters of its words."""
    end(book, begin(book, undo=("echo", "$(touch got)", ";", "touch got")))
    take_back(book)

    assert not (book.folder / "got").exists()


def test_one_that_fails_keeps_no_other_back(book: Book) -> None:
    """A command that fails or is missing is told with what it said, and the acts before it are taken back."""
    move(book, "a")
    end(book, begin(book, undo=("ls", "no-such-file")))
    end(book, begin(book, undo=("no-such-program",)))
    missing, failing, fine = take_back(book)

    assert ("failed", "failed", "done") == (missing.result, failing.result, fine.result)
    assert "could not be started" in missing.detail
    assert "no-such-file" in failing.detail


def test_what_stays_has_its_reason(book: Book) -> None:
    """Acts without a command, skipped or taken back stay; an undo of unknown end is repeated only when asked to."""
    begin(book, "none")
    end(book, begin(book, "skipped", undo=("true",)), result="skipped")
    unknown = begin(book, "unknown", undo=("true",))
    book.append(Draft("before", "undo", undoes=unknown.act))
    stay = {act.before.draft.item: why for act, why in plan(acts(book)).stay}

    assert {"none", "skipped", "unknown"} == stay.keys()
    assert "no undo command" in stay["none"]
    assert "--again" in stay["unknown"]
    assert ["done"] == [one.result for one in take_back(book, unknown.act, again=True)]
    with pytest.raises(UsageError, match="there is no act"):
        plan(acts(book), ["0123456789ab"])


def test_an_act_of_unknown_end_is_taken_back(book: Book) -> None:
    """An act whose end nobody wrote may have taken place, so its undo runs."""
    begin(book, undo=("true",))

    assert ["done"] == [one.result for one in take_back(book)]


def test_the_window_counts_from_the_end_of_the_batch() -> None:
    """While a batch goes on, its window has not begun; after the window an undo is refused."""
    ended, window = datetime(2026, 2, 3, 10, tzinfo=UTC), timedelta(hours=36)
    check_window(None, window, ended + timedelta(days=900))
    check_window(ended, window, ended + window)
    with pytest.raises(UsageError, match="ended at 2026-02-04 22:00 UTC"):
        check_window(ended, window, ended + window + timedelta(seconds=1))
