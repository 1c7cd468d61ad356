"""Patterns fit what they say, and names are compared in one form."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.guard.globs import SAMPLES, expanded, finds, folded, is_secret, matches, path_fits, seeks_secrets

TEXTS = st.text("ab/.*?", max_size=12)


@settings(deadline=None)
@given(pattern=TEXTS, text=TEXTS)
def test_a_pattern_is_what_its_regular_expression_is(pattern: str, text: str) -> None:
    """`*` is any text and `?` one sign; all else stands for itself."""
    wild = {"*": ".*", "?": "."}
    expected = re.fullmatch("".join(wild.get(sign) or re.escape(sign) for sign in pattern), text, re.DOTALL) is not None

    assert expected == matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("docs/*", "docs/a", True),
        ("docs/*", "sub/docs/deep/a", True),
        ("docs/**", "docs/deep/a", True),
        ("**/docs/*", "docs/a", True),
        ("DOCS/*", "docs/a", True),
        ("docs/*", "mydocs/a", False),
        ("docs/*", "docs", False),
        ("./a.md", "a.md", True),
        ("*.md", "deep/a.md", True),
        ("a?.md", "x/ab.md", True),
        ("*", "anything", True),
        ("\u00c4/*", "\u00e4/x", True),
    ],
)
def test_patterns_of_edit_rules(pattern: str, path: str, expected: bool) -> None:
    """A pattern counts at the root and below, `**/x` and `x/**` are `x` and `x/*`, and case does not count."""
    assert expected == path_fits(pattern, path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (".ENV", ".env"),
        ("a/.git./x", "a/.git/x"),
        ("a/ .git /x", "a/.git/x"),
        ("\uff0e\uff45nv", ".env"),
        ("..", ".."),
        (".e\u200bnv", ".env"),
        ("e\u0301", "\u00e9"),
        ("a\\b", "a/b"),
        ("\u212a", "k"),
        (".env. .", ".env"),
    ],
)
def test_names_are_folded(name: str, expected: str) -> None:
    """Case, composition, width, invisible signs and ends that file systems drop do not tell names apart."""
    assert expected == folded(name)


@pytest.mark.parametrize(
    "name", [*SAMPLES, "a/.env", "A/.ENV", "x.key.", "~/.ssh/config", ".env.example/.env", "/r/.aws/x"]
)
def test_secrets_are_known(name: str) -> None:
    """Names of secrets are known at any place and in any case."""
    assert is_secret(name)


@pytest.mark.parametrize("name", [".env.example", "a/.env.example", "environment.ts", "a.keys.ts", "ssh/x", "", "env"])
def test_names_like_secrets_are_none(name: str) -> None:
    """Examples of settings and names that only look alike are open."""
    assert not is_secret(name)


def test_braces_are_expanded_within_a_limit() -> None:
    """Braces stand for their choices, nested too; too many of them stand for anything."""
    assert {"a.ts", "a.js"} == set(expanded("a.{ts,js}"))
    assert {"a", "b", "c"} == set(expanded("{a,{b,c}}"))
    assert ["*"] == expanded("{a,b}" * 10)
    assert ["}a{"] == expanded("}a{")
    assert finds("{a,b}" * 10, SAMPLES)


@pytest.mark.parametrize(
    "pattern", [".env", "**/.env*", "*.key", "{a,.env}", ".*", "[.]env", "[^x]env", "a/.ssh/*", "*.{key,pem}"]
)
def test_patterns_that_seek_secrets(pattern: str) -> None:
    """A pattern made to find secrets is told from one for files of any kind."""
    assert seeks_secrets(pattern)


@pytest.mark.parametrize(
    "pattern", ["*", "**/*", "*.ts", "src/**", "**/*.{ts,tsx}", ".env.example", "Makefile", "a[bc]d"]
)
def test_patterns_that_seek_files(pattern: str) -> None:
    """What finds ordinary files is open."""
    assert not seeks_secrets(pattern)
