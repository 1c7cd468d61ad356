"""The complexity of a task, from 1 to 10, as a sum of signals that each say why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from batchpack.planning.keywords import Index, Text
from batchpack.planning.negation import Standing
from batchpack.planning.rules import ComplexityRules, WordSignal
from batchpack.planning.values import Complexity, Match, Signal

LOWEST, HIGHEST = 1, 10
BANDS = {3: "low", 5: "medium", 7: "high", 10: "very high"}
_ITEM = re.compile(r"^\s*(?:[-*•]|\(?\d{1,2}[.)])\s+\S|[,;]\s+(?:and\b)?|\band\b", re.MULTILINE | re.IGNORECASE)


def band(score: int) -> str:
    """Return the word for a score: low (1-3), medium (4-5), high (6-7) or very high (8-10)."""
    return next(word for most, word in BANDS.items() if score <= most)


def assess(text: Text, roles: Sequence[str], rules: ComplexityRules) -> Complexity:
    """Return the score of a text for which these roles were found; its signals' points add up to it."""
    long = _step(rules.length, len(text.words)) > 0
    words = [rule for rule in rules.words if rule.points > 0 or not long]  # "small" in a long text is one detail's
    signals = [Signal("every task", rules.base), *_words(text, words), *_counts(text, roles, rules)]
    raw = sum(signal.points for signal in signals)
    score = min(max(raw, LOWEST), HIGHEST)
    if score != raw:
        signals.append(Signal(f"kept between {LOWEST} and {HIGHEST}", score - raw))
    return Complexity(score, tuple(signals))


def given(score: int) -> Complexity:
    """Return a score that a person set."""
    return Complexity(score, (Signal("given with --complexity", score),), given=True)


def _words(text: Text, rules: Sequence[WordSignal]) -> Iterator[Signal]:
    """Yield the signals that words give, each keyword once, within what the signal may give at most."""
    evidence: dict[str, dict[str, Match]] = {rule.name: {} for rule in rules}
    for owner, keyword, start, end in Index((rule.name, rule.keywords) for rule in rules).find(text):
        if text.standings[start] is Standing.ASKED:
            evidence[owner].setdefault(keyword.word, text.match(keyword.word, start, end))
    for rule in rules:
        found = tuple(evidence[rule.name].values())
        points = rule.points * len(found)
        if found:
            yield Signal(rule.name, min(points, rule.most) if points > 0 else max(points, rule.most), found)


def _counts(text: Text, roles: Sequence[str], rules: ComplexityRules) -> Iterator[Signal]:
    """Yield the signals that counting gives: roles, roles together, length, parts."""
    parts = 1 + len(_ITEM.findall(text.raw))
    for name, count, steps in (
        ("roles", len(roles), rules.roles),
        ("words", len(text.words), rules.length),
        ("parts named", parts, rules.items),
    ):
        points = _step(steps, count)
        if points:
            yield Signal(name, points, detail=f"{count} {name}")
    for pair, points, name in rules.together:
        if points and set(pair) <= set(roles):
            yield Signal(name, int(points), detail=" + ".join(pair))


def _step(steps: Mapping[int, int], count: int) -> int:
    """Return the points of the highest step that a count reaches."""
    return max(((least, points) for least, points in steps.items() if count >= least), default=(0, 0))[1]
