"""Scores and their signals."""

from __future__ import annotations

import pytest

from batchpack.planning import Roster, make_plan
from batchpack.planning.complexity import band


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Fix typo, add logging", 1, 3),
        ("Add API endpoint with tests", 4, 5),
        ("Build feature with frontend/backend", 6, 7),
        ("Full system redesign", 8, 10),
    ],
)
def test_the_rows_of_the_table(text: str, low: int, high: int, roster: Roster) -> None:
    """The four example tasks of the complexity table score within their rows."""
    assert low <= make_plan(text, roster).complexity.score <= high


@pytest.mark.parametrize("text", ["tiny typo", "Full redesign of the whole entire platform, backend, UI, tests", "x"])
def test_signals_add_up(text: str, roster: Roster) -> None:
    """The points of the signals add up to the score, also where it is kept within 1 to 10."""
    complexity = make_plan(text, roster).complexity
    assert complexity.score == sum(signal.points for signal in complexity.signals)
    assert 1 <= complexity.score <= 10


def test_words_tell_where_they_stand(roster: Roster) -> None:
    """A signal of words names each word with its place."""
    signals = {signal.name: signal for signal in make_plan("Please rewrite it", roster).complexity.signals}
    match = signals["starts over"].evidence[0]
    assert ("rewrite", 7, 2) == (match.word, match.offset, match.number)


def test_what_is_ruled_out_adds_nothing(roster: Roster) -> None:
    """A word that the text rules out is no signal."""
    text = "Fix the typo without rewriting the whole platform"
    assert not {"starts over", "wide reach"} & {s.name for s in make_plan(text, roster).complexity.signals}


def test_a_long_text_is_no_small_change(roster: Roster) -> None:
    """Words for small changes lower the score of short texts only."""
    long = "Fix the typo. " + "It matters to the people. " * 15
    names = [{signal.name for signal in make_plan(text, roster).complexity.signals} for text in ("Fix the typo", long)]
    assert [True, False] == ["small change" in found for found in names]


def test_a_given_score_says_so(roster: Roster) -> None:
    """A score set by a person replaces the signals and says so."""
    complexity = make_plan("Fix typo", roster, complexity=9).complexity
    assert (9, True, "given with --complexity") == (
        complexity.score, complexity.given, complexity.signals[0].name,
    )  # fmt: skip


def test_bands() -> None:
    """The bands are those of the table."""
    words = ["low"] * 3 + ["medium"] * 2 + ["high"] * 2 + ["very high"] * 3
    assert words == [band(score) for score in range(1, 11)]
