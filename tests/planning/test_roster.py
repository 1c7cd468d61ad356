"""Rosters: what is in ours, and how others extend or break it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.planning import BrokenRoster, Roster, load_roster, make_plan
from tests.support.project import ROOT

Write = Callable[[str], Path]


def test_the_packs_roles(roster: Roster) -> None:
    """The nine roles are there; explorer, architect and security-auditor do not edit; the last two are elite."""
    still = {name for name, role in roster.roles.items() if not role.edits}
    elite = {name for name, role in roster.roles.items() if role.tier == "elite"}
    assert 9 == len(roster.roles)
    assert ({"explorer", "architect", "security-auditor"}, {"architect", "security-auditor"}) == (still, elite)


def test_a_new_role(written: Write) -> None:
    """A later roster may bring a role of its own."""
    mine = written("roles:\n  writer:\n    does: texts\n    keywords: [blog, article]\n    after: [explorer]\n")
    plan = make_plan("Research it and write an article", load_roster([ROOT, mine]))
    assert {"explorer": (), "writer": ("explorer",)} == plan.depends_on


def test_a_role_is_extended_and_overridden(written: Write, roster: Roster) -> None:
    """Keywords are added, dropped ones go, other fields replace the earlier ones."""
    mine = written("roles:\n  debugger:\n    keywords: [glitch]\n    drop: [Bug]\n    tier: elite\n")
    role = load_roster([ROOT, mine]).roles["debugger"]
    words = {keyword.word for keyword in role.keywords}
    assert "elite" == role.tier
    assert roster.roles["debugger"].does == role.does
    assert {"glitch", "fix"} <= words
    assert "bug" not in words


def test_an_empty_roster_changes_nothing(written: Write, roster: Roster) -> None:
    """An empty file, a missing one, and the same root twice leave the roster as it is."""
    empty = written("# nothing yet\n")
    assert roster.digest == load_roster([ROOT, empty, ROOT / "nowhere", ROOT]).digest


def test_a_complexity_rule_is_replaced(written: Write) -> None:
    """The keys of complexity and estimate replace those of the pack one by one."""
    plan = make_plan("Fix it", load_roster([ROOT, written("complexity:\n  base: 6\n")]))
    assert 6 == plan.complexity.score


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("roles:\n  writer:\n    keywords: [x]\n", 2, "`does`"),
        ("roles:\n  writer:\n    does: x\n", 2, "`keywords`"),
        ("roles:\n  debugger:\n    after:\n      - explorer\n      - nobody\n", 5, "nobody"),
        ("roles:\n  explorer:\n    after: [test-automator]\n", 3, "circle"),
    ],
)
def test_a_broken_roster_tells_file_and_line(text: str, line: int, word: str, written: Write) -> None:
    """Every complaint about a file names it, the line, and what is off."""
    with pytest.raises(BrokenFile, match=word) as caught:
        load_roster([ROOT, written(text)])
    assert ("roster.yaml", line) == (caught.value.path.name, caught.value.line)


def test_an_unknown_fallback_is_refused(written: Write) -> None:
    """The fallback must be one of the roles."""
    with pytest.raises(BrokenRoster, match="nobody"):
        load_roster([ROOT, written("fallback: nobody\n")])


def test_no_roster_at_all_is_told(tmp_path: Path) -> None:
    """Without any roster the places that were looked at are named."""
    with pytest.raises(BrokenRoster) as caught:
        load_roster([tmp_path])
    assert str(tmp_path) in caught.value.hint
