"""Plans as JSON and back; the hash is over the canonical JSON of everything else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.planning.values import (
    Assignment,
    Batch,
    Complexity,
    Cost,
    Estimate,
    Exclusion,
    Match,
    Options,
    Plan,
    Range,
    Signal,
)


class NotAPlan(BatchpackError):
    """JSON that is no plan, or one that was changed after it was made."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"this is not a plan as batchpack wrote it: {reason}", "make the plan again: batchpack plan")


def plan_to_json(plan: Plan) -> dict[str, object]:
    """Return the plan as plain JSON values with the hash first."""
    return {"hash": plan.hash, **{field.name: _plain(getattr(plan, field.name)) for field in fields(plan)}}


def _plain(value: Any) -> Any:
    """Turn named tuples into mappings and tuples into lists: the value equals what comes back from JSON text."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def digest(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON: keys sorted, no blanks, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(plan: Plan) -> Plan:
    """Return the plan with its hash."""
    facts = plan_to_json(plan)
    del facts["hash"]
    return replace(plan, hash=digest(facts))


def plan_from_json(facts: Mapping[str, Any]) -> Plan:
    """Read what `Plan.to_json` wrote, a `schema` beside it allowed; raises NotAPlan where shape or hash is off."""
    try:
        plan = _plan(facts)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAPlan(f"{type(error).__name__} at {error}") from error
    if sealed(plan).hash != facts["hash"]:
        raise NotAPlan("its content and its hash differ")
    return plan


def _plan(facts: Mapping[str, Any]) -> Plan:
    """Build a plan of JSON values."""
    return Plan(
        description=facts["description"],
        options=_options(facts["options"]),
        roster=facts["roster"],
        complexity=Complexity(**{**facts["complexity"], "signals": _each(_signal, facts["complexity"]["signals"])}),
        agents=_each(_assignment, facts["agents"]),
        depends_on={str(task): tuple(others) for task, others in facts["depends_on"].items()},
        batches=_each(lambda item: Batch(item["number"], tuple(item["tasks"])), facts["batches"]),
        estimate=_estimate(facts["estimate"]),
        notes=tuple(facts["notes"]),
        single=facts["single"],
        excluded=_each(lambda item: Exclusion(item["name"], Match(**item["match"]), item["words"]), facts["excluded"]),
        hash=facts["hash"],
    )


def _each(build: Callable[[Any], Any], items: Any) -> tuple[Any, ...]:
    """Build every item of a list."""
    return tuple(build(item) for item in items)


def _options(item: Mapping[str, Any]) -> Options:
    """Build the caller's decisions."""
    agents = item["agents"]
    return Options(None if agents is None else tuple(agents), item["complexity"], item["max_parallel"])


def _signal(item: Mapping[str, Any]) -> Signal:
    """Build a signal."""
    return Signal(item["name"], item["points"], _each(lambda match: Match(**match), item["evidence"]), item["detail"])


def _assignment(item: Mapping[str, Any]) -> Assignment:
    """Build an assignment."""
    return Assignment(item["name"], item["tier"], _each(lambda match: Match(**match), item["matched"]))


def _cost(item: Mapping[str, Any]) -> Cost:
    """Build one part of an estimate."""
    ranges = {key: Range(**item[key]) for key in ("tokens", "reread", "dollars", "minutes")}
    return Cost(item["name"], **ranges)


def _estimate(item: Mapping[str, Any]) -> Estimate:
    """Build an estimate."""
    parts, saving = _each(_cost, item["parts"]), item["saving_percent"]
    return Estimate(parts, _cost(item["total"]), _cost(item["baseline"]), saving, dict(item["sources"]))
