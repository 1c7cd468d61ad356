"""The JSON Schema of plan files, for editors; the engine's own reader is stricter and tells lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchpack.workplan.checks import TITLE_LIMIT
from batchpack.workplan.fields import DEFAULTS, PLAN, TASK, Field
from batchpack.workplan.values import MOST_ATTEMPTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
"""A text; YAML reads 01 or yes as something else, and the reader takes it as it is written."""
TEXTS: dict[str, Any] = {"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]}
SHAPES: dict[str, dict[str, Any]] = {
    "line": SCALAR,
    "text": SCALAR,
    "lines": TEXTS,
    "names": TEXTS,
    "seconds": {"type": ["number", "string"]},
    "count": {"type": "integer", "minimum": 1, "maximum": MOST_ATTEMPTS},
    "number": {"type": "integer"},
    "switch": {"type": "boolean"},
    "pools": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
}
ID = {"type": ["string", "integer"], "pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}


def schema() -> dict[str, Any]:
    """Return the schema of a plan file."""
    task = _object(TASK) | {"required": ["id"], "oneOf": [{"required": ["prompt"]}, {"required": ["command"]}]}
    task["properties"]["id"] |= ID
    task["properties"]["title"] |= {"maxLength": TITLE_LIMIT}
    tasks = {"type": "array", "minItems": 1, "items": task, "description": "The tasks."}
    defaults = _object(DEFAULTS) | {"description": "What holds for each task that does not say otherwise."}
    plan = _object(PLAN)
    plan["properties"] |= {"defaults": defaults, "tasks": tasks}
    return {"$schema": DIALECT, "title": "A plan of work for batchpack", **plan, "required": ["tasks"]}


def _object(table: Mapping[str, Field]) -> dict[str, Any]:
    """Return the schema of a mapping with only these keys; each may be left empty."""
    found = {name: {**SHAPES[field.kind], "description": field.about} for name, field in table.items()}
    return {"type": "object", "additionalProperties": False, "properties": found}
