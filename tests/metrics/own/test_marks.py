"""What hooks marked, as facts: each event once, and nothing of lines that no hook writes."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from batchpack import ledger as ledgers
from batchpack.collector import Complaint, Mark, Session, Source
from batchpack.metrics import collecting
from batchpack.metrics.own.marks import Marks, remove_old

AT = 1795283906.0
LINE: dict[str, Any] = {
    "v": 1, "at": AT, "host": "claude_code", "event": "agent_started", "session": "s-1", "part": "a1",
    "agent": "batchpack:explorer", "project": "/p/shop", "run": "20261121T100000-ab12", "task": "L1-001",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where marks lie."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    made = tmp_path / "batchpack/marks"
    made.mkdir(parents=True)
    return made


def write(folder: Path, *lines: dict[str, Any] | str, name: str = "claude_code-2026-11-21.jsonl") -> Path:
    """Append lines to a file of marks."""
    with (folder / name).open("a") as stream:
        stream.writelines((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return folder / name


def read() -> list[object]:
    """Read all facts."""
    collector = Marks()
    found = [portion for source in collector.sources() for portion in collector.read(source, None)]
    return [fact for portion in found for fact in portion.facts]


def test_a_line_is_a_mark(folder: Path) -> None:
    """An agent's mark names the agent and its session; what the session works for is the session's own to say."""
    write(folder, LINE, LINE | {"event": "session_started", "part": "", "agent": ""})

    agent = Session("claude_code", "s-1", part="a1", agent="batchpack:explorer", project="/p/shop")
    session = Session("claude_code", "s-1", project="/p/shop", run="20261121T100000-ab12", task="L1-001")
    assert [Mark(agent, "agent_started", AT), Mark(session, "session_started", AT)] == read()


def test_a_call_is_no_fact_about_its_caller(folder: Path) -> None:
    """Where an agent is asked for, the one that asks does not get the name and the call of the other."""
    called = {"event": "agent_called", "part": "", "call": "c1", "agent": "explorer"}
    write(folder, LINE | called, LINE | {"event": "agent_returned", "call": "c1"})

    first, second = read()
    assert isinstance(first, Mark)
    assert isinstance(second, Mark)
    assert (("", ""), ("c1", "batchpack:explorer")) == (
        (first.session.call, first.session.agent),
        (second.session.call, second.session.agent),
    )


def test_an_event_that_two_installs_marked_counts_once(folder: Path) -> None:
    """The same event within two seconds is one; later, or of another agent, it is another."""
    write(folder, LINE, LINE | {"at": AT + 0.5}, LINE | {"at": AT + 60}, LINE | {"at": AT + 0.5, "part": "a2"})

    assert [("a1", AT), ("a1", AT + 60), ("a2", AT + 0.5)] == [
        (one.session.part, one.at) for one in read() if isinstance(one, Mark)
    ]


def test_old_files_go_once_all_of_them_is_known(folder: Path) -> None:
    """A day that is over and wholly collected goes; one that went on since, a later one and a file of no day stay."""
    names = [f"claude_code-2026-01-0{day}.jsonl" for day in (1, 2, 3)]
    for name in (*names, "claude_code-x.jsonl"):
        write(folder, LINE | {"at": AT - 86400 * 300}, name=name)
    with ledgers.open() as ledger:
        assert 0 == remove_old(ledger, day(4))
        collecting.collect([Marks()], ledger)
        write(folder, LINE, name=names[1])
        assert 0 == remove_old(ledger, day(2) - 1)
        assert 1 == remove_old(ledger, day(3))
        assert [*names[1:], "claude_code-x.jsonl"] == sorted(path.name for path in folder.iterdir())
        collecting.collect([Marks()], ledger)
        assert (1, 1) == (remove_old(ledger, day(3)), remove_old(ledger, day(9)))


def test_the_file_of_today_stays(folder: Path) -> None:
    """Whatever moment is asked for: hooks write to it."""
    write(folder, LINE, name=f"claude_code-{datetime.now(UTC):%Y-%m-%d}.jsonl")
    with ledgers.open() as ledger:
        collecting.collect([Marks()], ledger)

        assert 0 == remove_old(ledger, time.time() + 10 * 86400)


def day(number: int) -> float:
    """Return the beginning of a day of January."""
    return datetime(2026, 1, number, tzinfo=UTC).timestamp()


BROKEN: tuple[dict[str, Any] | str, ...] = (
    "{",
    "[1]",
    LINE | {"v": 2},
    LINE | {"session": ""},
    LINE | {"session": 7},
    LINE | {"host": "../x"},
    LINE | {"host": ["claude_code"]},
    LINE | {"event": "two words"},
    LINE | {"at": "now"},
    LINE | {"at": True},
    {name: value for name, value in LINE.items() if name != "at"},
)


@pytest.mark.parametrize("line", BROKEN, ids=str)
def test_a_line_that_no_hook_writes_is_told_and_passed_over(line: dict[str, Any] | str, folder: Path) -> None:
    """What stands behind a broken line counts."""
    write(folder, line, LINE)

    complaint, mark = read()
    assert isinstance(complaint, Complaint)
    assert isinstance(mark, Mark)


@pytest.mark.parametrize(("name", "value"), [("part", 7), ("project", ["/p"]), ("run", "../x"), ("task", "-x")])
def test_an_odd_field_is_left_out(name: str, value: object, folder: Path) -> None:
    """A field of a strange kind, or an id that is none, is as if it were not there."""
    write(folder, LINE | {"part": "", name: value})

    (mark,) = read()
    assert isinstance(mark, Mark)
    assert "" == getattr(mark.session, name)


def test_only_files_with_something_in_them_are_sources(folder: Path, tmp_path: Path) -> None:
    """Links, pipes, folders and empty files are passed over; a source's stamp changes with its file."""
    real = write(folder, LINE)
    (folder / "a.jsonl").symlink_to(real)
    os.mkfifo(folder / "b.jsonl")
    (folder / "c.jsonl").mkdir()
    (folder / "d.jsonl").touch()

    (before,) = Marks().sources()
    write(folder, LINE)
    (after,) = Marks().sources()

    assert (str(real), True) == (before.key, before.stamp != after.stamp)


def test_it_reads_on_and_waits_for_a_half_line(folder: Path) -> None:
    """A second pass reads what is new only; a line without its end is left for later."""
    path = write(folder, LINE)
    (first,) = Marks().read(Source(str(path), ""), None)
    with path.open("a") as stream:
        stream.write(json.dumps(LINE | {"part": "a2"}))
    assert [] == list(Marks().read(Source(str(path), ""), first.cursor))

    write(folder, "")
    (second,) = Marks().read(Source(str(path), ""), first.cursor)

    assert ["a2"] == [one.session.part for one in second.facts if isinstance(one, Mark)]


def test_without_marks_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no hook ever ran there are no sources."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert [] == list(Marks().sources())
