"""The values: frozen, so that no room changes what another holds."""

from __future__ import annotations

import dataclasses

import pytest

from batchpack import values

KINDS = [kind for kind in vars(values).values() if isinstance(kind, type) and kind.__module__ == values.__name__]


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_frozen(kind: type) -> None:
    """Each class is a frozen dataclass."""
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_a_file_cannot_be_changed() -> None:
    """Setting a field of a value raises."""
    file = values.File("a", "b")

    with pytest.raises(dataclasses.FrozenInstanceError):
        file.text = "c"  # type: ignore[misc]
