"""Plain values looked up, compared, changed."""

from __future__ import annotations

from batchpack.installer.settings.values import (
    MISSING,
    depth_of_mappings,
    look_up,
    nest,
    position,
    same,
    with_value,
)

VALUE = {"a": {"b": 1, "n": None}, "l": [True, {"x": 1}]}


def test_looking_up() -> None:
    """Null is there, what is not there is missing, and a list has no keys."""
    found = [look_up(VALUE, keys) for keys in (("a", "b"), ("a", "n"), ("a", "x"), ("l", "0"), ())]
    assert [1, None, MISSING, MISSING, VALUE] == found
    assert [1, 0, 1] == [depth_of_mappings(VALUE, keys) for keys in (("a", "b", "c"), ("l", "x"), ("a", "x", "y"))]


def test_comparing_is_strict() -> None:
    """True is not 1, 1 is not 1.0, the order of keys does not matter, that of members does."""
    assert same({"a": 1, "b": [True]}, {"b": [True], "a": 1})
    others: list[tuple[object, object]] = [(True, 1), (1, 1.0), ([1, 2], [2, 1]), ({"a": 1}, {}), (None, False)]
    assert not any(same(one, other) for one, other in others)
    assert (1, None) == (position(VALUE["l"], {"x": 1}), position(VALUE["l"], 1))  # type: ignore[arg-type]


def test_changing_leaves_the_original() -> None:
    """A copy has the new value, or lacks the key."""
    assert {"a": {"b": {"c": 2}}} == nest(("a", "b", "c"), 2)
    assert {"b": 3, "n": None} == with_value(VALUE, ("a", "b"), 3)["a"]
    assert {"n": None} == with_value(VALUE, ("a", "b"), MISSING)["a"]
    assert VALUE["a"] == {"b": 1, "n": None}
