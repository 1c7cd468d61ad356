"""Which words call which role: inflections, and the traps."""

from __future__ import annotations

import pytest

from batchpack.planning import Roster, make_plan

TABLE = {
    "explorer": ("research", "analyze", "benchmark"),
    "architect": ("design", "architecture", "schema"),
    "backend-go": ("Go", "api", "backend", "server"),
    "frontend-react": ("react", "frontend", "ui"),
    "test-automator": ("test", "coverage", "unit"),
    "performance-optimizer": ("performance", "optimize"),
    "security-auditor": ("security", "vulnerability"),
    "devops-engineer": ("docker", "kubernetes", "deploy"),
    "debugger": ("bug", "error", "fix"),
}


def called(text: str, roster: Roster) -> set[str]:
    """Return the roles that keywords of a text call."""
    return {agent.name for agent in make_plan(text, roster).agents if agent.matched}


@pytest.mark.parametrize(("role", "word"), [(role, word) for role, words in TABLE.items() for word in words])
def test_each_keyword_of_the_table_calls_its_role(role: str, word: str, roster: Roster) -> None:
    """Every keyword of the table calls its role, and that alone."""
    assert {role} == called(f"Something with {word} somehow", roster)


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("tests", "test-automator"),
        ("tested", "test-automator"),
        ("testing", "test-automator"),
        ("optimise", "performance-optimizer"),
        ("optimizing", "performance-optimizer"),
        ("optimization", "performance-optimizer"),
        ("analyse", "explorer"),
        ("analysis", "explorer"),
        ("fixes", "debugger"),
        ("fixing", "debugger"),
        ("debugging", "debugger"),
        ("deployment", "devops-engineer"),
        ("deployed", "devops-engineer"),
        ("vulnerabilities", "security-auditor"),
        ("APIs", "backend-go"),
    ],
)
def test_inflections_call_too(word: str, role: str, roster: Roster) -> None:
    """An inflected keyword calls the same role."""
    assert role in called(f"We want {word} here", roster)


@pytest.mark.parametrize(
    "text",
    ["Write the Go service", "a Go backend", "port it to Go", "in go", "using Go and PostgreSQL", "golang",
     "Rewrite the Python tool in go", "Go, React and Postgres", "We need Go code", "React and Go",
     "convert python scripts to go"],
)  # fmt: skip
def test_go_the_language(text: str, roster: Roster) -> None:
    """Go is the language beside its nouns, behind "in" or "using", and with a capital letter within a sentence."""
    assert "backend-go" in called(text, roster)


@pytest.mark.parametrize(
    "text",
    ["go ahead", "Go ahead and do it", "let's go", "Let's go with blue", "Go through the list", "go live on Friday",
     "We Go live", "looks good", "good to go", "have a go at it", "food to go", "on the go", "go-to-market text",
     "where do the files go", "As we go along", "category", "You can Go now"],
)  # fmt: skip
def test_go_the_verb(text: str, roster: Roster) -> None:
    """Go as a verb is not the language."""
    assert "backend-go" not in called(text, roster)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("React to failures at once", "frontend-react"),
        ("users react to comments", "frontend-react"),
        ("the latest version", "test-automator"),
        ("attest it", "test-automator"),
        ("show the unit price", "test-automator"),
        ("insurance coverage text", "test-automator"),
        ("use the test environment", "test-automator"),
        ("add error handling", "debugger"),
        ("the error page", "debugger"),
        ("a fixed header", "debugger"),
        ("prefix the names", "debugger"),
        ("the designer left", "architect"),
        ("follow the Figma design", "architect"),
        ("serve files", "backend-go"),
        ("the server room", "backend-go"),
        ("show data of the GitHub API", "backend-go"),
        ("build it with the existing API", "backend-go"),
        ("guide them", "frontend-react"),
        ("page size", "frontend-react"),
        ("the performance review", "performance-optimizer"),
        ("it broke since the last deploy", "devops-engineer"),
        ("social security number", "security-auditor"),
        ("look at src/api/test_server.go", "backend-go"),
    ],
)
def test_traps(text: str, role: str, roster: Roster) -> None:
    """A word that means something else does not call the role."""
    assert role not in called(text, roster)


@pytest.mark.parametrize("text", ["Port it from React to Vue", "Use React to show it", "a React to-do list"])
def test_react_the_library_before_to(text: str, roster: Roster) -> None:
    """With a capital letter within a sentence, React is the library even before "to"."""
    assert "frontend-react" in called(text, roster)


def test_a_match_tells_word_and_place(roster: Roster) -> None:
    """Each assignment tells the keyword, the word as written, its offset and its number."""
    agent = make_plan("Please  start Testing it", roster).agents[0]
    match = agent.matched[0]
    assert ("test-automator", "test", "Testing", 14, 3) == (
        agent.name, match.keyword, match.word, match.offset, match.number,
    )  # fmt: skip
