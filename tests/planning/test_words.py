"""Words, their places, and their inflections."""

from __future__ import annotations

import pytest

from batchpack.planning.words import forms, split


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("test", {"test", "tests", "tested", "testing"}),
        (
            "optimize",
            {"optimize", "optimise", "optimizing", "optimising", "optimized", "optimization", "optimisations"},
        ),
        ("analyze", {"analyze", "analyse", "analyzing", "analysed"}),
        ("fix", {"fix", "fixes", "fixed", "fixing"}),
        ("deploy", {"deploy", "deploys", "deployed", "deploying"}),
        ("vulnerability", {"vulnerability", "vulnerabilities"}),
        ("ship", {"ship", "ships", "shipped", "shipping"}),
        ("coverage", {"coverage", "coverages"}),
        ("landing page", {"landing page", "landing pages"}),
    ],
)
def test_regular_forms_of_a_word_are_found(word: str, wanted: set[str]) -> None:
    """Plural, -s, -ed and -ing are formed by rule, in both spellings of -ise and -yse."""
    assert wanted <= set(forms(word))


@pytest.mark.parametrize(("word", "other"), [("design", "designer"), ("server", "serve"), ("test", "latest")])
def test_other_words_are_no_forms(word: str, other: str) -> None:
    """A word that merely looks alike is no inflection."""
    assert other not in forms(word)


def test_a_word_knows_its_place() -> None:
    """Offsets count characters from 0, numbers count what stands between blanks from 1."""
    found = [(word.text, word.offset, word.number) for word in split("Add an API/UI test - now")]
    assert [("Add", 0, 1), ("an", 4, 2), ("API", 7, 3), ("UI", 11, 3), ("test", 14, 4), ("now", 21, 6)] == found


@pytest.mark.parametrize(
    "code",
    [
        "src/api/server.go",
        "test_user_api",
        "https://api.example.com/test",
        "`go test`",
        "/users",
        "main.go",
        "api/server.go:42",
        "./run/test",
    ],
)
def test_code_is_one_word_that_nothing_matches(code: str) -> None:
    """Paths, addresses, routes, snake_case names and what stands in backticks are code, not keywords."""
    words = split(f"Look at {code} please")
    assert [code] == [word.text for word in words if word.small.startswith("`")]


@pytest.mark.parametrize("text", ["React.js", "frontend/backend", "user's", "docker-compose", "CI/CD"])
def test_words_with_marks_stay_words(text: str) -> None:
    """A slash, a hyphen or the name of a library does not make code of a word."""
    assert not any(word.small.startswith("`") for word in split(text))


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("one two", ["|", ""]),
        ("one. two", ["|", "|"]),
        ("one, two", ["|", ","]),
        ("one - two", ["|", ","]),
        ("one-two v1.2", ["|", "", "", ""]),
        ("one\ntwo", ["|", "|"]),
    ],
)
def test_marks_tell_sentences_and_clauses(text: str, marks: list[str]) -> None:
    """A sentence starts behind a full stop or a new line, a clause behind a comma, none behind a hyphen."""
    assert marks == [word.mark for word in split(text)]
