"""The roster's values."""

from __future__ import annotations

from batchpack.planning import Roster
from batchpack.planning.rules import TIERS


def test_every_role_is_told_in_full(roster: Roster) -> None:
    """Each role of the pack has keywords, says in one line what it hands in, and waits for roles that there are."""
    for name, role in roster.roles.items():
        assert name == role.name
        assert role.tier in TIERS
        assert role.keywords, name
        assert 1 == len(role.does.splitlines()), name
        assert set(role.after) <= set(roster.roles), name


def test_no_keyword_has_two_masters(roster: Roster) -> None:
    """No word calls two roles of the pack, so that each match has one reason."""
    owners: dict[str, str] = {}
    for role in roster.roles.values():
        for form in {form for keyword in role.keywords for form in keyword.forms}:
            assert role.name == owners.setdefault(form, role.name), form
