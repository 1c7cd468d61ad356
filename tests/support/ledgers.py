"""Facts to take into a ledger, and a collector of files whose lines are requests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from batchpack.collector import Complaint, Cursor, Fact, Portion, Session, Source, Used
from batchpack.ledger import Ledger, Row

T = 1_700_000_100.0
"""A time at which a quarter of an hour begins: 2023-11-14T22:15:00Z."""
QUARTER = 900.0
HAIKU = "claude-haiku-5-5"
"""A model whose prompts of more than 100,000 tokens cost five times as much."""
OPUS = "claude-opus-5"
"""A model that has one price: 5 dollars in, 25 out."""
ONE = Session("toy", "s1", project="/work/shop")


def used(key: str = "k1", session: Session = ONE, *, at: float = T, model: str = OPUS, **counts: Any) -> Used:
    """Return a request."""
    return Used(session, key, at, model, **counts)


def put(ledger: Ledger, *facts: Fact, source: str = "f", collector: str = "toy") -> None:
    """Take facts as the next portion of a source."""
    before = (ledger.cursor(collector, source) or (None, None))[1]
    number = (before or {}).get("n", 0) + 1
    assert ledger.take(collector, Source(source, str(number)), Portion(facts, {"n": number}), before)


def counts(rows: Iterable[Row]) -> dict[tuple[str, ...], tuple[int, int, int]]:
    """Return requests, input and output by key."""
    return {row.key: (row.requests, row.input, row.output) for row in rows}


def line(session: str, key: str, **counts: Any) -> str:
    """Return a line of a file that `Folder` reads."""
    return json.dumps({"session": session, "key": key, **counts}) + "\n"


class Folder:
    """A collector of the files in a folder: a line is a request, a word in `text` is what nobody may keep."""

    NAME = "folder"
    TITLE = "Folder"

    def __init__(self, path: Path, lines: int = 10) -> None:
        self.path = path
        self.lines = lines

    def sources(self) -> Iterator[Source]:
        """List the files, by looking only."""
        for file in sorted(self.path.iterdir()):
            facts = file.stat()
            yield Source(str(file), f"{facts.st_size}:{facts.st_mtime_ns}")

    def read(self, source: Source, cursor: Cursor | None) -> Iterator[Portion]:
        """Read on from an offset; a line without an end is being written."""
        facts: list[Fact] = []
        at = (cursor or {}).get("at", 0)
        with Path(source.key).open("rb") as stream:
            stream.seek(at)
            for text in stream:
                if not text.endswith(b"\n"):
                    break
                facts.append(_fact(text, at))
                at += len(text)
                if len(facts) == self.lines:
                    yield Portion(tuple(facts), {"at": at})
                    facts = []
        if facts:
            yield Portion(tuple(facts), {"at": at})


def _fact(text: bytes, at: int) -> Fact:
    """Return the request of a line."""
    try:
        found = json.loads(text)
        session = Session("toy", found["session"])
        return Used(session, found["key"], T, OPUS, found.get("input", 0), found.get("output", 0))
    except (ValueError, KeyError):
        return Complaint("a line that is no request", f"byte {at}")
