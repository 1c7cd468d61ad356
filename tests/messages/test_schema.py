"""Schemas: a file of JSON Schema or a pydantic model of the user's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.messages import schema

MODEL = """
from pydantic import BaseModel
class Bug(BaseModel):
    line: int
class Review(BaseModel):
    bugs: list[Bug]
    severity: str
class Plain: ...
"""


def test_a_file(tmp_path: Path) -> None:
    """A JSON file is the schema as it stands."""
    (tmp_path / "answer.json").write_text('{"type": "object"}')

    assert {"type": "object"} == schema.load("answer.json", tmp_path).json


def test_a_model(tmp_path: Path) -> None:
    """A model of a module beside us gives its schema, and leaves the search path as it was."""
    (tmp_path / "shapes_of_test.py").write_text(MODEL)
    before = list(sys.path)

    found = schema.load("shapes_of_test:Review", tmp_path)

    assert {"bugs", "severity"} == set(found.json["properties"])
    assert before == sys.path


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("broken.json", "it is not JSON"),
        ("list.json", "a JSON schema is an object"),
        ("gone.json", "No such file"),
        ("nothing", "no such schema"),
        ("no_such_module:Model", "ModuleNotFoundError"),
        ("shapes_of_test_2:Plain", "no pydantic model"),
        ("shapes_of_test_2:Gone", "AttributeError"),
    ],
)
def test_what_is_no_schema(tmp_path: Path, word: str, said: str) -> None:
    """Each is told for what it is."""
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "shapes_of_test_2.py").write_text(MODEL)

    with pytest.raises(BatchpackError, match=said):
        schema.load(word, tmp_path)
