"""What `batch-metrics` prints for people, fitted to their window."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from batchpack import prices
from batchpack.amounts import count
from batchpack.ledger.values import Key, Row
from batchpack.metrics import critical, savings, stats, usage, wording
from batchpack.metrics.columns import table
from batchpack.metrics.ledgered import Batch
from batchpack.metrics.overview import Asked, Overview
from batchpack.metrics.savings import Figure
from batchpack.metrics.values import Record
from batchpack.plaintext import line

SHOWN = 20
"""Rows of a table that are shown unless all are asked for."""
NO_RUNS = """No runs are recorded{span}.
  Make one: type /batch-run "what you want" in your host, or see one without a host: batchpack demo"""
TITLES = {"model": "Models used", "agent": "Agents"}
HERE = "in all sessions that hosts on this machine keep"
WIDEST = 100


class Page:
    """Lines that come to be; tables are as wide as the window, which is None where nothing limits it."""

    def __init__(self, window: int | None, shown: int | None = SHOWN) -> None:
        self.lines, self.window, self.shown = list[str](), window, shown

    def part(self, title: str, lines: Iterable[str]) -> None:
        """Add some lines below a title, with an empty line before them."""
        self.lines += [""] if self.lines else []
        self.text(*([title] if title else []))
        self.lines += lines

    def text(self, *paragraphs: str, indent: str = "") -> None:
        """Add text, broken where the window ends."""
        room = max(40, min(self.window or WIDEST, WIDEST))
        for one in paragraphs:
            self.lines += textwrap.wrap(
                one, room, subsequent_indent=indent or "  ", break_long_words=False, break_on_hyphens=False
            )

    def table(self, title: str, rows: Sequence[Sequence[str]], keep: int = 1, breaks: int = 0) -> None:
        """Add a table below a title."""
        self.part(title, table(rows, self.window, keep, breaks))

    def cut(self, rows: Sequence[list[str]], word: str, *, newest: bool = False) -> tuple[list[list[str]], str]:
        """Return the rows that are shown, and what is said of the others."""
        left = len(rows) - (self.shown or len(rows))
        if left <= 0:
            return list(rows), ""
        kept = rows[left:] if newest else rows[: self.shown]
        return list(kept), f"{count(left, word)} {'is' if left == 1 else 'are'} not shown; --all shows them"


def lines(found: Overview, window: int | None, shown: int | None = SHOWN) -> list[str]:
    """Say what runs and models came to."""
    page = Page(window, shown)
    _runs(page, found)
    for word, title in TITLES.items():
        _usage(page, f"{title}, {HERE}{span(found.asked)}:", found.usage.get(word, ()), word)
    _savings(page, found.savings)
    _end(page, found)
    return page.lines


def span(asked: Asked) -> str:
    """Say which part of everything is looked at."""
    project = f" for {asked.project}" if asked.project else ""
    since = f" since {wording.local(asked.since)}" if asked.since is not None else ""
    return project + since


def _runs(page: Page, found: Overview) -> None:
    """Add the table of runs, the newest last, with the sums of all."""
    if not found.known.records:
        page.text(*NO_RUNS.format(span=span(found.asked) or " yet").splitlines())
        return
    rows, older = page.cut([stats.cells(record) for record in found.known.records], "older run", newest=True)
    page.table(f"Runs{span(found.asked)}, the newest last:", [stats.HEADS, *rows], breaks=len(stats.USED_HEADS))
    page.part("", [older] if older else [])
    page.text(*stats.summary(found.known.records))


def _usage(page: Page, title: str, rows: Sequence[Row], word: str) -> None:
    """Add a table of what models were used, by a word."""
    _keyed(page, title, rows, usage.BY[word])


def _keyed(page: Page, title: str, rows: Sequence[Row], keys: Sequence[Key]) -> None:
    """Add a table of what models were used, by keys."""
    if rows:
        head, *cells = usage.table(rows, keys)
        shown, left = page.cut(cells, "row")
        page.table(title, [head, *shown], keep=len(head) - len(usage.HEADS) - (usage.SAID in head))
        page.lines += [left] if left else []


def by(rows: Sequence[Row], word: str, window: int | None, shown: int | None) -> list[str]:
    """Return one table of what models were used."""
    page = Page(window, shown)
    _usage(page, "", rows, word)
    if not rows:
        page.part("", ["Nothing is recorded."])
    _legend(page)
    return page.lines


def batches(records: Sequence[Record], window: int | None, shown: int | None) -> list[str]:
    """Return one table of the batches of all runs."""
    page = Page(window, shown)
    every = [cells for record in records for cells in stats.batch_cells(record)]
    rows, left = page.cut(every, "row", newest=True)
    if rows:
        page.table("", [stats.BATCH_HEADS, *rows], keep=2, breaks=len(stats.USED_HEADS))
    else:
        page.part("", ["Nothing is recorded."])
    page.lines += [left] if left else []
    _legend(page)
    return page.lines


def run(found: Overview, window: int | None) -> list[str]:
    """Say what one run came to, task by task."""
    [record] = found.known.records
    page = Page(window, None)
    begun = f"begun {wording.local(record.begun)}"
    page.text(f"Run {record.run}: {line(record.name)}", f"  by {record.by}, {begun}, {record.standing}")
    page.text(*(one.removeprefix("runs: 1, ") for one in stats.summary([record])))
    _critical(page, record)
    page.table("Tasks:", [stats.TASK_HEADS, *map(stats.task_cells, record.tasks)], breaks=len(stats.USED_HEADS))
    if len(record.groups) > 1:
        rows = [stats.BATCH_HEADS[1:], *(cells[1:] for cells in stats.batch_cells(record))]
        page.table("Batches:", rows, breaks=len(stats.USED_HEADS))
    if record.attempts:
        workers = stats.worker_cells(record)
        itself = [stats.itself_cells(found.itself)] if found.itself else []
        page.table("Agents:", [stats.WORKER_HEADS, *workers, *itself], keep=3, breaks=len(stats.USED_HEADS))
    _savings(page, found.savings)
    _end(page, found)
    return page.lines


def batch(found: Overview, one: Batch, window: int | None, shown: int | None) -> list[str]:
    """Say what is known of a batch that only the ledger knows: its sums, then by task and by model."""
    page = Page(window, shown)
    places, hosts = (", ".join(map(line, words)) or wording.UNKNOWN for words in (one.projects, one.hosts))
    times = [wording.local(at) for at in (one.first_at, one.last_at) if at is not None] or [wording.UNKNOWN] * 2
    page.text(f"Batch {line(one.name)}", f"  by {hosts} in {places}")
    page.text(f"  first request {times[0]}, last {times[-1]}")
    sums = dict(zip(*usage.table([one.sums], ()), strict=True))
    batched = f" ({wording.number(one.batched)} of them through a batch service)" if one.batched else ""
    tokens = wording.number(usage.tokens(one.sums))
    page.text(f"requests: {sums['requests']}{batched}, tokens: {tokens}, cost: {sums['cost']}")
    tasks = [row._replace(key=row.key[1:]) for row in found.usage["task"]]
    tasks = tasks if any(any(row.key) for row in tasks) else []
    _keyed(page, "Tasks:", tasks, usage.BY["task"][1:])
    _keyed(page, "Models used:", found.usage["model"], usage.BY["model"])
    _savings(page, found.savings)
    _end(page, found)
    return page.lines


def _critical(page: Page, record: Record) -> None:
    """Say which tasks the run's length came from."""
    steps = critical.path(record)
    if steps:
        names = " > ".join(step.task.name for step in steps)
        parts = {
            name: sum(getattr(step, name) for step in steps) for name in ("waited", "worked", "between", "merging")
        }
        said = ", ".join(f"{wording.duration(value)} {word}" for word, value in parts.items() if value >= 0.05)
        page.text(f"critical path: {wording.duration(sum(parts.values()))}{f' ({said})' if said else ''}: {names}")


def _savings(page: Page, figures: Sequence[Figure]) -> None:
    """Add what batching saved, with what it was compared with."""
    if figures:
        page.table("Saved by batching:", [savings.HEADS, *map(savings.cells, figures)])
        page.text(*(f"- {note}" for note in savings.notes(figures)))


def _end(page: Page, found: Overview) -> None:
    """Say what signs mean, which prices were used and what could not be read."""
    _legend(page)
    broken, gone = found.known.broken, found.known.gone
    left = [f"{count(broken, 'run')} could not be read"] if broken else []
    left += [f"{count(gone, 'run in the index is', 'runs in the index are')} gone"] if gone else []
    if left:
        why = f" (see why: batch-metrics --run {found.known.worst})" if found.known.worst else ""
        page.text(f"left out: {'; '.join(left)}{why}")
    if found.wrong:
        page.text(found.wrong)
    if found.complaints:
        page.text(f"{count(len(found.complaints), 'complaint')} about records: batch-metrics collect --told")


def _legend(page: Page) -> None:
    """Say what stands in the tables, where it stands there."""
    text = "\n".join(page.lines)
    notes = [stats.LEGEND] if stats.PLUS in text else []
    if "$" in text:
        notes.append(f"cost: what a host said of a headless run, else at list prices of {prices.shipped().as_of}")
    if notes:
        page.part("", [])
        page.text(*notes)
