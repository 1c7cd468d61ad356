"""The models of both files: what they accept, and that they agree with what is read quickly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from batchpack.tasks.models import SubtaskFile, TaskFile
from batchpack.tasks.reading import OddFields, to_subtask
from tests.support.tasks import subtask

odd: st.SearchStrategy[Any] = st.sampled_from([None, 1, "", "x", True, [], ["01"], [1], {}, "pending"])
fields = st.sampled_from(["id", "seq", "title", "status", "depends_on", "parallel", "deliverables"])


@given(st.dictionaries(fields, odd, max_size=3))
def test_models_and_quick_checks_agree(changes: dict[str, Any]) -> None:
    """What the model takes is also read quickly, but for texts that are empty; what is null may only be a list."""
    data = {**subtask("f", "01"), **changes}
    try:
        SubtaskFile.model_validate(data)
        modelled = all(data[key] for key in ("id", "seq", "title"))
    except ValidationError:
        modelled = False
    try:
        to_subtask(Path("f"), "subtask_01.json", data, b"{}")
        read = not any(data[key] is None for key in ("depends_on", "deliverables"))
    except OddFields:
        read = False
    assert modelled == read


def test_unknown_fields_are_kept() -> None:
    """A field that the model does not know stays."""
    data = subtask("f", "01", contracts=[{"type": "api"}])
    assert SubtaskFile.model_validate(data).model_dump(exclude_unset=True) == data


def test_types_are_not_bent() -> None:
    """A number as a text or a truth as a word is refused."""
    good = {"id": "f", "name": "F", "status": "active", "objective": "", "created_at": "", "completed_count": 0}
    assert TaskFile.model_validate({**good, "subtask_count": 1}).subtask_count == 1
    with pytest.raises(ValidationError):
        TaskFile.model_validate({**good, "subtask_count": "1"})
    with pytest.raises(ValidationError):
        SubtaskFile.model_validate({**subtask("f", "01"), "parallel": "true"})
