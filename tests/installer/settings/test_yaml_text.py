"""YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.installer.settings import yaml_text
from batchpack.installer.settings.merge import Refused, merge
from batchpack.values import Edit

TEXT = "# head\na: 1 # one\nl:\n- x # two\nm: {k: 1}\n# tail\n"


def test_the_five_changes() -> None:
    """Insert, replace, push, pop and delete leave every other byte."""
    assert TEXT.replace("# tail", "n:\n  x: 1\n# tail") == yaml_text.insert(TEXT, ("n",), {"x": 1})
    assert TEXT.replace("{k: 1}", '{k: 1, "y": [2]}') == yaml_text.insert(TEXT, ("m", "y"), [2])
    assert TEXT.replace("a: 1 #", "a: 5 #") == yaml_text.replace(TEXT, ("a",), 5)
    assert TEXT.replace("two\n", "two\n- z\n") == yaml_text.push(TEXT, ("l",), "z")
    assert TEXT.replace("l:\n- x # two\n", "") == yaml_text.delete(TEXT, ("l",))


def test_the_last_member_of_a_list_leaves_brackets() -> None:
    """An empty block would be null."""
    text = "l:\n  - x\nb: 1\n"
    assert "l: []\nb: 1\n" == yaml_text.pop(text, ("l",), 0)


def test_a_list_in_a_list_goes_without_the_comment_behind_it() -> None:
    """A comment between two members belongs to the user."""
    assert "l:\n  - x\n# tail\n" == yaml_text.pop("l:\n  - x\n  - - y\n    - z\n# tail\n", ("l",), 1)


@pytest.mark.parametrize(
    "text",
    ["base: &b\n  x: 1\nmcp: *b\n", "base: &b {x: 1}\nmcp: *b\n", "l:\n- mcp: 1\n  mcp2: 2\nmcp: &m\n  x: 1\nn: *m\n"],
)
def test_what_cannot_be_changed_alone_is_refused(text: str) -> None:
    """What an alias stands for too is left, and the reader is told what to set."""
    with pytest.raises(Refused, match="without disturbing"):
        merge("yaml", text.encode(), [Edit("s", "yaml", ("mcp", "on"), 1, "")], Path("s.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        "? [a, b]\n: 1\n",
        "a: 1\n---\nb: 2\n",
        "a: 2024-99-99\n",
        "a: &a [*a]\n",
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{n}: &{n} [{', '.join([f'*{m}'] * 10)}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True)),
    ],
)
def test_what_cannot_be_understood_is_told(text: str) -> None:
    """Keys that are no words, several documents, no dates, aliases without end."""
    with pytest.raises(BrokenFile, match=r"s\.yaml"):
        merge("yaml", text.encode(), [Edit("s", "yaml", ("mcp", "on"), 1, "")], Path("s.yaml"))


def test_merge_keys_are_understood() -> None:
    """They are part of many people's YAML."""
    text = "base: &b {x: 1}\nown:\n  <<: *b\n  y: 2\n"
    merged = merge("yaml", text.encode(), [Edit("s", "yaml", ("own", "z"), 3, "")], Path("s.yaml"))
    assert text + "  z: 3\n" == merged.data.decode()
