"""Answers for other programs: as JSON lines, as a table, or as one file an item."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError, BrokenFile
from batchpack.files import write_atomic
from batchpack.messages import drafts
from batchpack.messages.job import Job

COLUMNS = ("index", "key", "status", "answer", "kind", "reason", "stop_reason", "model", "input", "output")
MARK = ".batchpack-job"
LINES = 512
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_OTHER = re.compile(r"[^A-Za-z0-9._-]+")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes a cell for a formula by."""


class Occupied(BatchpackError):
    """A folder that holds files of somebody else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not empty, and not of this job", "name another folder with --out")


def as_lines(job: Job, out: Path) -> None:
    """Copy the answers as JSON lines; raises Unwritable."""
    with drafts.draft(out) as stream, job.answers.open("rb") as source:
        while data := source.read(1 << 20):
            drafts.write(stream, data)
        drafts.publish(stream, out)


def as_table(job: Job, out: Path) -> None:
    """Write the answers as CSV: a line an item, values as JSON, text that a spreadsheet would run made harmless."""
    with drafts.draft(out) as stream:
        drafts.write(stream, _row(dict(zip(COLUMNS, COLUMNS, strict=True))).encode())
        records = _records(job)
        while chunk := list(islice(records, LINES)):
            drafts.write(stream, "".join(_row(_flat(record)) for record in chunk).encode("utf-8", "backslashreplace"))
        drafts.publish(stream, out)


def as_files(job: Job, folder: Path) -> int:
    """Write one file for each answer, named by its key where that can name a file; returns how many.

    Files of an earlier export of the same job are replaced. Raises Occupied for a folder of somebody else.
    """
    mark = folder / MARK
    if folder.exists() and any(folder.iterdir()) and (not mark.is_file() or mark.read_text().strip() != job.id):
        raise Occupied(folder)
    write_atomic(mark, f"{job.id}\n")
    ending = "txt" if job.facts.schema_source is None else "json"
    written, names = 0, set[str]()
    for record in _records(job):
        if record["status"] == "answered":
            answer = record["answer"]
            text = answer if isinstance(answer, str) and ending == "txt" else json.dumps(answer, indent=2)
            name = _name(record, names)
            (folder / f"{name}.{ending}").write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
            written += 1
    return written


def _name(record: dict[str, Any], taken: set[str]) -> str:
    """Return the name of an item's file: its key, or its number with what of the key a name can hold."""
    key = str(record["key"])
    name = key
    if not _PLAIN.fullmatch(key) or ".." in key or key.casefold() in taken:
        name = f"_{record['index']}-{_OTHER.sub('-', key).strip('-.')[:60]}".rstrip("-")
    taken.add(name.casefold())
    return name


def _records(job: Job) -> Iterator[dict[str, Any]]:
    """Yield all records of the answers; raises BrokenFile for a line that somebody damaged."""
    with job.answers.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise BrokenFile(job.answers, "the line is not a record", number) from error


def _flat(record: dict[str, Any]) -> dict[str, object]:
    """Return a record with the columns of a table."""
    answer, usage = record.get("answer", record.get("text")), record.get("usage") or {}
    told = answer if isinstance(answer, str) or answer is None else json.dumps(answer, ensure_ascii=False)
    return {**record, "answer": told, "input": usage.get("input"), "output": usage.get("output")}


def _row(values: dict[str, object]) -> str:
    """Return one line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_harmless(values.get(column)) for column in COLUMNS])
    return out.getvalue()


def _harmless(value: object) -> object:
    """Return a cell that a spreadsheet does not run: a quote before what looks like a formula, as is the custom."""
    risky = isinstance(value, str) and value.startswith(_RISKY) and not _NUMBER.fullmatch(value)
    return f"'{value}" if risky else value
