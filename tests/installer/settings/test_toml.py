"""TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.installer.settings import toml

TEXT = "# head\na = 1 # one\nl = [ 1 ]\n\n[t] # table\nb = 2\n"


def test_the_five_changes() -> None:
    """Insert, replace, push, pop and delete leave comments and order."""
    assert TEXT + "\n[new.deep]\nx = 1\n" == toml.insert(TEXT, ("new",), {"deep": {"x": 1}})
    assert TEXT.replace("a = 1 #", "a = 5 #") == toml.replace(TEXT, ("a",), 5)
    assert TEXT.replace("[ 1 ]", "[ 1, 2 ]") == toml.push(TEXT, ("l",), 2)
    assert {"a": 1, "l": [], "t": {"b": 2}} == toml.load(toml.pop(TEXT, ("l",), 0), Path("x"))
    assert TEXT.replace("b = 2\n", "") == toml.delete(TEXT, ("t", "b"))


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_end_of_the_text_stays(end: str) -> None:
    """With a final line end or without."""
    assert f"a = 1\nb = 2{end}" == toml.insert(f"a = 1{end}", ("b",), 2)


def test_what_is_broken_is_told() -> None:
    """With line and column, also at the end."""
    with pytest.raises(BrokenFile, match="x:1:5: broken TOML"):
        toml.load("a = \n", Path("x"))
    with pytest.raises(BrokenFile, match="x:1:"):
        toml.load('a = "', Path("x"))
