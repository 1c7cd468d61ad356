"""What a text rules out."""

from __future__ import annotations

import pytest

from batchpack.planning.negation import Standing, read
from batchpack.planning.words import split


def ruled_out(text: str) -> set[str]:
    """Return the words that are ruled out."""
    words = split(text)
    return {word.small for word, one in zip(words, read(words).standings, strict=True) if one is Standing.RULED_OUT}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Add pagination, no tests needed", "tests"),
        ("Do it without touching the frontend", "frontend"),
        ("Don't change the API", "api"),
        ("Don\u2019t change the API", "api"),
        ("dont touch the frontend make the api faster", "frontend"),
        ("Containerize it, tests are not needed", "tests"),
        ("Everything except the UI", "ui"),
        ("There is no need for docker", "docker"),
        ("Build it and skip the docs", "docs"),
        ("Leave the frontend alone", "frontend"),
        ("Keep the API unchanged", "api"),
        ("The API must not change", "api"),
        ("Build the UI, the backend already exists", "backend"),
        ("no tests, docs or UI changes", "ui"),
        ("Tests and docs are not needed", "tests"),
        ("use Go instead of React", "react"),
        ("tests can wait", "tests"),
        ("Fix the backend, not the frontend", "frontend"),
        ("don't bother with tests", "tests"),
        ("no changes to the API", "api"),
        ("we don't need docker", "docker"),
        ("Out of scope: frontend, docs, deployment", "deployment"),
        ("Docs: no. Add a page", "docs"),
        ("Neither tests nor docs are needed", "docs"),
        ("Build it w/o tests", "tests"),
    ],
)
def test_what_is_ruled_out(text: str, word: str) -> None:
    """The usual ways of ruling something out are honoured."""
    assert word in ruled_out(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("the api no longer responds", "api"),
        ("We have no tests at all", "tests"),
        ("There is no error handling in the API", "api"),
        ("There are no tests yet, write some", "tests"),
        ("don't skip the tests", "tests"),
        ("don't forget the tests", "tests"),
        ("fix not only the backend but also the frontend", "backend"),
        ("We don't test the API enough", "api"),
        ("dont touch the frontend make the api faster", "api"),
        ("without touching the frontend, add tests", "tests"),
        ("no UI, just the Go API", "api"),
        ("Add an API endpoint and tests are not needed", "api"),
        ("Build it in Go. Out of scope: docs. Include tests", "go"),
        ("Is it done or no. Deployment please", "deployment"),
        ("skip the docs and test everything", "test"),
        ("no tests for the API", "api"),
    ],
)
def test_what_is_not_ruled_out(text: str, word: str) -> None:
    """A complaint, a double negation, or what stands beside a negation is not ruled out."""
    assert word not in ruled_out(text)


def test_what_is_merely_mentioned() -> None:
    """What stands behind a preposition beside what is ruled out is neither asked for nor ruled out."""
    words = split("no tests for the API")
    assert Standing.MENTIONED is read(words).standings[-1]
