"""Going on with a job: with what it was begun with, or not at all."""

from __future__ import annotations

from pathlib import Path

from batchpack.errors import BatchpackError
from batchpack.files import fingerprint
from batchpack.messages.begin import changes
from batchpack.messages.items import STDIN, Source
from batchpack.messages.job import Job


class Changed(BatchpackError):
    """What the job was begun with is not what lies there now."""

    def __init__(self, job: Job, differ: list[str]) -> None:
        super().__init__(
            f"since job {job.id} began: {'; '.join(differ)}",
            "put it back, or go on with the requests as they were written then: add --as-begun",
        )


def check(job: Job) -> None:
    """Refuse items or a template that were changed since; raises Changed.

    What is sent was written when the job began; but answers for items that are no more are seldom wanted.
    """
    facts = job.facts
    items, template = _items_now(job), _template_now(job)
    differ = changes(facts, items or facts.items["sha256"], template or facts.template["sha256"], facts.params)
    gone = [
        f"{name} is gone"
        for name, now in ((facts.items["source"], items), (facts.template["path"], template))
        if now is None
    ]
    if differ or gone:
        raise Changed(job, [*gone, *differ])


def _items_now(job: Job) -> str | None:
    """Return the hash of the items as they are now, or None when they are gone."""
    told = job.facts.items
    words, file = tuple(told["words"]), job.folder / "items.jsonl"
    try:
        return Source(words, told["kind"], Path(told["base"]), file=file if words == (STDIN,) else None).fingerprint()
    except BatchpackError:
        return None


def _template_now(job: Job) -> str | None:
    """Return the hash of the template as it is now, or None when it is gone; one given as words cannot change."""
    path = job.facts.template["path"]
    if path is None:
        return str(job.facts.template["sha256"])
    try:
        return fingerprint(Path(path).read_bytes().decode("utf-8-sig").encode())
    except (OSError, UnicodeDecodeError):
        return None
