"""Rosters: agents/roster.yaml of several folders, later ones extending and overriding the earlier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.planning import batches
from batchpack.planning.codec import digest
from batchpack.planning.reading import Source, read_source
from batchpack.planning.rules import Duty, Keyword, Role, Roster
from batchpack.planning.schema import check, complexity_rules, estimate_rules, keyword
from batchpack.planning.words import forms

NAME = Path("agents") / "roster.yaml"


class BrokenRoster(BatchpackError):
    """Rosters that are fine one by one but not together."""


def load_roster(roots: Sequence[Path]) -> Roster:
    """Read agents/roster.yaml of each root, a missing one passed over; raises BrokenFile or BrokenRoster.

    Of a role in several files, later fields win, keywords are added, and those under `drop` are taken away.
    """
    merged: dict[str, Any] = {}
    origins: dict[str, Source] = {}
    for root in dict.fromkeys(roots):
        if (root / NAME).is_file():
            source, raw = read_source(root / NAME)
            _merge(merged, check(source, raw))
            origins |= dict.fromkeys(raw.get("roles") or {}, source) if raw else {}
    if not merged.get("roles"):
        looked = ", ".join(str(root / NAME) for root in roots)
        raise BrokenRoster("there is no roster of agents", f"looked for {looked or 'nothing'}; install batchpack anew")
    return _roster(merged, origins)


def _merge(into: dict[str, Any], new: Mapping[str, Any]) -> None:
    """Lay a later roster over the earlier ones."""
    for name in ("roles", "shared_duties"):
        there = into.setdefault(name, {})
        for key, entry in (new.get(name) or {}).items():
            there[key] = _over(there.get(key, {}), entry)
    into["changes"] = [*into.get("changes", ()), *new.get("changes", ())]
    for name in ("complexity", "estimate"):
        into[name] = {**into.get(name, {}), **new.get(name, {})}
    into["fallback"] = new.get("fallback", into.get("fallback"))


def _over(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the later entry of a role over the earlier one: fields replaced, keywords added, dropped ones gone."""
    fresh = {_word(item): item for item in new.get("keywords", ())}
    words = {_word(item): item for item in old.get("keywords", ())} | fresh
    for dropped in new.get("drop", ()):
        words.pop(dropped.lower(), None)
    kept = {key: value for key, value in new.items() if key != "drop"}
    return {**old, **kept, "keywords": list(words.values())}


def _word(item: str | Mapping[str, Any]) -> str:
    """Return the word of a keyword entry."""
    return (item if isinstance(item, str) else str(item["word"])).lower()


def _roster(raw: Mapping[str, Any], origins: Mapping[str, Source]) -> Roster:
    """Build the roster of the merged entries and check what holds between them."""
    for name, entry in raw["roles"].items():
        for key in ("does", "keywords"):
            if not entry.get(key):
                origins[name].fail(("roles", name), f"a role needs `{key}`")
        for position, other in enumerate(entry.get("after", ())):
            if other not in raw["roles"]:
                origins[name].fail(("roles", name, "after", position), f"there is no role named {other!r}")
    roles = {name: _role(name, entry) for name, entry in raw["roles"].items()}
    _no_cycle(roles, origins)
    if raw["fallback"] not in roles:
        raise BrokenRoster(f"the fallback role {raw['fallback']!r} is not in the roster", f"known: {', '.join(roles)}")
    return Roster(
        roles=roles,
        duties=tuple(_duty(name, entry) for name, entry in raw["shared_duties"].items()),
        changes=_keywords(raw["changes"]),
        complexity=complexity_rules(raw["complexity"]),
        estimate=estimate_rules(raw["estimate"]),
        fallback=raw["fallback"],
        digest=digest(raw),
    )


def _no_cycle(roles: Mapping[str, Role], origins: Mapping[str, Source]) -> None:
    """Refuse roles that wait for each other in a circle."""
    circle = batches.cycle({name: role.after for name, role in roles.items()})
    if circle:
        origins[circle[-1]].fail(("roles", circle[-1], "after"), f"roles wait in a circle: {' → '.join(circle)}")


def _role(name: str, entry: Mapping[str, Any]) -> Role:
    """Build a role."""
    return Role(
        name=name,
        keywords=_keywords(entry["keywords"]),
        tier=entry.get("tier", "standard"),
        after=tuple(entry.get("after", ())),
        edits=entry.get("edits", True),
        does=entry["does"],
        remark=entry.get("remark", ""),
    )


def _duty(name: str, entry: Mapping[str, Any]) -> Duty:
    """Build a shared duty."""
    return Duty(name, _keywords(entry["keywords"]), entry["note"])


def _keywords(items: Sequence[Any]) -> tuple[Keyword, ...]:
    """Build keywords."""
    return tuple(keyword(item, forms) for item in items)
