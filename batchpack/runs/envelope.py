"""The envelope around an agent's report, validated so that its agent can mend all that is wrong in one go."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from batchpack.errors import BatchpackError

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
OPTIONS = {"changed": "--changed", "no_change": "--no-change"}


class Refused(BatchpackError):
    """A result that cannot be taken in; nothing was recorded, and each complaint says what to mend."""

    def __init__(self, task: str, complaints: list[str]) -> None:
        listed = "\n  ".join(f"- {complaint}" for complaint in complaints)
        super().__init__(
            f"the result of {task} was refused, nothing was recorded:\n  {listed}",
            "mend this and run the command again",
        )


class Envelope(BaseModel):
    """What an agent says beside its report."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal["DONE", "DONE_WITH_CONCERNS", "NEEDS_CONTEXT", "BLOCKED"]
    summary: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    changed: Annotated[tuple[Line, ...], Field(max_length=2000)] = ()
    evidence: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    no_change: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


def check(task: str, said: dict[str, Any]) -> Envelope:
    """Return the envelope of what an agent said; raises Refused with every complaint at once."""
    try:
        envelope = Envelope.model_validate(said)
    except ValidationError as error:
        raise Refused(task, [_complaint(one) for one in error.errors()]) from error
    complaints = _lines(envelope)
    if complaints:
        raise Refused(task, complaints)
    return envelope


def _complaint(one: Any) -> str:
    """Say one of pydantic's complaints as an option and what it must be."""
    option = _option(str(one["loc"][0]))
    match one["type"]:
        case "literal_error":
            return f"{option} must be one of DONE, DONE_WITH_CONCERNS, NEEDS_CONTEXT, BLOCKED"
        case "string_too_short" | "missing" | "string_type":
            return f"{option} is missing or empty"
        case "string_too_long":
            return (
                f"{option} has {len(one['input'].strip())} characters, at most {one['ctx']['max_length']} are allowed"
            )
        case "too_long":
            return (
                f"{option} is given {one['ctx']['actual_length']} times, at most {one['ctx']['max_length']} are allowed"
            )
        case _:
            return f"{option}: {one['msg']}"


def _option(field: str) -> str:
    """Return the option that gives a field."""
    return OPTIONS.get(field, f"--{field}")


def _lines(envelope: Envelope) -> list[str]:
    """Complain about texts that are not one line of plain characters, and about contradictions."""
    texts = {
        "summary": (envelope.summary,), "changed": envelope.changed, "evidence": envelope.evidence,
        "no_change": (envelope.no_change,),
    }  # fmt: skip
    found = [
        f"{_option(field)} must be one line without control characters"
        for field, values in texts.items()
        if any(CONTROL.search(value) for value in values)
    ]
    if envelope.changed and envelope.no_change:
        found.append("--changed and --no-change contradict each other: leave one out")
    return found
