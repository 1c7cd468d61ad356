"""The collector `opencode`: all that is new of its sessions, once, whatever happens to them meanwhile."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchpack import ledger, manager
from batchpack.collector import Collector, Complaint, Cursor, Portion, Session, Source, Used
from batchpack.errors import BrokenFile
from batchpack.metrics.collecting import collect as collect_all
from tests.support.opencode_records import Records, answer


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Records:
    """Return an empty database in a fresh HOME."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return Records(tmp_path)


@pytest.fixture
def opencode() -> Collector:
    """Return the collector as the plugin manager has it."""
    return manager.load().collectors["opencode"]


def collect(opencode: Collector, cursor: Cursor | None = None) -> tuple[list[Portion], Cursor]:
    """Read the only database; the cursor goes the way of all that is stored."""
    (source,) = opencode.sources()
    portions = list(opencode.read(source, cursor))
    stored: Cursor = json.loads(json.dumps(portions[-1].cursor))
    return portions, stored


def used(portions: list[Portion]) -> list[tuple[str, int]]:
    """Return who sent how much."""
    facts = [fact for portion in portions for fact in portion.facts]
    return [(fact.session.part or fact.session.id, fact.input) for fact in facts if isinstance(fact, Used)]


def complaints(portions: list[Portion]) -> list[str]:
    """Return what is complained of."""
    return [fact.reason for portion in portions for fact in portion.facts if isinstance(fact, Complaint)]


def test_where_opencode_was_never_used_there_is_nothing(
    opencode: Collector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a database nothing is listed, and nothing is made."""
    monkeypatch.setenv("HOME", str(tmp_path))

    assert [] == list(opencode.sources())
    assert [] == list(tmp_path.iterdir())


def test_only_what_is_new_is_read_again(opencode: Collector, records: Records) -> None:
    """A second pass reads the messages that came since, with their sessions."""
    top = records.session("top")
    records.prompt(top, "Hello")
    records.answer(top, 100)
    portions, cursor = collect(opencode)

    assert [Session("opencode", top, agent="build", project="/work")] == list(portions[0].facts[:1])
    assert [(top, 100)] == used(portions)
    assert ([()], cursor) == ([portion.facts for portion in collect(opencode, cursor)[0]], collect(opencode, cursor)[1])

    child = records.session("child", top)
    records.answer(child, 7)
    records.answer(top, 200)

    assert [(child, 7), (top, 200)] == used(collect(opencode, cursor)[0])


def test_an_answer_is_read_until_its_end(opencode: Collector, records: Records) -> None:
    """An answer that goes on is looked at again, also when much came after it, and no longer once it ended."""
    top = records.session("top")
    going = answer(records.now(), 0, 0, finish=None)
    del going["time"]["completed"]
    key = records.message(top, going)
    portions, cursor = collect(opencode)
    assert ([], [key]) == (used(portions), cursor["open"])

    records.answer(top, 5)
    portions, cursor = collect(opencode, cursor)
    assert ([(top, 5)], [key]) == (used(portions), cursor["open"])

    records.change(key, answer(records.now(), 100))
    portions, cursor = collect(opencode, cursor)
    assert ([(top, 100)], []) == (used(portions), cursor["open"])
    assert [] == used(collect(opencode, cursor)[0])


def test_portions_are_bounded(opencode: Collector, records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many messages come in portions, from each of which one can go on, and each is told once."""
    monkeypatch.setattr(opencode, "MESSAGES", 3)
    top = records.session("top")
    for count in range(1, 9):
        records.answer(top, count)
    portions, _ = collect(opencode)
    expected = [(top, count) for count in range(1, 9)]

    assert [3, 3, 2] == [len(used([portion])) for portion in portions]
    for done, portion in enumerate(portions, 1):
        assert expected == used(portions[:done]) + used(collect(opencode, portion.cursor)[0])


def test_rows_that_were_numbered_anew_are_read_anew(opencode: Collector, records: Records) -> None:
    """After messages were removed, or the file was put together anew, nothing is passed over; keys stay the same."""
    top = records.session("top")
    keys = [records.answer(top, count) for count in (1, 2, 3)]
    _, cursor = collect(opencode)
    records.run("DELETE FROM message WHERE id = ?", keys[2])
    records.answer(top, 4)
    assert [1, 2, 4] == [count for _, count in used(collect(opencode, cursor)[0])]

    _, cursor = collect(opencode)
    records.run("DELETE FROM message WHERE id = ?", keys[0])
    records.run("UPDATE message SET rowid = rowid + 100")
    records.run("VACUUM")
    records.answer(top, 5)

    assert [2, 4, 5] == [count for _, count in used(collect(opencode, cursor)[0])]


def test_what_is_wrong_is_told_and_passed_over(opencode: Collector, records: Records) -> None:
    """Messages that cannot be are complained of, each in few words that are always the same, and the rest is read."""
    top = records.session("top")
    records.message(top, "{")
    records.answer(top, -1)
    records.answer(top, 3)
    records.answer("ses_gone", 4)
    records.message(top, json.dumps({"role": "user", "summary": "x" * 4_000_001}))
    portions, _ = collect(opencode)

    unreadable = "a message that cannot be read"
    assert [unreadable, "a count of tokens that makes no sense", unreadable] == complaints(portions)
    assert [(top, 3), ("ses_gone", 4)] == used(portions)


def test_services_that_count_nothing_are_told(opencode: Collector, records: Records) -> None:
    """An answer without tokens is complained of where a service gave it, not where opencode wrote it for a command."""
    top = records.session("top")
    records.answer(top, 0, 0)
    asked = records.answer(top, 0, 0)
    records.part(top, asked, {"type": "step-finish", "reason": "stop"})
    portions, _ = collect(opencode)

    assert [Complaint("an answer whose service told no tokens", asked)] == [
        fact for portion in portions for fact in portion.facts if isinstance(fact, Complaint)
    ]


def test_tables_of_others_are_told(opencode: Collector, records: Records) -> None:
    """A database without opencode's tables is named as broken, one without any is just about to be made."""
    records.run("ALTER TABLE message RENAME COLUMN data TO body")
    with pytest.raises(BrokenFile, match=r"not as opencode 1 keeps its sessions \(message\)"):
        collect(opencode)
    for table in ("session", "project", "message", "part", "session_message"):
        records.run(f"DROP TABLE {table}")
    portions, cursor = collect(opencode)

    assert [()] == [portion.facts for portion in portions]
    assert [()] == [portion.facts for portion in collect(opencode, cursor)[0]]


def test_messages_of_a_later_opencode_are_told(opencode: Collector, records: Records) -> None:
    """What only opencode 2 keeps there is not counted, and said."""
    top = records.session("top")
    records.answer(top, 3)
    records.run("INSERT INTO session_message VALUES ('m', ?, 'assistant', '{}')", top)
    portions, _ = collect(opencode)

    assert ["it has messages of opencode 2, which are not read"] == complaints(portions)
    assert [(top, 3)] == used(portions)


@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_database_is_told(opencode: Collector, records: Records, tmp_path: Path, whole: bool) -> None:
    """Of a database with pages of nonsense, what comes before them is read; one that was cut off is named only."""
    top = records.session("top")
    rows = [(f"msg_{count}", top, count, 1, json.dumps(answer(count))) for count in range(1, 2_000)]
    with closing(records.connect()) as writing:
        writing.execute("BEGIN")
        writing.executemany("INSERT INTO message VALUES (?, ?, ?, ?, ?)", rows)
        writing.execute("COMMIT")
        writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged = tmp_path / "damaged.db"
    raw = records.path.read_bytes()
    middle = len(raw) * 7 // 10
    damaged.write_bytes(raw[:middle] + (b"?" * 50_000 + raw[middle + 50_000 :] if whole else b""))
    told: list[Portion] = []
    with pytest.raises(BrokenFile, match="malformed"):
        told.extend(opencode.read(Source(str(damaged), "1"), None))

    assert whole == (0 < len(used(told)) < 1_999)


def test_opencode_can_clear_its_log_between_portions(
    opencode: Collector, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a portion is stored, nothing is held open that would make opencode's log of writes grow."""
    monkeypatch.setattr(opencode, "MESSAGES", 1)
    top = records.session("top")
    for count in (1, 2, 3):
        records.answer(top, count)
    (source,) = opencode.sources()
    reading: Any = opencode.read(source, None)
    first = next(reading)
    with closing(records.connect()) as writing:
        busy, *_ = writing.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    assert (0, [(top, 1)]) == (busy, used([first]))
    assert [(top, 2), (top, 3)] == used(list(reading))


def test_no_text_is_told(opencode: Collector, records: Records) -> None:
    """Of what people and models said nothing is handed on."""
    top = records.session("top")
    message = records.prompt(top, "SECRET of mine")
    records.part(top, message, {"type": "text", "text": "SECRET of a model"})
    records.answer(top, 1, error={"message": "SECRET of a service"})

    assert "SECRET" not in repr(collect(opencode))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "answer", "begin", "end", "fork", "remove", "anew", "collect"]), st.integers(0, 9)
    ),
    max_size=25,
)


class Truth:
    """A database to which things happen, and what all answers in it used, removed ones too."""

    def __init__(self, home: Path) -> None:
        self.records, self.told = Records(home), dict[str, int]()
        self.sessions, self.open = [self.records.session("top")], list[str]()

    def act(self, act: str, number: int) -> None:
        """Let something happen."""
        session, sent = self.sessions[number % len(self.sessions)], 10 ** (number % 4) + number
        match act:
            case "ask":
                self.sessions.append(self.records.session(f"s{len(self.sessions)}", session))
            case "answer":
                self.told[self.records.answer(session, sent)] = sent
            case "begin":
                going = answer(self.records.now(), 0, 0, finish=None)
                del going["time"]["completed"]
                self.open.append(self.records.message(session, going))
            case "end" if self.open:
                key = self.open.pop(number % len(self.open))
                self.records.change(key, answer(self.records.now(), sent))
                self.told[key] = sent
            case "fork" if self.told:
                at = self.records.now(5_000)
                self.records.message(session, answer(at - 4_000, 7), at)
            case "anew":
                self.records.run("UPDATE message SET rowid = rowid + 1000")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_happens_each_answer_counts_once(
    acts: list[tuple[str, int]],
    opencode: Collector,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In any order of what opencode does, however often it is collected meanwhile, the sums are the truth."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    truth = Truth(home)
    with ledger.open(home / "metrics.sqlite") as book:
        for act, number in [*acts, ("collect", 0)]:
            truth.act(act, number)
            if act in {"collect", "remove"}:
                collect_all([opencode], book)
            if act == "remove" and truth.told:
                key = sorted(truth.told)[number % len(truth.told)]
                truth.records.run("DELETE FROM message WHERE id = ?", key)
        (row,) = book.totals() or [ledger.Row(())]

    assert (len(truth.told), sum(truth.told.values())) == (row.requests, row.input)
