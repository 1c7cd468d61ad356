"""Bad records of hosts, taken in as the command does it: each is told once and passed over, and nothing is lost."""

from __future__ import annotations

import importlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from batchpack import ledger, manager
from batchpack.collector import Collector
from batchpack.ledger import Ledger
from batchpack.metrics.collecting import collect
from tests.support import claude_records
from tests.support.claude_records import answered, said, transcript, usage
from tests.support.opencode_records import NOON, Records, answer

HOSTS = ("claude_code", "opencode", "osa")
SAME = "the-same-id"
ABSURD = 10**13
Sums = dict[str, tuple[int, int]]
"""Requests and input by host."""
GOOD: Sums = dict.fromkeys(HOSTS, (1, 100))


class Home:
    """A home in which each of three hosts was used once: a request of 100 tokens in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.claude = transcript(path, said("hello"), answered(1, 100))
        self.opencode = Records(path)
        self.session = self.opencode.session("one")
        self.opencode.answer(self.session, 100)
        self.osa = path / ".osa/sessions/one.jsonl"
        self.osa.parent.mkdir(parents=True)
        self.tell(said_by_osa(100))

    def tell(self, line: str, host: str = "osa") -> None:
        """Append to a file of a host."""
        with (self.claude if host == "claude_code" else self.osa).open("a") as stream:
            stream.write(line)


def said_by_osa(sent: object, second: int = 1, year: int = 2026) -> str:
    """Return a line of a session of OSA's whose writer says what it used."""
    stamp = f"{year}-11-21T12:00:{second:02d}Z"
    facts = {"role": "assistant", "content": "x", "timestamp": stamp, "model": "scripted"}
    return json.dumps({**facts, "usage": {"input_tokens": sent, "output_tokens": 1}}) + "\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return a home with records."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return Home(tmp_path)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty ledger."""
    with ledger.open(tmp_path / "metrics.sqlite") as opened:
        yield opened


def readers() -> list[Collector]:
    """Return the collectors of the three hosts."""
    known = manager.load().collectors
    return [known[name] for name in HOSTS]


def take(book: Ledger) -> list[tuple[str, str]]:
    """Collect, and return what was complained of that was not before."""
    return sorted((told.collector, told.complaint.reason) for told in collect(readers(), book).complaints)


def sums(book: Ledger) -> Sums:
    """Return what the ledger holds."""
    return {row.key[0]: (row.requests, row.input) for row in book.totals(["host"])}


def _torn(home: Home) -> None:
    """End each host's last record in its middle."""
    home.tell(answered(2, 7)[:200], "claude_code")
    home.tell(said_by_osa(7, 2)[:50])
    going = answer(NOON, 0, 0, finish=None)
    del going["time"]["completed"]
    home.opencode.message(home.session, going, key="msg_torn")


def _whole(home: Home) -> None:
    """Write what was missing."""
    home.tell(answered(2, 7)[200:], "claude_code")
    home.tell(said_by_osa(7, 2)[50:])
    home.opencode.change("msg_torn", answer(NOON, 7))


def test_what_is_half_written_waits_for_its_end(home: Home, book: Ledger) -> None:
    """A record that is being written is no complaint; it counts once it is whole."""
    _torn(home)
    assert ([], GOOD) == (take(book), sums(book))
    _whole(home)

    assert ([], dict.fromkeys(HOSTS, (2, 107))) == (take(book), sums(book))


def _corrupt(home: Home) -> None:
    """Write what is no record."""
    home.tell("nothing\n", "claude_code")
    home.tell("nothing\n")
    home.opencode.message(home.session, "{")


def _foreign(home: Home) -> None:
    """Write records of a form that is not known."""
    other: dict[str, Any] = {"tokens_in": 5}
    home.tell(answered(2, of=other), "claude_code")
    home.tell('{"speaker": "model", "tokens": 5}\n')
    home.opencode.run("INSERT INTO session_message VALUES ('m', ?, 'assistant', '{}')", home.session)


def _negative(home: Home) -> None:
    """Write counts below zero."""
    home.tell(answered(2, of={**usage(5), "input_tokens": -5}), "claude_code")
    home.tell(said_by_osa(-5))
    home.opencode.answer(home.session, -5)


def _absurd(home: Home) -> None:
    """Write counts that no request can have."""
    home.tell(answered(2, of={**usage(5), "input_tokens": ABSURD}), "claude_code")
    home.tell(said_by_osa(ABSURD))
    home.opencode.answer(home.session, ABSURD)


@pytest.mark.parametrize("spoil", [_corrupt, _foreign, _negative, _absurd])
def test_what_makes_no_sense_is_told_once(spoil: Callable[[Home], None], home: Home, book: Ledger) -> None:
    """Each host's bad record is one complaint, now and never again, and what stands before and behind it counts."""
    spoil(home)
    home.tell(answered(9, 11), "claude_code")
    home.tell(said_by_osa(11, 9))
    home.opencode.answer(home.session, 11)
    told, good = take(book), dict.fromkeys(HOSTS, (2, 111))
    assert (list(HOSTS), good) == ([collector for collector, _ in told], sums(book))
    home.tell("\n")
    home.opencode.prompt(home.session, "hello")

    assert ([], good, 3) == (take(book), sums(book), len(book.complaints()))


@contextmanager
def locked(records: Records) -> Iterator[None]:
    """Keep a database for ourselves."""
    with closing(records.connect()) as writing:
        writing.execute("PRAGMA locking_mode=EXCLUSIVE")
        writing.execute("UPDATE session SET title = 'mine'")
        yield


def test_a_locked_database_is_read_later(home: Home, book: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other hosts go on; it is told once, tried each time, and the complaint ends when it could be read."""
    page = readers()[1].__name__.removesuffix(".sessions")  # type: ignore[attr-defined]
    monkeypatch.setattr(importlib.import_module(f"{page}.records"), "WAIT_SECONDS", 0.02)
    with locked(home.opencode):
        ((collector, reason),) = take(book)
        assert ("opencode", True) == (collector, "cannot be read now" in reason)
        assert {host: sum_ for host, sum_ in GOOD.items() if host != "opencode"} == sums(book)
        assert [] == take(book)

    assert ([], GOOD, []) == (take(book), sums(book), book.complaints())


def test_a_database_that_is_gone_takes_nothing_along(home: Home, book: Ledger) -> None:
    """What was counted stays when the records are removed, and what comes anew under the old ids counts once."""
    take(book)
    for path in home.opencode.path.parent.iterdir():
        path.unlink()
    assert ([], GOOD) == (take(book), sums(book))
    again = Records(home.path)
    again.answer(again.session("one"), 100)

    assert [] == take(book)
    assert GOOD == sums(book)


def test_a_database_of_others_is_left_alone(home: Home, book: Ledger) -> None:
    """A broken one is told once and not tried again until it changes; the other hosts count."""
    for name in ("-wal", "-shm"):
        home.opencode.path.with_name(f"opencode.db{name}").unlink(missing_ok=True)
    home.opencode.path.write_bytes(b"no database " * 1000)
    assert ["opencode"] == [collector for collector, _ in take(book)]
    assert ([], 3) == (take(book), collect(readers(), book).skipped)
    home.opencode.path.unlink()
    again = Records(home.path)
    again.answer(again.session("one"), 100)

    assert ([], GOOD, []) == (take(book), sums(book), book.complaints())


@pytest.mark.parametrize("year", [1970, 2001, 2999])
def test_clocks_that_are_wrong_lose_nothing(year: int, home: Home, book: Ledger) -> None:
    """What was used at a time that cannot be counts without a day."""
    home.tell(answered(2, 7).replace("2026-11-21", f"{year}-11-21"), "claude_code")
    home.tell(said_by_osa(7, year=year))
    away = (year - 2026) * 365 * 86_400_000
    home.opencode.message(home.session, answer(NOON + away, 7), key="msg_of_old")
    told = take(book)

    assert [(host, "a time that cannot be: counted without a day") for host in HOSTS] == told
    assert dict.fromkeys(HOSTS, (2, 107)) == sums(book)
    assert {("", 3, 21), ("2026-11-21", 3, 300)} == {
        (row.key[0], row.requests, row.input) for row in book.totals(["day"])
    }


def test_a_clock_that_goes_back_loses_nothing(home: Home, book: Ledger) -> None:
    """Records whose times run backwards count like any other."""
    home.tell(answered(2, 7).replace("T17:", "T05:"), "claude_code")
    home.tell(said_by_osa(7, 0))
    back = answer(NOON - 3_600_000, 7)
    back["time"]["completed"] = NOON - 7_200_000
    home.opencode.message(home.session, back, NOON - 3_600_000)

    assert ([], dict.fromkeys(HOSTS, (2, 107))) == (take(book), sums(book))


def test_hosts_with_one_session_id_stay_apart(home: Home, book: Ledger) -> None:
    """Two hosts may name a session alike, and requests too."""
    transcript(home.path, said("hello"), answered(7, 1, session=SAME), session=SAME)
    home.opencode.run("INSERT INTO session VALUES (?, 'p', NULL, '/work', 't', 'build', 1, 1)", SAME)
    home.opencode.message(SAME, answer(NOON, 2), key="msg_7:req_7")
    (home.osa.parent / f"{SAME}.jsonl").write_text(said_by_osa(3))
    assert [] == take(book)
    rows = book.totals(["host", "session"], ledger.Where(session=SAME))

    assert {("claude_code", SAME): 1, ("opencode", SAME): 2, ("osa", SAME): 3} == {row.key: row.input for row in rows}
    assert dict.fromkeys(HOSTS, 2) == {row.key[0]: row.sessions for row in book.totals(["host"])}


def test_records_that_cannot_be_opened_are_told(home: Home, book: Ledger) -> None:
    """A folder where a file should be, or a file where a folder should be, ends nothing."""
    home.claude.unlink()
    home.claude.mkdir()
    home.osa.unlink()
    home.osa.mkdir()
    (home.path / ".osa/metrics").write_text("")

    assert ([], {"opencode": (1, 100)}) == (take(book), sums(book))


def test_nothing_is_written_into_the_records(home: Home, book: Ledger) -> None:
    """The hosts' files are the same bytes after they were read, bad ones too."""
    _corrupt(home)
    with closing(sqlite3.connect(home.opencode.path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    paths = (home.claude, home.osa, home.opencode.path)
    before = [path.read_bytes() for path in paths]
    take(book)

    assert before == [path.read_bytes() for path in paths]
    assert claude_records.SESSION in str(home.claude)
