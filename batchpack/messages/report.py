"""The report for people: what came of a job, what it cost, and which items need somebody to look at them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from batchpack.files import write_atomic
from batchpack.messages import costs, outcomes
from batchpack.messages.costs import Bill
from batchpack.messages.job import Job
from batchpack.messages.standing import Standing

SHOWN = 50
"""How many failed items the report shows; all of them stand in failed.jsonl."""
KEY_LENGTH, REASON_LENGTH = 80, 160
REMEDIES: Mapping[str, str] = {
    "free": "asked again free of charge: `batchpack messages retry {job}`",
    "paid": "paid for; asked again only changed: `batchpack messages retry {job} --retry-paid --max-tokens N`",
    "pause": "the account must be put right first",
    "never": "the request itself is refused; mend the item, the template or the parameters and begin a new job",
}


def write(job: Job, found: Standing, bill: Bill) -> None:
    """Write report.md; raises Unwritable."""
    write_atomic(job.report, "\n".join(_lines(job, found, bill)) + "\n")


def _lines(job: Job, found: Standing, bill: Bill) -> Iterator[str]:
    """Yield the report's lines."""
    facts = job.facts
    yield f"# Job {job.id}"
    yield ""
    yield f"Model {_code(facts.params.get('model', 'unknown'))}, items from {_code(facts.items['source'])}."
    yield ""
    yield f"{counted(found)}."
    yield from costs.lines(bill)
    if found.kinds:
        yield from _kinds(job, found)
        yield from _items(job, found)


def counted(found: Standing) -> str:
    """Say how many items there are and how they stand, as a sum that adds up."""
    parts = f"{found.answered:,} answered + {found.failed:,} failed + {found.pending:,} pending"
    return f"{found.items:,} items = {parts}"


def _kinds(job: Job, found: Standing) -> Iterator[str]:
    """Yield the table of failures by kind with what can be done."""
    yield ""
    yield "## What failed"
    yield ""
    yield "| kind | items | what can be done |"
    yield "|---|---|---|"
    for kind, count in found.kinds.most_common():
        told = outcomes.HINTS.get(kind) or REMEDIES.get(outcomes.remedy(kind), "")
        yield f"| {kind} | {count:,} | {told.format(job=job.id)} |"


def _items(job: Job, found: Standing) -> Iterator[str]:
    """Yield the first failed items with their reasons."""
    yield ""
    yield "## For review"
    yield ""
    if found.failed > SHOWN:
        yield f"The first {SHOWN} of {found.failed:,}; all of them are in `{job.failed.name}`."
    else:
        yield f"All of them with what the model said are in `{job.failed.name}`."
    yield ""
    yield "| item | key | kind | reason |"
    yield "|---|---|---|---|"
    with job.failed.open(encoding="utf-8", newline="\n") as stream:
        for _, line in zip(range(SHOWN), stream, strict=False):
            record = json.loads(line)
            key, reason = _code(str(record["key"])[:KEY_LENGTH]), _cell(record["reason"][:REASON_LENGTH])
            yield f"| {record['index']} | {key} | {record['kind']} | {reason} |"


def _code(text: object) -> str:
    """Return a text as code in Markdown, on one line."""
    return f"`{_cell(str(text)).replace('`', chr(39))}`"


def _cell(text: str) -> str:
    """Return a text that cannot leave its cell of a table."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
