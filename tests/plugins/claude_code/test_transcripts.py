"""Reading transcripts: where they lie, on from where it ended, and over whatever became of a file meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.collector import Complaint, Cursor, Fact, Source, Used
from tests.support import claude_records as records
from tests.support.claude_records import AGENT, SESSION, answered, collected, collector, requests, said, sessions

LINES = [said("go"), *(answered(number, number, 1) for number in range(1, 30))]
ALL = [(number, 1) for number in range(1, 30)]


def counted(facts: list[Fact]) -> list[tuple[int, int]]:
    """Return input and output of each request, in the order of their input."""
    return sorted((one.input, one.output) for one in requests(facts).values())


def source(path: Path) -> Source:
    """Return a source of any stamp."""
    return Source(str(path), "1")


def test_the_transcripts_of_sessions_and_agents_are_found() -> None:
    """All of a user's projects, the agents of each session, in whichever of its folders Claude Code kept them."""
    one = records.transcript(Path.home(), answered(1, 1))
    two = records.transcript(Path.home(), answered(2, 1), agent=AGENT)
    deep = two.parent / "workflows" / "w1" / "agent-x.jsonl"
    deep.parent.mkdir(parents=True)
    deep.write_text("")
    older = Path.home() / ".config" / "claude" / "projects" / "-p" / "s.jsonl"
    older.parent.mkdir(parents=True)
    older.write_text(answered(3, 1))

    assert {str(path) for path in (one, two, deep, older)} == {one.key for one in collector().sources()}


def test_where_claude_code_was_told_to_keep_them_they_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own variable leads to them, and to nothing else."""
    records.transcript(Path.home(), answered(1, 1))
    path = records.transcript(tmp_path, answered(2, 1))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", f"{tmp_path / '.claude'}, {tmp_path / 'nowhere'}")

    assert [str(path)] == [one.key for one in collector().sources()]


def test_where_claude_code_never_ran_there_is_nothing() -> None:
    """No folder is no fault."""
    assert [] == list(collector().sources())


def test_only_files_are_read(tmp_path: Path) -> None:
    """A pipe would never end, and a link to a folder may lead in a circle."""
    path = records.transcript(Path.home(), answered(1, 1))
    os.mkfifo(path.parent / "pipe.jsonl")
    (path.parent / "folder.jsonl").mkdir()
    (path.parent / "circle").symlink_to(path.parent)
    (path.parent / "broken.jsonl").symlink_to(tmp_path / "gone")
    (path.parent / "notes.txt").write_text("x")

    assert [str(path)] == [one.key for one in collector().sources()]


def test_a_stamp_changes_with_the_file() -> None:
    """Growing, being written anew and being replaced are seen without opening it."""
    path = records.transcript(Path.home(), answered(1, 1))
    stamps = [next(iter(collector().sources())).stamp]
    with path.open("a") as stream:
        stream.write(answered(2, 1))
    stamps.append(next(iter(collector().sources())).stamp)
    os.utime(path, (1, 1))
    stamps.append(next(iter(collector().sources())).stamp)
    path.with_suffix(".new").write_bytes(path.read_bytes())
    os.utime(path.with_suffix(".new"), (1, 1))
    path.with_suffix(".new").rename(path)
    stamps.append(next(iter(collector().sources())).stamp)

    assert 4 == len(set(stamps))


def test_sessions_come_before_those_forked_off_them() -> None:
    """Versions that do not say where a copied line was made leave it to who is read first."""
    fork = records.transcript(Path.home(), answered(1, 1), session="fork")
    first = records.transcript(Path.home(), answered(1, 1))
    os.utime(first, (1, 1))

    assert [str(first), str(fork)] == [one.key for one in collector().sources()]


def test_reading_goes_on_where_it_ended() -> None:
    """What was read is not told again, and what was known at the beginning still is."""
    path = records.transcript(Path.home(), said("Follow .batchpack/eaef/devops.md"), *LINES[1:20])
    first, cursor = collected(source(path))
    with path.open("a") as stream:
        stream.write("".join(LINES[20:]))
    second, last = collected(source(path), cursor)

    assert ALL[:19] == counted(first)
    assert ALL[19:] == counted(second)
    assert [("eaef", "devops")] == [(one.run, one.task) for one in sessions(second)]
    assert ([], last) == collected(source(path), last)


def test_what_is_half_written_comes_with_its_end() -> None:
    """A line is read when it is whole, wherever the writer was interrupted."""
    text = "".join(LINES[:4]).encode()
    path = records.transcript(Path.home())
    for cut in range(0, len(text), 7):
        path.write_bytes(text[:cut])
        first, cursor = collected(source(path))
        path.write_bytes(text)
        second, _ = collected(source(path), cursor)
        assert ALL[:3] == counted([*first, *second]), cut
        assert [] == records.complaints([*first, *second]), cut


def test_a_last_line_without_its_end_counts_already() -> None:
    """A session that was killed may never write the end of its line; with the end it is the same request."""
    path = records.transcript(Path.home(), *LINES[:2], LINES[2].rstrip("\n"))
    first, cursor = collected(source(path))
    with path.open("a") as stream:
        stream.write("\n")
    second, _ = collected(source(path), cursor)

    assert ALL[:2] == counted(first)
    assert ALL[1:2] == counted(second)


def test_the_last_message_may_come_late() -> None:
    """An agent is said to have ended before its last message is in its transcript: that one comes next time."""
    path = records.transcript(Path.home(), *LINES[:3])
    first, cursor = collected(source(path))
    stamp = next(iter(collector().sources())).stamp
    with path.open("a") as stream:
        stream.write(LINES[3])
    second, _ = collected(source(path), cursor)

    assert stamp != next(iter(collector().sources())).stamp
    assert (ALL[:2], ALL[2:3]) == (counted(first), counted(second))


@pytest.mark.parametrize(
    "text",
    ["", "".join(LINES[:2]), "".join(LINES[5:]), "".join(reversed(LINES)), "".join(LINES).replace("msg_", "new_")],
    ids=["empty", "shorter", "begun-later", "reversed", "same-length"],
)
def test_a_file_that_was_written_anew_is_read_anew(text: str) -> None:
    """A cursor leads into the file that it was made for, and into no other."""
    path = records.transcript(Path.home(), *LINES[:20])
    _, cursor = collected(source(path))
    path.write_text(text)
    facts, _ = collected(source(path), cursor)

    assert text.count('"id":') == len(requests(facts))
    assert [] == records.complaints(facts)


@pytest.mark.parametrize(
    "cursor",
    [
        {},
        {"offset": -5, "line": 1, "edges": "x"},
        {"offset": 10**18, "line": 1, "edges": "x"},
        {"offset": "1", "line": None},
        {"offset": 3, "line": 1, "edges": "no"},
        {"run": 5, "project": [], "opened": "yes"},
    ],
    ids=repr,
)
def test_a_cursor_of_another_version_begins_anew(cursor: Cursor) -> None:
    """What a cursor says is believed only where it fits."""
    path = records.transcript(Path.home(), *LINES)

    assert ALL == counted(collected(source(path), cursor)[0])


def test_a_line_without_end_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, not taken into memory, and what stands behind it is read; so is the end of it later."""
    page = collector()
    monkeypatch.setattr(page, "MOST_LINE", 5000)
    monkeypatch.setattr(page, "PORTION", 2048)
    long = said("x" * 20_000)
    path = records.transcript(Path.home(), *LINES[:3], long, *LINES[3:6])
    facts, _ = collected(source(path))
    path.write_text("".join(LINES[:3]) + long[:-1])
    first, cursor = collected(source(path))
    with path.open("a") as stream:
        stream.write("\n" + "".join(LINES[3:6]))
    second, _ = collected(source(path), cursor)

    assert ALL[:5] == counted(facts)
    assert [("line 4", True)] == [(one.where, "left out" in one.reason) for one in records.complaints(facts)]
    assert ALL[:5] == counted([*first, *second])


WHOLE = "".join(LINES).encode()


@given(cuts=st.sets(st.integers(0, len(WHOLE)), max_size=12))
def test_reading_in_any_steps_tells_the_same(cuts: set[int]) -> None:
    """Wherever reading stopped, also in the middle of a line, each request is told, with the same figures."""
    facts, cursor = list[Fact](), None
    path = records.transcript(Path.home())
    for cut in sorted({*cuts, len(WHOLE)}):
        path.write_bytes(WHOLE[:cut])
        found, cursor = collected(source(path), cursor)
        facts += found

    assert ALL == counted(facts)
    assert [] == records.complaints(facts)


def test_portions_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file comes in portions, and what a reader had of them before it stopped is kept."""
    monkeypatch.setattr(collector(), "PORTION", 4096)
    path = records.transcript(Path.home(), *LINES)
    portions = list(collector().read(source(path), None))
    half = portions[len(portions) // 2]
    rest, _ = collected(source(path), half.cursor)

    assert len(portions) > 3
    assert 0 < len(requests(rest)) < len(ALL)
    assert ALL == counted([*(fact for one in portions for fact in one.facts if one is not half), *half.facts, *rest])


def test_a_place_is_told_by_its_line_in_the_file() -> None:
    """Also when the reading began further down."""
    path = records.transcript(Path.home(), *LINES[:5])
    _, cursor = collected(source(path))
    with path.open("a") as stream:
        stream.write(LINES[5] + "nonsense\n")
    facts, _ = collected(source(path), cursor)

    assert [Complaint("no record of Claude Code; it was passed over", "line 7")] == records.complaints(facts)


def test_what_cannot_be_opened_is_raised() -> None:
    """A file that went away is for the caller to tell."""
    with pytest.raises(FileNotFoundError):
        list(collector().read(Source(str(Path.home() / "gone.jsonl"), "1"), None))


def test_nothing_of_what_was_said_is_told() -> None:
    """Facts and cursors have no text of prompts, answers and tools in them."""
    secret = "hunter2-correct-horse"
    block = answered(1, 1, agent=AGENT).replace("an answer", secret)
    path = records.transcript(Path.home(), said(secret, agent=AGENT), block, agent=AGENT)
    records.describe(path, agentType="Explore", description=secret, toolUseId="toolu_1", spawnDepth=1)
    facts, cursor = collected(source(path))

    assert isinstance(facts[-1], Used)
    assert secret not in repr((facts, cursor))
    assert SESSION == facts[-1].session.id
