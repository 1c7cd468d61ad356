"""The shape of a roster file: what may stand in it, and its complexity, estimate and keyword entries as values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from batchpack.planning.reading import Keys, Source
from batchpack.planning.rules import TIERS, ComplexityRules, EstimateRules, Keyword, WordSignal
from batchpack.planning.words import forms

ROOT = ("roles", "shared_duties", "changes", "complexity", "estimate", "fallback")
ROLE = ("keywords", "drop", "tier", "after", "edits", "does", "remark")
DUTY = ("keywords", "drop", "note")
KEYWORD = ("word", "inflect", "forms", "only", "unless", "always", "capital")
COMPLEXITY = ("base", "words", "roles", "length", "items", "together")
ESTIMATE = (
    "tokens", "minutes", "turns", "output_share", "coordination_tokens", "coordination_minutes", "window", "model",
    "prices", "sources",
)  # fmt: skip
PRICES = ("output", "cache_write", "cache_read")
BANDS = ("low", "medium", "high", "very high")
TRIPLES = ("turns", "coordination_tokens", "coordination_minutes")
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def check(source: Source, raw: Any) -> Mapping[str, Any]:
    """Check a roster file by itself; an empty one is allowed."""
    root = source.mapping({} if raw is None else raw, (), ROOT)
    for name, entry in source.mapping(_some(root, "roles"), ("roles",)).items():
        _check_role(source, name, source.mapping(entry, ("roles", name), ROLE))
    for name, entry in source.mapping(_some(root, "shared_duties"), ("shared_duties",)).items():
        _check_duty(source, ("shared_duties", name), source.mapping(entry, ("shared_duties", name), DUTY))
    _check_keywords(source, root.get("changes", []), ("changes",))
    if "fallback" in root:
        source.line(root["fallback"], ("fallback",))
    _check_complexity(source, source.mapping(root.get("complexity", {}), ("complexity",), COMPLEXITY))
    _check_estimate(source, source.mapping(root.get("estimate", {}), ("estimate",), ESTIMATE))
    return root


def _some(root: Mapping[str, Any], key: str) -> Any:
    """Return a section, empty where nothing stands behind its key."""
    return {} if root.get(key) is None else root[key]


def _check_role(source: Source, name: str, entry: Mapping[str, Any]) -> None:
    """Check the fields of one role that are there."""
    here: Keys = ("roles", name)
    if not NAME.fullmatch(name) or len(name) > 64:
        source.fail(here, "a role's name has small letters, digits and single hyphens, at most 64 of them")
    _check_keywords(source, entry.get("keywords", []), (*here, "keywords"))
    source.lines(entry.get("drop", []), (*here, "drop"))
    source.lines(entry.get("after", []), (*here, "after"))
    source.choice(entry.get("tier", "standard"), (*here, "tier"), TIERS)
    source.choice(entry.get("edits", True), (*here, "edits"), (True, False))
    for key in ("does", "remark"):
        if key in entry:
            source.line(entry[key], (*here, key))


def _check_duty(source: Source, here: Keys, entry: Mapping[str, Any]) -> None:
    """Check a shared duty."""
    _check_keywords(source, entry.get("keywords", []), (*here, "keywords"))
    source.lines(entry.get("drop", []), (*here, "drop"))
    source.line(entry.get("note"), (*here, "note"))


def _check_keywords(source: Source, value: Any, here: Keys) -> None:
    """Check a list of keywords: texts, or mappings with `word` and its traps."""
    for number, item in enumerate(source.items(value, here)):
        at: Keys = (*here, number)
        if isinstance(item, str):
            source.line(item, at)
            continue
        entry = source.mapping(item, at, KEYWORD)
        source.line(entry.get("word"), (*at, "word"))
        source.choice(entry.get("inflect", True), (*at, "inflect"), (True, False))
        source.choice(entry.get("capital", ""), (*at, "capital"), ("", "enough", "always"))
        for key in ("forms", "only", "unless", "always"):
            for position, text in enumerate(source.lines(entry.get(key, []), (*at, key))):
                if key != "forms" and text.split().count("_") != 1:
                    source.fail((*at, key, position), "a context needs one `_` for the keyword, e.g. `in _`")


def _check_complexity(source: Source, entry: Mapping[str, Any]) -> None:
    """Check the rules of complexity that are there."""
    here: Keys = ("complexity",)
    if "base" in entry:
        source.number(entry["base"], (*here, "base"))
    for number, item in enumerate(source.items(entry.get("words", []), (*here, "words"))):
        at: Keys = (*here, "words", number)
        signal = source.mapping(item, at, ("name", "points", "most", "keywords"))
        source.line(signal.get("name"), (*at, "name"))
        source.number(signal.get("points"), (*at, "points"), -10)
        source.number(signal.get("most", 0), (*at, "most"), -10)
        _check_keywords(source, signal.get("keywords", []), (*at, "keywords"))
    for key in ("roles", "length", "items"):
        if not isinstance(steps := entry.get(key, {}), dict):
            source.fail((*here, key), "a mapping of numbers (at least: points) is expected here")
        for least, points in steps.items():
            source.number(least, (*here, key, least))
            source.number(points, (*here, key, least), -10)
    for number, item in enumerate(source.items(entry.get("together", []), (*here, "together"))):
        at = (*here, "together", number)
        pair = source.mapping(item, at, ("roles", "points", "name"))
        source.lines(pair.get("roles"), (*at, "roles"))
        source.number(pair.get("points"), (*at, "points"), -10)
        source.line(pair.get("name"), (*at, "name"))


def _check_estimate(source: Source, entry: Mapping[str, Any]) -> None:
    """Check the assumptions that are there."""
    here: Keys = ("estimate",)
    for key in ("tokens", "minutes"):
        for band, triple in source.mapping(entry.get(key, {}), (*here, key), BANDS).items():
            _check_triple(source, triple, (*here, key, band))
    for key in TRIPLES:
        if key in entry:
            _check_triple(source, entry[key], (*here, key))
    for key, price in source.mapping(entry.get("prices", {}), (*here, "prices"), PRICES).items():
        source.number(price, (*here, "prices", key))
    for key, text in source.mapping(entry.get("sources", {}), (*here, "sources")).items():
        source.line(text, (*here, "sources", key))
    for key in ("output_share", "window"):
        if key in entry:
            source.number(entry[key], (*here, key))
    if "model" in entry:
        source.line(entry["model"], (*here, "model"))


def _check_triple(source: Source, value: Any, here: Keys) -> None:
    """Check low, likely and high."""
    numbers = [source.number(item, (*here, place)) for place, item in enumerate(source.items(value, here))]
    if len(numbers) != 3 or numbers != sorted(numbers):
        source.fail(here, "three rising numbers are expected here: low, likely, high")


def keyword(item: str | Mapping[str, Any], inflect: Callable[[str], tuple[str, ...]] = forms) -> Keyword:
    """Build a keyword of its entry."""
    entry: Mapping[str, Any] = {"word": item} if isinstance(item, str) else item
    word = entry["word"].lower()
    found = (*(inflect(word) if entry.get("inflect", True) else (word,)), *entry.get("forms", ()))
    contexts: dict[str, Any] = {key: tuple(entry.get(key, ())) for key in ("only", "unless", "always")}
    return Keyword(word=word, forms=tuple(dict.fromkeys(found)), capital=entry.get("capital", ""), **contexts)


def complexity_rules(raw: Mapping[str, Any]) -> ComplexityRules:
    """Build the rules of complexity."""
    words = tuple(_signal(entry) for entry in raw.get("words", ()))
    together = tuple((tuple(item["roles"]), item["points"], item["name"]) for item in raw.get("together", ()))
    steps: dict[str, Any] = {key: dict(raw.get(key, {})) for key in ("roles", "length", "items")}
    return ComplexityRules(base=raw.get("base", 1), words=words, together=together, **steps)


def _signal(entry: Mapping[str, Any]) -> WordSignal:
    """Build a signal of words."""
    points = entry["points"]
    return WordSignal(entry["name"], points, entry.get("most", points), tuple(map(keyword, entry["keywords"])))


def estimate_rules(raw: Mapping[str, Any]) -> EstimateRules:
    """Build the assumptions of the estimate."""
    triples: dict[str, Any] = {name: tuple(raw[name]) for name in TRIPLES}
    bands: dict[str, Any] = {
        name: {band: tuple(triple) for band, triple in raw[name].items()} for name in ("tokens", "minutes")
    }
    kept: dict[str, Any] = {name: raw[name] for name in ("output_share", "window", "model", "prices", "sources")}
    return EstimateRules(**triples, **bands, **kept)
