"""Everything that collectors can read, taken into the ledger once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from batchpack import ledger
from batchpack.collector import Cursor, Portion, Source
from batchpack.errors import BrokenFile, Busy
from batchpack.ledger import Ledger
from batchpack.metrics import collecting
from batchpack.metrics.collecting import Collected, collect
from tests.support.ledgers import Folder, counts, line, put, used
from tests.support.project import ROOT

WIDTH = 4
COLLECT = """
import sys
from pathlib import Path
from batchpack import ledger
from batchpack.metrics.collecting import collect
from tests.support.ledgers import Folder
with ledger.open(Path(sys.argv[1])) as book:
    print("ready", flush=True)
    sys.stdin.readline()
    print(collect([Folder(Path(sys.argv[2]), lines=7)], book).requests)
"""


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in a file."""
    with ledger.open(tmp_path / "metrics.sqlite") as made:
        yield made


def folder_of(path: Path, sessions: int, requests: int) -> Path:
    """Write a file a session, each request of 2 tokens in, told in two lines of which the first says less."""
    path.mkdir()
    for session in range(sessions):
        lines = [
            line(f"s{session}", f"s{session}:{number}", input=told) for number in range(requests) for told in (1, 2)
        ]
        (path / f"{session}.jsonl").write_text("".join(lines))
    return path


def test_a_second_pass_opens_nothing(tmp_path: Path, book: Ledger) -> None:
    """What is unchanged is passed over, what grew is read on from where it was."""
    files = folder_of(tmp_path / "in", 3, 12)
    assert Collected(9, 36, (), 0) == collect([Folder(files)], book)
    assert Collected(0, 0, (), 3) == collect([Folder(files)], book)
    with (files / "0.jsonl").open("a") as stream:
        stream.write(line("s0", "new", input=5))

    assert Collected(1, 1, (), 2) == collect([Folder(files)], book)
    assert {("s0",): (13, 29, 0), ("s1",): (12, 24, 0), ("s2",): (12, 24, 0)} == counts(book.totals(["session"]))


def test_a_half_written_line_waits_for_its_end(tmp_path: Path, book: Ledger) -> None:
    """A line that is being written is no complaint, and counts when it is whole."""
    files = folder_of(tmp_path / "in", 1, 1)
    whole = line("s0", "next", input=5)
    with (files / "0.jsonl").open("a") as stream:
        stream.write(whole[:20])
        stream.flush()
        assert Collected(1, 1, (), 0) == collect([Folder(files)], book)
        stream.write(whole[20:])

    assert Collected(1, 1, (), 0) == collect([Folder(files)], book)
    assert {(): (2, 7, 0)} == counts(book.totals())


def test_a_broken_line_is_told_once(tmp_path: Path, book: Ledger) -> None:
    """What makes no sense is told with its place, and what stands behind it counts."""
    files = folder_of(tmp_path / "in", 1, 1)
    with (files / "0.jsonl").open("a") as stream:
        stream.write("{torn\n" + line("s0", "next", input=5))
    found = collect([Folder(files)], book)

    assert ([("a line that is no request", "byte 90")], 2) == (
        [tuple(told.complaint) for told in found.complaints], found.requests,
    )  # fmt: skip
    assert () == collect([Folder(files)], book).complaints


class Failing(Folder):
    """A collector whose file `1.jsonl` cannot be read, after a first portion."""

    def __init__(self, path: Path, error: Callable[[], Exception]) -> None:
        super().__init__(path)
        self.error = error
        self.tries = 0

    def read(self, source: Source, cursor: Cursor | None) -> Iterator[Portion]:
        """Fail in one of the sources."""
        portions = super().read(source, cursor)
        if source.key.endswith("1.jsonl"):
            self.tries += 1
            if cursor is None:
                yield next(portions)
            raise self.error()
        yield from portions


@pytest.mark.parametrize(
    ("error", "reason", "tries"),
    [
        (lambda: BrokenFile(Path("f"), "it is torn"), "f: it is torn", 1),
        (lambda: Busy("f", 1), "f is in use by another batchpack process (waited 1 s)", 3),
        (lambda: PermissionError(13, "Permission denied"), "Permission denied", 3),
        (lambda: ValueError("the secret in a line"), "its reader failed (ValueError)", 3),
    ],
)
def test_a_source_that_fails_is_told_once_and_the_others_go_on(
    tmp_path: Path, book: Ledger, error: Callable[[], Exception], reason: str, tries: int
) -> None:
    """What was read before the failure stays; the broken is not opened again until it changes, the busy is."""
    files = folder_of(tmp_path / "in", 3, 12)
    failing = Failing(files, error)
    first = collect([failing, Folder(tmp_path / "in")][:1], book)

    assert ([reason], 29) == ([told.complaint.reason for told in first.complaints], first.requests)
    assert [(), ()] == [collect([failing], book).complaints for _ in range(2)]
    assert tries == failing.tries
    with (files / "1.jsonl").open("a") as stream:
        stream.write(line("s1", "new", input=5))
    assert 8 == collect([Folder(files)], book).requests
    assert ([], 37) == (book.complaints(), book.totals()[0].requests)


def test_a_source_that_failed_and_is_gone_is_no_complaint_any_more(tmp_path: Path, book: Ledger) -> None:
    """Nobody could mend it; what was read of it stays, and complaints about lines are kept."""
    files = folder_of(tmp_path / "in", 3, 12)
    with (files / "2.jsonl").open("a") as stream:
        stream.write("no request\n")
    failing = Failing(files, lambda: BrokenFile(Path("f"), "it is torn"))
    collect([failing], book)
    for name in ("1.jsonl", "2.jsonl"):
        (files / name).unlink()
    collect([failing], book)

    assert (["a line that is no request"], 29) == (
        [told.complaint.reason for told in book.complaints()], book.totals()[0].requests
    )  # fmt: skip


class Lost(Folder):
    """A collector that cannot list its sources to their end."""

    def sources(self) -> Iterator[Source]:
        """List one and fail."""
        yield next(super().sources())
        raise OSError(5, "Input/output error")


def test_a_collector_that_fails_leaves_the_others_alone(tmp_path: Path, book: Ledger) -> None:
    """What cannot be listed is told once, until it can."""
    files = folder_of(tmp_path / "in", 2, 3)
    found = collect([Lost(files)], book)

    assert (["Input/output error"], 3) == ([told.complaint.reason for told in found.complaints], found.requests)
    assert () == collect([Lost(files)], book).complaints
    assert 3 == collect([Folder(files)], book).requests
    assert [] == book.complaints()


class Rude(Folder):
    """A collector that yields what are no facts, or a cursor that nothing can hold, of its second file."""

    def __init__(self, path: Path, portion: Any) -> None:
        super().__init__(path)
        self.portion = portion

    def read(self, source: Source, cursor: Cursor | None) -> Iterator[Portion]:
        """Yield it behind what is right."""
        yield from super().read(source, cursor)
        if source.key.endswith("1.jsonl"):
            yield self.portion


@pytest.mark.parametrize("portion", [Portion((object(),), {}), Portion((), {"at": object()}), None])  # type: ignore[arg-type]
def test_a_mistake_of_a_plugin_ends_its_own_reading_only(tmp_path: Path, book: Ledger, portion: Any) -> None:
    """What no ledger can take is told once, and all other sources count."""
    files = folder_of(tmp_path / "in", 3, 12)
    found = collect([Rude(files, portion), Folder(files)], book)

    assert ["its reader failed"] == [told.complaint.reason.partition(" (")[0] for told in found.complaints]
    assert {("s0",): (12, 24, 0), ("s1",): (12, 24, 0), ("s2",): (12, 24, 0)} == counts(book.totals(["session"]))
    assert () == collect([Rude(files, portion)], book).complaints


def test_a_source_with_nothing_in_it_is_read_once(tmp_path: Path, book: Ledger) -> None:
    """An empty file is known as read, whatever its name is."""
    (tmp_path / "in").mkdir()
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/in/\xff.jsonl"))).write_text("")

    assert [0, 1] == [collect([Folder(tmp_path / "in")], book).skipped for _ in range(2)]


def test_it_says_how_far_it_is(tmp_path: Path, book: Ledger) -> None:
    """Whoever waits is told whose records are read, and how many of them were."""
    said: list[str] = []
    collect([Folder(folder_of(tmp_path / "in", 2, 12))], book, note=said.append)

    assert ["Folder: 1 read", "Folder: 2 read"] == said


def test_many_at_once_count_each_request_once(tmp_path: Path, book: Ledger) -> None:
    """Processes that start together on the same files, one of which grows, come to the truth together."""
    files = folder_of(tmp_path / "in", 5, 200)
    words = [sys.executable, "-c", COLLECT, str(book.path), str(files)]
    racers = [
        subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WIDTH)
    ]
    assert ["ready\n"] * WIDTH == [racer.stdout.readline() for racer in racers if racer.stdout]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = [int(racer.communicate()[0]) for racer in racers]

    assert ([0] * WIDTH, 1000) == ([racer.returncode for racer in racers], sum(said))
    assert {(): (1000, 2000, 0)} == counts(book.totals())
    assert (0, 5) == collect([Folder(files)], book)[1::2]


def killed(path: Path, files: Path, statement: int) -> bool:
    """Collect in a forked process that is killed before its n-th statement; tell whether it died of it."""
    child = os.fork()
    if child == 0:
        _die(path, files, statement)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0, status
    return os.WIFSIGNALED(status)


def _die(path: Path, files: Path, statement: int) -> None:
    """Be that process."""
    left = statement

    def count(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        collecting.MOST_FACTS = 8  # so that there are many transactions to be killed between
        book = ledger.open(path)
        book._connection.set_trace_callback(count)
        collect([Folder(files, lines=4)], book)
        book._connection.set_trace_callback(None)
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(1)
    os._exit(0)


def test_a_pass_that_is_killed_anywhere_loses_nothing(tmp_path: Path) -> None:
    """Killed before any of its statements, a pass leaves whole portions, and the next one comes to the truth."""
    files = folder_of(tmp_path / "in", 2, 8)
    step, died = 0, True
    while died:
        step += 5
        path = tmp_path / str(step) / "metrics.sqlite"
        with ledger.open(path) as book:
            put(book, used("before", input=1))
        died = killed(path, files, step)
        with ledger.open(path) as book:
            stored = sum(row.requests for row in book.totals())
            read = [
                Path(key).read_bytes()[: (cursor or {})["at"]] for key, (_, cursor) in book.sources("folder").items()
            ]
            assert stored - 1 == sum(text.count(b'"input": 1') for text in read)
            assert 17 - stored == collect([Folder(files, lines=4)], book).requests
            assert {(): (17, 33, 0)} == counts(book.totals())
            assert [("ok",)] == [tuple(row) for row in book._connection.execute("PRAGMA integrity_check")]

    assert step > 30


def test_the_ledger_of_a_full_disk_is_whole(tmp_path: Path, book: Ledger) -> None:
    """What cannot be stored is raised, and is read again when there is room."""
    files = folder_of(tmp_path / "in", 2, 500)
    pages = book._connection.execute("PRAGMA page_count").fetchone()[0]
    book._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(Exception, match=r"full|No space"):
        collect([Folder(files)], book)
    assert [] == book.totals()
    book._connection.execute(f"PRAGMA max_page_count = {sqlite3.SQLITE_LIMIT_LENGTH + 100_000}")

    assert 1000 == collect([Folder(files)], book).requests
