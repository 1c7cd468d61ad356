"""The schema that answers must fit: a file of JSON Schema, or a pydantic model of the user's."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError, BrokenFile
from batchpack.files import read_text


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema as it was given: `word` names the file or the model."""

    word: str
    json: dict[str, Any]


def load(word: str, base: Path) -> Schema:
    """Return the schema that a word means: `answer.json`, or `module:Model` of a module that Python finds in `base`.

    Raises BrokenFile for a file that holds no schema, BatchpackError for a model that cannot be imported.
    """
    path = base / word
    if path.suffix == ".json" or path.is_file():
        return Schema(word, _read(path))
    return Schema(word, model(word, base).model_json_schema())


def _read(path: Path) -> dict[str, Any]:
    """Read a file of JSON Schema."""
    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise BrokenFile(path, f"it is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise BrokenFile(path, "a JSON schema is an object")
    return found


def model(word: str, base: Path) -> Any:
    """Import the pydantic model `module:Model`; raises BatchpackError."""
    from pydantic import BaseModel

    module, colon, name = word.partition(":")
    if not colon:
        raise BatchpackError(f"{word}: there is no such schema", "give a .json file, or a model as module:Model")
    sys.path.insert(0, str(base))
    try:
        found = getattr(importlib.import_module(module), name)
    except Exception as error:  # whatever a module of the user's does when it is imported
        raise BatchpackError(f"the model {word} cannot be imported: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(str(base))
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise BatchpackError(f"{word} is no pydantic model", "give a class that inherits from pydantic.BaseModel")
    return found
