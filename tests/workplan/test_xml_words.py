"""What people write into task files."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.workplan import xml_tree, xml_words
from batchpack.workplan.xml_tree import Section


def section(text: str) -> Section:
    """Return an element."""
    return xml_tree.parse(text.encode(), Path("t.xml"))


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("<f><file path='a.py'>The a</file><file>b/c.py</file></f>", ["a.py", "b/c.py"]),
        ("<f>\n - a.py: the first\n * `b.py`\n 3. ./c.py (new)\n</f>", ["a.py", "b.py", "c.py"]),
        ("<f><file><path>a.py</path><description>About b.py</description></file></f>", ["a.py"]),
        ("<f><group><file>a.py</file><file>b.py</file></group></f>", ["a.py", "b.py"]),
        ("<f>None</f>", []),
        ("<f><file>a.py</file><file>a.py</file></f>", ["a.py"]),
    ],
)
def test_paths_are_found_however_they_are_listed(text: str, paths: list[str]) -> None:
    """Attributes, children, bullets and notes behind a path are all understood."""
    assert (paths, []) == xml_words.paths_of(section(text))


def test_what_is_no_path_is_told_with_its_line() -> None:
    """A sentence among paths is told."""
    assert ([], ["<f> line 2: 'All the models' is no path"]) == xml_words.paths_of(
        section("<f>\n<x>All the models</x></f>")
    )


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("<v><step>pytest -q</step><command>make x &amp;&amp; y</command></v>", ["pytest -q", "make x && y"]),
        ("<v>\n$ pytest -q\n# note\n```bash\nruff check .\n```\n</v>", ["pytest -q", "ruff check ."]),
        ("<v><step><command>a b</command><expected>Fine</expected></step></v>", ["a b"]),
        ("<v><step command='a b'>See</step></v>", ["a b"]),
        ("<v><steps><step>a</step><step>b</step></steps></v>", ["a", "b"]),
        ("<v><step>Run `a b` and see</step><step>Run: a c</step><step>`d e`</step></v>", ["a b", "a c", "d e"]),
        ("<v>1. a \\\n   --long\n2. b</v>", ["a --long", "b"]),
        ("<v><command>for x in a b; do\n  test $x\ndone</command></v>", ["for x in a b; do\n  test $x\ndone"]),
        ("<v><![CDATA[test 1 < 2]]></v>", ["test 1 < 2"]),
        ("<v><step>echo `date`</step></v>", ["echo `date`"]),
        ("<v><step>CI=1 npm test</step></v>", ["CI=1 npm test"]),
    ],
)
def test_lines_for_the_shell_are_found(text: str, commands: list[str]) -> None:
    """Steps, commands, fences, prompts and quotes are all understood; what a command spells out stays as it is."""
    assert (commands, []) == xml_words.commands_of(section(text))


def test_a_sentence_is_no_line_for_the_shell() -> None:
    """A step that is a sentence is not run, and told."""
    commands, prose = xml_words.commands_of(section("<v><step>All tests pass</step></v>"))

    assert ([], ["<v> line 1: 'All tests pass' is a sentence, no line for the shell"]) == (commands, prose)


def test_ids_are_known_or_of_the_same_shape() -> None:
    """A word is an id if a task has it or if it looks like the task's own."""
    shape = xml_words.shape_of("L1-002")

    assert ["L1-001", "setup", "L22-7"] == xml_words.ids_in("see L1-001, setup (L22-7). A1-1 l1-1", {"setup"}, shape)
    assert [] == xml_words.ids_in("any word", (), xml_words.shape_of("setup"))
