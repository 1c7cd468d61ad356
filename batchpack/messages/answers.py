"""An item's answer out of a message: its text, or a value that is checked against a schema or a model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from batchpack.errors import BatchpackError

if TYPE_CHECKING:
    from pydantic import BaseModel

REASON_LENGTH = 300
Reader = Callable[[str], object]
"""From an answer's text to its value; raises BadAnswer."""


class BadAnswer(Exception):
    """An answer that was paid for and is not what was asked: `kind` is bad_json or schema."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason[:REASON_LENGTH]


class BadSchema(BatchpackError):
    """A schema that answers cannot be checked against."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the schema is not valid: {reason}", "mend the schema; nothing was sent")


def text_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message: its text blocks, joined."""
    blocks = message["content"]
    if len(blocks) == 1 and blocks[0]["type"] == "text":
        return str(blocks[0]["text"])
    return "".join(block["text"] for block in blocks if block["type"] == "text")


def plain(text: str) -> object:
    """Return an answer that is to be a text."""
    return text


def parse(text: str) -> object:
    """Return the JSON value of a text; raises BadAnswer with the place for anything else."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("bad_json", f"it is not JSON: {error}") from error


def _refuse(word: str) -> object:
    """Refuse the numbers that JSON does not have."""
    raise ValueError(f"{word} is no JSON number")


def by_schema(schema: Mapping[str, Any]) -> Reader:
    """Return a reader that holds answers to a JSON Schema; raises BadSchema where the schema itself is wrong.

    What the API cannot enforce, such as minimum or maxLength, is checked here.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError, best_match
    from jsonschema.validators import validator_for
    from referencing import Registry

    kind: Any = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(schema)
    except SchemaError as error:
        raise BadSchema(f"{error.json_path}: {error.message}") from error
    _check_references(schema)
    registry: Registry[Any] = Registry()  # an empty one, since the default fetches what a reference names
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER, registry=registry)

    def read(text: str) -> object:
        value = parse(text)
        if not validator.is_valid(value):
            error = best_match(validator.iter_errors(value))
            raise BadAnswer("schema", f"{error.json_path}: {error.message}" if error else "it does not fit")
        return value

    return read


def _check_references(schema: Mapping[str, Any]) -> None:
    """Raise BadSchema for a reference to something that the schema does not hold itself."""
    from referencing import Registry
    from referencing.exceptions import NoSuchResource, Unresolvable
    from referencing.jsonschema import DRAFT202012

    root = DRAFT202012.create_resource(schema)
    registry: Registry[Any] = Registry()
    resolver = registry.resolver_with_root(root)
    for reference in _references(schema):
        try:
            resolver.lookup(reference)
        except (Unresolvable, NoSuchResource) as error:
            raise BadSchema(f"it refers to {reference!r}, which it does not hold") from error


def _references(node: object) -> Iterator[str]:
    """List all references in a schema, properties of that name aside."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def by_model(model: type[BaseModel]) -> Reader:
    """Return a reader that holds answers to a pydantic model; the value is what the answer said, not defaults."""
    from pydantic import ValidationError

    def read(text: str) -> object:
        value = parse(text)
        try:
            model.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(("$", *map(str, first["loc"])))
            more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
            raise BadAnswer("schema", f"{where}: {first['msg']}{more}") from error
        return value

    return read
