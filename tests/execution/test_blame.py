"""Who changed the main tree."""

from __future__ import annotations

from batchpack.execution.blame import Change, Suspect, blamed


def suspect(name: str, started: float = 0, ended: float | None = None, *allowed: str, says: str = "") -> Suspect:
    """Make an attempt whose words are `says`."""
    return Suspect(name, started, ended, allowed, lambda path: path in says)


def test_only_who_ran_then_can_have_been_it() -> None:
    """An attempt that had ended before, or began after, is not blamed."""
    suspects = [suspect("early", 0, 10), suspect("late", 100), suspect("then", 40, 60)]

    assert {"then": ["x.py"]} == blamed([Change("x.py", 50.0)], suspects)


def test_who_mentions_the_path_is_blamed_alone() -> None:
    """Of several at the time, the words of one that name the path are enough."""
    suspects = [suspect("a", says="echo > x.py"), suspect("b", 0, None, "x.py")]

    assert {"a": ["x.py"]} == blamed([Change("x.py", 50.0)], suspects)


def test_else_who_was_to_write_such_a_path() -> None:
    """An attempt in whose own tree the path belongs is taken before others."""
    suspects = [suspect("a", 0, None, "src/*.py"), suspect("b", 0, None, "docs/*")]

    assert {"a": ["src/x.py"]} == blamed([Change("src/x.py")], suspects)


def test_where_nobody_can_tell_all_are_blamed() -> None:
    """Isolation that is not established is established for none of them."""
    assert {"a": ["x", "y"], "b": ["x", "y"]} == blamed([Change("x"), Change("y")], [suspect("a"), suspect("b")])
    assert {"a": ["x"]} == blamed([Change("x", 999.0)], [suspect("a", 0, 10)])
