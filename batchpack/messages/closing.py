"""The end of a collection: answers and report are written, and the journal says that the job is done."""

from __future__ import annotations

from dataclasses import dataclass

from batchpack.messages import costs, joining, report
from batchpack.messages.costs import Bill
from batchpack.messages.job import Job
from batchpack.messages.standing import Standing, standing
from batchpack.messages.state import State
from batchpack.prices import Prices


@dataclass(frozen=True, slots=True)
class Closed:
    """What was written: where the job stands, and what it cost."""

    state: State
    standing: Standing
    bill: Bill


def close(job: Job, prices: Prices) -> Closed:
    """Write answers.jsonl, failed.jsonl and report.md from what lies on disk; the caller holds the job.

    Raises Unwritable, and BrokenFile when the records do not add up to the items.
    """
    state = job.state()
    found, bill = standing(job, state), costs.bill(standing(job, state).usage, prices)
    joining.write(job, state)
    report.write(job, found, bill)
    if not found.pending and (state.done is None or _counts(found) != state.done.get("counts")):
        job.record("done", counts=_counts(found))
    return Closed(job.state(), found, bill)


def _counts(found: Standing) -> dict[str, int]:
    """Return the counts that the journal keeps."""
    return {"answered": found.answered, "failed": found.failed}
