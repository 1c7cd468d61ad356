"""The collector `osa`: OSA's sessions and what its tools did, as far as it keeps them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from batchpack import manager
from batchpack.collector import Collector, Complaint, Cursor, Mark, Portion, Session, Source, Used

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
AT = NOON.timestamp()
RUN = "20261121T120000-ab12"


@pytest.fixture
def osa() -> Collector:
    """Return the collector as the plugin manager has it."""
    return manager.load().collectors["osa"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fresh HOME."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def line(role: str, text: object = "hello", second: int = 0, **more: Any) -> str:
    """Return a line of a session as OSA writes it."""
    stamp = NOON.replace(second=second).isoformat().replace("+00:00", "Z")
    return json.dumps({"role": role, "content": text, "channel": "cli", "timestamp": stamp, **more}) + "\n"


def session(folder: Path, *lines: str, name: str = "cli_1") -> Path:
    """Append lines to a session."""
    path = folder / "sessions" / f"{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        stream.writelines(lines)
    return path


def read(osa: Collector, path: Path, cursor: Cursor | None = None) -> tuple[list[Any], Cursor]:
    """Read a file; the cursor goes the way of all that is stored."""
    portions: list[Portion] = list(osa.read(Source(str(path), ""), cursor))
    stored: Cursor = json.loads(json.dumps(portions[-1].cursor))
    return [fact for portion in portions for fact in portion.facts], stored


def test_its_files_are_found(osa: Collector, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions below OSA_HOME and the usual folder, and the metrics, are listed once; a new line is a new stamp."""
    assert [] == list(osa.sources())
    usual = session(home / ".osa", line("user"))
    daily = home / ".osa/metrics/daily.json"
    daily.parent.mkdir()
    daily.write_text("{}\n")
    assert [str(usual), str(daily)] == [one.key for one in osa.sources()]
    moved = session(home / "moved", line("user"))
    monkeypatch.setenv("OSA_HOME", str(home / "moved"))
    before = {one.key: one.stamp for one in osa.sources()}
    session(home / "moved", line("assistant"))
    after = {one.key: one.stamp for one in osa.sources()}

    assert {str(usual), str(moved), str(daily)} == set(before)
    assert {str(moved)} == {key for key in after if after[key] != before[key]}


def test_a_session_is_told_with_its_times(osa: Collector, home: Path) -> None:
    """When it began and when it answered is told, for what by its first prompt, and no word of what was said."""
    asked = f"SECRET: do /w/.batchpack/runs/{RUN}/prompts/backend-go.md"
    path = session(home / ".osa", line("user", asked), line("assistant", "SECRET", 5), line("tool", "SECRET", 6))
    facts, _ = read(osa, path)

    one = Session("osa", "cli_1", run=RUN, task="backend-go")
    assert [Mark(one, "session_started", AT), Mark(one, "answered", AT + 5)] == facts
    assert "SECRET" not in repr(facts)


def test_what_a_program_says_was_used_counts(osa: Collector, home: Path) -> None:
    """OSA itself keeps no tokens; a line that has them in its providers' words is counted once."""
    usage = {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 2}
    path = session(home / ".osa", line("user"), line("assistant", usage=usage, model="claude-sonnet-4-5", second=9))
    facts, _ = read(osa, path)

    used = [fact for fact in facts if isinstance(fact, Used)]
    key = "cli_1:2026-11-21T12:00:09Z"
    assert [Used(Session("osa", "cli_1"), key, AT + 9, "claude-sonnet-4-5", 10, 5, 3, 2)] == used


def test_answers_without_a_time_count_each(osa: Collector, home: Path) -> None:
    """Two that nobody dated are two: their places tell them apart."""
    usage = {"input_tokens": 10}
    dated = json.loads(line("assistant", usage=usage))
    path = session(home / ".osa", *[json.dumps({**dated, "timestamp": None}) + "\n"] * 2)

    assert 2 == len({fact.key for fact in read(osa, path)[0] if isinstance(fact, Used)})


def test_tools_are_told_by_how_they_ended(osa: Collector, home: Path) -> None:
    """The metrics name no session: a mark an entry."""
    path = home / "daily.json"
    entries = [{"tool_name": "shell_execute", "duration_ms": 3, "success": good} for good in (True, False)]
    path.write_text("".join(json.dumps({**one, "timestamp": "2026-11-21T12:00:00.5Z"}) + "\n" for one in entries))

    marks = [Mark(Session("osa", ""), event, AT + 0.5) for event in ("tool_ended", "tool_failed")]
    assert marks == read(osa, path)[0]


def test_only_whole_new_lines_are_read(osa: Collector, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half-written line waits for its end, and nothing is told twice."""
    monkeypatch.setattr(osa, "LINES", 2)
    whole = line("assistant", "later", 9)
    path = session(home / ".osa", line("user"), line("assistant"), line("assistant", second=1), whole[:20])
    facts, cursor = read(osa, path)
    assert ["session_started", "answered", "answered"] == [fact.event for fact in facts]
    assert ([], cursor) == read(osa, path, cursor)

    session(home / ".osa", whole[20:])
    facts, cursor = read(osa, path, cursor)
    assert [AT + 9] == [fact.at for fact in facts]
    assert [] == read(osa, path, cursor)[0]


@pytest.mark.parametrize("anew", [line("user"), line("user") + line("assistant", "longer", 30) * 9])
def test_a_file_that_was_written_anew_is_read_anew(osa: Collector, home: Path, anew: str) -> None:
    """Shorter or longer than before, another file of the name is read from its start."""
    path = session(home / ".osa", line("user"), line("assistant"))
    _, cursor = read(osa, path)
    path.write_text(anew)

    assert "session_started" == read(osa, path, cursor)[0][0].event


@pytest.mark.parametrize(
    "bad",
    ["{", "[]", "nothing", '{"role": "king"}', '{"role": ["user"]}', '{"a":' * 50_000, "\x00", '"\ud800"', "x" * 300],
)
def test_lines_of_others_are_told_and_passed_over(
    osa: Collector, home: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    """What OSA does not write is complained of in few words that are always the same."""
    monkeypatch.setattr(osa, "LONGEST", 260_000)
    path = session(home / ".osa", line("user"))
    with path.open("ab") as stream:
        stream.write(f"{bad}\n".encode(errors="surrogatepass"))
    size = path.stat().st_size
    session(home / ".osa", line("assistant"))
    facts, _ = read(osa, path)

    where = f"byte {len(line('user'))}"
    assert Complaint("a line that OSA does not write", where) == facts[1]
    assert "answered" == facts[-1].event
    assert size > len(line("user"))


@pytest.mark.parametrize("count", [-1, 1.5, "7", True, None, 10**13])
def test_counts_that_cannot_be_are_told(osa: Collector, home: Path, count: object) -> None:
    """A count that makes no sense is complained of, and nothing of it stored."""
    path = session(home / ".osa", line("assistant", usage={"input_tokens": count, "output_tokens": 1}))

    assert Complaint("a count of tokens that makes no sense", "byte 0") == read(osa, path)[0][-1]


@pytest.mark.parametrize("stamp", [None, "yesterday", 5, "9999-99-99T00:00:00Z", "0001-01-01T00:00:00"])
def test_times_that_cannot_be_break_nothing(osa: Collector, home: Path, stamp: object) -> None:
    """A line without a time that can be read is told all the same."""
    path = session(home / ".osa", json.dumps({"role": "user", "content": "x", "timestamp": stamp}) + "\n")

    assert ["session_started"] == [fact.event for fact in read(osa, path)[0]]
