"""What a task may change: paths and patterns."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.worktrees.scope import outside

NAMES = st.text(st.sampled_from("ab.*?[]!-\\ \n"), min_size=1, max_size=5).filter(lambda name: name not in {".", ".."})
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@pytest.mark.parametrize(
    ("word", "covered", "left"),
    [
        ("src", ["src", "src/a", "src/a/b"], ["srcs", "a/src", "sr"]),
        ("src/", ["src/a"], ["srcs/a"]),
        ("./src/a.py", ["src/a.py"], ["src/a.pyc", "a.py"]),
        ("*.py", ["a.py", ".py"], ["src/a.py", "a.pyc"]),
        ("src/*", ["src/a"], ["src/a/b", "src"]),
        ("src/*/", ["src/a/b", "src/a/b/c"], ["src/a", "other/a/b"]),
        ("src/**", ["src/a", "src/a/b"], ["src", "srcs/a"]),
        ("**/test_*.py", ["test_a.py", "x/y/test_b.py"], ["x/test_c.txt", "x/a.py"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb", "ab", "a/b/c"]),
        ("**/**/b", ["b", "x/b"], ["xb"]),
        ("page/[id].tsx", ["page/[id].tsx", "page/i.tsx"], ["page/x.tsx"]),
        ("[!a].txt", ["b.txt"], ["a.txt", "/.txt"]),
        ("[z-a]", ["[z-a]"], ["z", "m"]),
        ("a?c", ["abc"], ["a/c", "ac"]),
        (".", ["anything", "a/b"], []),
        ("a\nb", ["a\nb"], ["a"]),
    ],
)
def test_paths_and_patterns(word: str, covered: list[str], left: list[str]) -> None:
    """A path covers itself and all below it, a pattern what its signs say, from the project's root on."""
    assert tuple(left) == outside([*covered, *left], (word,))


def test_without_a_scope_everything_may_change() -> None:
    """A task that says nothing about what it changes may change anything."""
    assert () == outside(["a", "b/c"], ())


def test_several_add_up_and_the_order_stays() -> None:
    """What one of them covers is inside; the rest comes back in the order it was given."""
    assert ("z", "b") == outside(["z", "docs/a", "a.py", "b"], ("docs", "*.py"))


@given(PATHS, st.lists(PATHS, min_size=1, max_size=3))
def test_any_word_covers_its_own_path_and_what_lies_below(path: str, others: list[str]) -> None:
    """Whatever signs a path has, allowed by the letter it is inside with all below it."""
    assert () == outside([path, f"{path}/below"], (*others, path))


@given(NAMES, NAMES.filter(lambda name: "\\" not in name))
def test_one_name_is_matched_as_shells_do(name: str, word: str) -> None:
    """For single names the signs mean what they mean elsewhere."""
    assert (name == word or fnmatchcase(name, word.replace("[^", "[!"))) == (() == outside([name], (word,)))
