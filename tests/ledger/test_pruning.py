"""Old facts removed for good."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from batchpack import ledger
from batchpack.collector import Mark, Session
from batchpack.ledger import Ledger, Pruned
from tests.support.ledgers import ONE, QUARTER, T, counts, put, used
from tests.support.project import ROOT

OLD = Session("toy", "old")


def test_what_is_older_goes_and_stays_away(book: Ledger) -> None:
    """Requests and marks from before are gone with the sessions that had nothing else, and are not taken again."""
    facts = (
        used("a", OLD, at=T, input=1), used("b", at=T + 5, input=2), used("c", at=T + 6, input=4),
        used("n", at=0, input=8), Mark(OLD, "begun", T), Mark(ONE, "begun", T + 6),
    )  # fmt: skip
    put(book, *facts)

    assert Pruned(2, 1, 1) == book.prune(T + 6)
    put(book, *facts, source="g")
    assert {("s1",): (2, 12, 0)} == counts(book.totals(["session"]))
    assert [Mark(ONE, "begun", T + 6)] == list(book.marks())
    assert Pruned(0, 0, 0) == book.prune(T)
    put(book, *facts, source="h")
    assert {("s1",): (2, 12, 0)} == counts(book.totals(["session"]))


def test_a_request_goes_whole(book: Ledger) -> None:
    """Of a request that was told in pieces, or moved to an earlier time, nothing stays behind."""
    put(book, used(at=T + QUARTER, input=3))
    put(book, used(at=T, input=5))

    assert 1 == book.prune(T + 1).requests
    assert [] == book.totals()


def test_what_ties_a_session_to_a_task_waits_for_its_requests(book: Ledger) -> None:
    """A session that was heard of since stays, though nothing of it has been read yet."""
    put(book, Session("toy", "new", run="r", task="t", attempt=1))
    assert 0 == book.prune(T).sessions
    put(book, used(session=Session("toy", "new"), at=T, input=1))
    assert {("t",): (1, 1, 0)} == counts(book.totals(["task"]))

    put(book, Session("toy", "never"))
    book._connection.execute("UPDATE session SET met_at = 1")  # heard of long ago
    assert (0, 1, 0) == book.prune(T)


def test_pruning_brings_no_attempt_back(book: Ledger) -> None:
    """What told of a whole session stays out when the requests that said it better are gone."""
    session = Session("toy", "s", run="r", task="t", attempt=1)
    put(book, used("m", session, at=T, input=90), used("attempt:r:t:1", session, at=T + 100, input=90))
    book.prune(T + 50)

    assert [] == book.totals()


def test_room_is_given_back(tmp_path: Path) -> None:
    """The file gets smaller."""
    path = tmp_path / "m.sqlite"
    with ledger.open(path) as book:
        put(book, *(used(f"k{at}", at=T + at, input=1) for at in range(5000)))
    before = path.stat().st_size
    with ledger.open(path) as book:
        book.prune(T + 5000)

    assert before > 5 * path.stat().st_size


FULL = """
import resource, signal, sys
from pathlib import Path
from batchpack import ledger
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with ledger.open(path) as book:
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 3, resource.RLIM_INFINITY))
    print(book.prune(float(sys.argv[2])).requests)
"""


def test_a_disk_without_room_for_a_copy_is_no_failure(tmp_path: Path) -> None:
    """Old facts are gone, and that is said; only their room is not given back yet."""
    path = tmp_path / "metrics.sqlite"
    with ledger.open(path) as book:
        put(book, *(used(f"k{number}", at=T + number) for number in range(20_000)))
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path), str(T + 10)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (0, "10\n") == (done.returncode, done.stdout), done.stderr
    with ledger.open(path) as book:
        assert [19_990] == [row.requests for row in book.totals()]
