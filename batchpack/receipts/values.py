"""A receipt as it stands on its line: plain values, canonical JSON, and the hash that chains it to the line before."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal, get_args

from batchpack.errors import BatchpackError, UsageError

Phase = Literal["before", "after"]
PHASES: tuple[Phase, ...] = get_args(Phase)
Result = Literal["done", "failed", "skipped"]
RESULTS: tuple[Result, ...] = get_args(Result)
SCHEMA = 1
START = "0" * 64
"""What the first receipt names as the hash of the line before it."""
LINE_LIMIT = 256 * 1024
"""The longest line in bytes: a state before the act that is larger is kept as a file."""
ACT = re.compile(r"[0-9a-f]{12}")


class Refused(BatchpackError):
    """A receipt that does not fit what stands in the book."""


_TEXTS = ("at", "previous", "phase", "what", "task", "item", "worker", "locator", "undoes", "act", "result", "detail")
_KINDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(_TEXTS, str), "seq": int, "token": (int, type(None)), "undo": list,
}  # fmt: skip


class Torn(ValueError):
    """A line that a crash cut off."""


class NotAsWritten(ValueError):
    """A line that somebody changed."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a worker says of an act; `act` is empty until the book gives it a name.

    `state` is any JSON that tells how things were before the act, `locator` says where they were or are, `undo` is the
    argv that takes the act back, `undoes` the act that this one takes back. `result` is empty before the act.
    """

    phase: Phase
    what: str = ""
    task: str = ""
    item: str = ""
    worker: str = ""
    token: int | None = None
    state: Any = None
    locator: str = ""
    undo: tuple[str, ...] = ()
    undoes: str = ""
    act: str = ""
    result: Result | Literal[""] = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt in the book: its number from 1, its moment in UTC, its draft, and its place in the chain."""

    seq: int
    at: str
    draft: Draft
    previous: str
    hash: str
    line: int = 0

    @property
    def act(self) -> str:
        """Return the act's name."""
        return self.draft.act

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as its line has it."""
        return {**_chained(self.seq, self.at, self.draft, self.previous), "hash": self.hash}


def _chained(seq: int, at: str, draft: Draft, previous: str) -> dict[str, Any]:
    """Return all that a receipt's hash covers."""
    return {"schema": SCHEMA, "seq": seq, "at": at, **asdict(draft), "previous": previous}


def make(seq: int, at: str, draft: Draft, previous: str) -> Receipt:
    """Make a receipt that follows on the one whose hash is given; raises UsageError for one that is too long."""
    receipt = Receipt(seq, at, draft, previous, digest(_chained(seq, at, draft, previous)))
    if len(canonical(receipt.to_json())) > LINE_LIMIT:
        raise UsageError(
            f"a receipt takes at most {LINE_LIMIT // 1024} kB", "keep the state as a file and name it as the locator"
        )
    return receipt


def canonical(facts: dict[str, Any]) -> str:
    """Write facts in the one way that is hashed: sorted keys, no spaces, ASCII, on one line."""
    try:
        return json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except ValueError as error:
        raise UsageError("the state before the act holds a number that JSON has not", "leave out NaN") from error


def digest(chained: dict[str, Any]) -> str:
    """Return the SHA-256 of facts in canonical form, as 64 hexadecimal digits."""
    return sha256(canonical(chained).encode()).hexdigest()


def loads(text: bytes | str) -> Any:
    """Read JSON from strangers; raises ValueError also for what is nested too deep and for NaN."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _refuse(name: str) -> object:
    """Refuse a number that JSON has not."""
    raise ValueError(f"{name} is no JSON")


def parse(text: bytes, line: int = 0) -> Receipt:
    """Read a line; raises Torn for one that is no JSON, NotAsWritten for one that is, but not as it was written."""
    try:
        facts = loads(text)
    except ValueError as error:
        raise Torn("it is cut off") from error
    if not isinstance(facts, dict) or not isinstance(facts.get("schema"), int):
        raise NotAsWritten("it is no receipt")
    if facts["schema"] > SCHEMA:
        raise NotAsWritten(f"it was written by a newer batchpack (schema {facts['schema']}, known here: {SCHEMA})")
    if canonical(facts).encode() != text:
        raise NotAsWritten("it is not written as a receipt is")
    found = facts.pop("hash", None)
    if found != digest(facts):
        raise NotAsWritten("its hash does not fit its content")
    return _receipt(facts, str(found), line)


def _receipt(facts: dict[str, Any], found: str, line: int) -> Receipt:
    """Make the values of a line whose hash fits; whoever can edit the file can write a hash that fits, too."""
    wrong = [key for key, kinds in _KINDS.items() if not isinstance(facts.get(key), kinds)]
    undo = facts.get("undo") or []
    if wrong or facts.keys() != _KINDS.keys() | {"schema", "state"} or not all(isinstance(word, str) for word in undo):
        raise NotAsWritten(f"a part of it is missing, unknown or of a wrong kind: {', '.join(wrong) or 'its keys'}")
    said = {key: facts[key] for key in facts if key not in {"schema", "seq", "at", "previous"}}
    if said["phase"] not in PHASES or said["result"] not in ("", *RESULTS):
        raise NotAsWritten("its phase or result is none that there is")
    draft = Draft(**{**said, "undo": tuple(undo)})
    return Receipt(facts["seq"], facts["at"], draft, facts["previous"], found, line)
