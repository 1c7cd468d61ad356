"""The JSON Schema of plan files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from batchpack.workplan import plan_file
from batchpack.workplan.complaints import BadPlan
from batchpack.workplan.schema import schema
from tests.support.project import ROOT
from tests.workplan.test_plan_file import GOOD

PUBLISHED = ROOT / "docs" / "plan.schema.json"
TASK: dict[str, Any] = {"id": "a", "command": "true"}
WRONG: list[Any] = [
    {}, {"tasks": []}, {"tasks": [{"id": "a"}]}, {"tasks": [{"command": "true"}]}, {"tasks": [TASK], "gat": "x"},
    {"tasks": [{**TASK, "prompt": "x"}]}, {"tasks": [{**TASK, "attempts": 6}]}, {"tasks": [{**TASK, "flaky": "x"}]},
    {"tasks": [{**TASK, "verify": {"a": 1}}]}, {"tasks": [{**TASK, "id": "a/b"}]}, {"tasks": [TASK], "pools": {"x": 0}},
    {"tasks": [TASK], "defaults": {"prompt": "x"}}, {"tasks": [{**TASK, "priority": 1.5}]},
]  # fmt: skip


def test_the_published_one_is_the_present_one() -> None:
    """What lies in docs/ is what the command prints."""
    assert schema() == json.loads(PUBLISHED.read_text())


def test_it_is_a_schema() -> None:
    """It follows the rules of its dialect."""
    jsonschema.Draft202012Validator.check_schema(schema())

    assert "https://json-schema.org/draft/2020-12/schema" == schema()["$schema"]


def test_a_good_plan_is_good_to_both() -> None:
    """What the reader takes, the schema takes."""
    assert [] == list(jsonschema.Draft202012Validator(schema()).iter_errors(yaml.safe_load(GOOD)))


@pytest.mark.parametrize("facts", WRONG, ids=json.dumps)
def test_a_bad_plan_is_bad_to_both(facts: Any, tmp_path: Path) -> None:
    """What an editor marks, the reader refuses."""
    (tmp_path / "plan.json").write_text(json.dumps(facts))

    assert [] != list(jsonschema.Draft202012Validator(schema()).iter_errors(facts))
    with pytest.raises(BadPlan):
        plan_file.read(tmp_path / "plan.json")
