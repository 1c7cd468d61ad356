"""What requests of message jobs used, from the results as the service gave them: in batches, side by side, in loops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from batchpack.collector import Cursor, Portion, Session, Source, Used
from batchpack.errors import BrokenFile
from batchpack.execution.state import seconds
from batchpack.messages.costs import BATCH, rest_of
from batchpack.messages.job import ROOT, Job
from batchpack.metrics.own import lines
from batchpack.metrics.own.shelf import Shelf, stamp, word

ENDINGS = (".jsonl", ".part")
RECORDS = ".records.jsonl"
STANDARD = "standard"


class Messages:
    """Reads the raw results of message jobs; each shard's file is a source, that of one under way too."""

    NAME, TITLE = "messages", "message batches and direct messages"

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def sources(self) -> Iterator[Source]:
        """Yield the files of results there are."""
        for _, folder in self._shelf.folders(*ROOT.parts):
            for path in sorted(folder.glob("results/*")):
                if path.suffix in ENDINGS and not path.name.endswith(RECORDS) and (found := stamp(path)):
                    yield Source(str(path), found)

    def read(self, source: Source, cursor: Cursor | None) -> Iterator[Portion]:
        """Yield what requests used behind a cursor; a request is known by its id, in whichever file it stands.

        Raises OSError and BrokenFile.
        """
        path = Path(source.key)
        job = Job(path.parents[1])
        if not (job.folder / "job.json").is_file():
            return
        teller = _Teller(job, path)
        yield from lines.portions(path, cursor, teller.facts)


class _Teller:
    """Tells what the requests of one shard used."""

    def __init__(self, job: Job, path: Path) -> None:
        facts = job.facts
        project = job.folder.parents[len(ROOT.parts)]
        self._session = Session(word(facts.provider), f"{job.id}.{facts.nonce}", project=str(project), run=job.id)
        self._usual = BATCH if facts.mode == "batch" else STANDARD
        round_, _, number = path.stem.partition("-")
        try:
            self._prefix = job.custom_id(int(round_), int(number), 0).removesuffix("0")
            self._ended, self._answered = _times(job, int(round_), int(number))
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise BrokenFile(path, "its job does not know of it") from error
        self._written = path.stat().st_mtime

    def facts(self, line: Mapping[str, Any]) -> Iterator[Used]:
        """Yield what a request used; one that was not answered used nothing. Raises ValueError for one of elsewhere."""
        result = line["result"]
        if not str(line["custom_id"]).startswith(self._prefix):
            raise ValueError("it is the result of a request that is not in this shard")
        if result["type"] != "succeeded" or not result["message"].get("usage"):
            return
        name, message = str(line["custom_id"]), result["message"]
        usage = message["usage"]
        tier = usage.get("service_tier") or self._usual
        place = usage.get("inference_geo") or ""
        read, short, hour, searches = rest_of(usage)
        yield Used(
            self._session, name, self._at(name), word(message["model"]), usage.get("input_tokens") or 0,
            usage.get("output_tokens") or 0, read, short, hour, searches,
            geography=word(place if tier in {BATCH, STANDARD} else tier),  # another tier has no price of its own
            batch=tier == BATCH,
        )  # fmt: skip

    def _at(self, name: str) -> float:
        """Return when a request was answered; of a batch, when all of it had been."""
        index = name.rpartition("-")[2]
        return self._answered.get(index) or self._ended or self._written


def _times(job: Job, round_: int, number: int) -> tuple[float, dict[str, float]]:
    """Return when a shard's batch had ended (0: not told), and when each of its direct requests was answered."""
    state = job.state()
    shard = state.shard(round_, number)
    answered = {
        str(event["index"]): seconds(event["at"])
        for event in state.events
        if event["event"] == "answered" and (event["round"], event["shard"]) == (round_, number)
    }
    return seconds(shard.ended_at) if shard.ended_at else 0.0, answered
