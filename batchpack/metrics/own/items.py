"""What runs over items know of their calls: which session worked for which task, and what it said it used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from batchpack.collector import Cursor, Fact, Portion, Session, Source
from batchpack.execution.state import seconds
from batchpack.item_runs import used as noted
from batchpack.ledger.values import ATTEMPT
from batchpack.metrics.own import lines
from batchpack.metrics.own.runs import used
from batchpack.metrics.own.shelf import Shelf, stamp, word
from batchpack.queue import batches


class Items:
    """Reads the calls of `batchpack items run`; each batch is a source."""

    NAME, TITLE = "items", "runs over items"

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def sources(self) -> Iterator[Source]:
        """Yield the batches whose calls said anything."""
        for _, folder in self._shelf.folders(*batches.FOLDER.parts):
            if found := stamp(noted.path(folder)):
                yield Source(str(folder), found)

    def read(self, source: Source, cursor: Cursor | None) -> Iterator[Portion]:
        """Yield what calls used behind a cursor; raises OSError."""
        folder = Path(source.key)
        project = folder.parents[len(batches.FOLDER.parts)]
        yield from lines.portions(noted.path(folder), cursor, lambda one: self._facts(folder.name, project, one))

    def _facts(self, batch: str, project: Path, one: Mapping[str, Any]) -> Iterator[Fact]:
        """Yield the session of a call, and what it used where that was told; the batch stands for a run."""
        key = f"{ATTEMPT}{batch}:{one['call']}"
        session = Session(
            self._shelf.host(word(one["executor"])), word(one["session"], key), agent=word(one["agent"]),
            project=str(project), run=batch, task=word(one["task"]), attempt=int(one["attempt"]),
        )  # fmt: skip
        usage = one["usage"]
        if usage:
            yield used(session, key, seconds(one["at"]), usage, word(usage["model"], one["model"]))
        elif one["session"]:
            yield session
