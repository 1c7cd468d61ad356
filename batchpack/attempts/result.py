"""The RESULT of an agent, found in whatever it said last: a claim, checked for its form only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from batchpack.plaintext import clean, line

WORD = "RESULT"
LOOKED_AT = 400_000
"""Characters at the end of a text that are looked at."""
OBJECTS = 200
"""Objects that are tried, counted from the end."""
ITEMS, LONGEST = 2000, 4000
"""Most entries that are kept of a list, most characters of a text."""

Status = Literal["verified", "failed", "blocked"]
STATUSES: Mapping[str, Status] = {
    "verified": "verified", "done": "verified", "done_with_concerns": "verified", "completed": "verified",
    "success": "verified", "no_change": "verified", "failed": "failed", "abandoned": "failed", "error": "failed",
    "needs_context": "blocked", "blocked": "blocked",
}  # fmt: skip
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Claim:
    """What an agent says it did; nothing of it is believed before it was checked.

    `files` are those it says it made or changed, `no_change` why nothing had to change (empty: something did),
    `expansion` the paths outside its scope that it asks for and `reason` why. `error` is what it says went wrong,
    `feedback` what it would tell the next attempt. `raw` is the object as it came, for the records.
    """

    status: Status
    summary: str = ""
    commit: str = ""
    files: tuple[str, ...] = ()
    no_change: str = ""
    expansion: tuple[str, ...] = ()
    reason: str = ""
    error: str = ""
    feedback: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoResult:
    """Why a text has no usable RESULT, and its last words."""

    reason: str
    said: str


def read(text: str, task: str) -> Claim | NoResult:
    """Return the claim in what an agent said about a task; the last RESULT wins. Never raises."""
    found = find(text, WORD) or next((one for one in _objects(text) if "status" in one), None)
    said = line(text[-2000:], 300) or "nothing"
    if found is None:
        return NoResult("there is no RESULT with a JSON object", said)
    named = found.get("task_id", task)
    if named != task:
        return NoResult(f"its RESULT is that of {line(str(named), 80)}", said)
    status = STATUSES.get(str(found.get("status", "")).strip().lower())
    if status is None:
        return NoResult(f"the status of its RESULT is {line(repr(found.get('status')), 80)}", said)
    return _claim(found, status)


def find(text: str, word: str) -> dict[str, Any] | None:
    """Return the last JSON object that follows a word such as RESULT or BATCH_RESULT, bare or in a fenced block."""
    start = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(word)}\b[*`\s]*[:=]?[*\s]*(?:```[a-z]*\s*)?(?=\{{)")
    shown = text[-LOOKED_AT:]
    for at in [match.end() for match in start.finditer(shown)][: -OBJECTS - 1 : -1]:
        found = _object(shown, at)
        if found is not None:
            return found
    return None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a text, the last first; those inside another one are passed over."""
    shown = text[-LOOKED_AT:]
    starts = [match.start() for match in re.finditer(r"\{\s*\"", shown)][-OBJECTS:]
    whole: list[dict[str, Any]] = []
    end = 0
    for at in starts:
        if at >= end and (found := _decoded(shown, at)) is not None:
            whole.append(found[0])
            end = found[1]
    yield from reversed(whole)


def _object(text: str, at: int) -> dict[str, Any] | None:
    """Return the JSON object that begins at a place, or None."""
    found = _decoded(text, at)
    return None if found is None else found[0]


def _decoded(text: str, at: int) -> tuple[dict[str, Any], int] | None:
    """Return the JSON object that begins at a place and where it ends, or None."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return (value, end) if isinstance(value, dict) else None


def _claim(found: Mapping[str, Any], status: Status) -> Claim:
    """Make a claim of an object's known keys, each brought into its form."""
    asked = found.get("scope_expansion")
    asked = asked if isinstance(asked, dict) else {"paths": asked}
    return Claim(
        status=status,
        summary=_text(found, "summary", "verification_summary"),
        commit=_text(found, "commit_hash", "commit"),
        files=_texts(found, "files_created", "files_changed", "files_modified", "changed_files"),
        no_change=_no_change(found),
        expansion=_texts(asked, "paths", "requested_paths"),
        reason=_text(asked, "reason"),
        error=_error(found),
        feedback=_text(found, "retry_feedback", "feedback"),
        raw=found,
    )


def _text(facts: Mapping[str, Any], *names: str) -> str:
    """Return the first of some keys that holds a text, cleaned and cut."""
    texts = (facts.get(name) for name in names)
    return next((clean(text)[:LONGEST] for text in texts if isinstance(text, str) and text.strip()), "")


def _texts(facts: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Return the texts in the lists of some keys, each once, in their order."""
    lists = (facts.get(name) for name in names)
    items = [item for one in lists for item in ([one] if isinstance(one, str) else one or ()) if isinstance(item, str)]
    return tuple(dict.fromkeys(clean(item)[:LONGEST] for item in items[:ITEMS]))


def _no_change(found: Mapping[str, Any]) -> str:
    """Return why nothing had to change: the text of `no_change`, or the reason beside it; empty without a reason."""
    said = found.get("no_change")
    if isinstance(said, dict):
        return _text(said, "reason")
    if said is True or str(found.get("status", "")).strip().lower() == "no_change":
        return _text(found, "reason", "summary", "verification_summary")
    return _text(found, "no_change")


def _error(found: Mapping[str, Any]) -> str:
    """Return what went wrong, in a line: the error's kind, step and message, or the last error's text."""
    error = found.get("error")
    if isinstance(error, dict):
        return line(": ".join(filter(None, (_text(error, name) for name in ("type", "step", "message")))), 1000)
    return line(_text(found, "error", "final_error", "reason", "summary"), 1000)
