"""Makes a plan of a description: roles by keyword, complexity, batches, estimate, and what the reader should know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from batchpack.errors import UnknownName, UsageError
from batchpack.planning import batches as batching
from batchpack.planning import complexity as complexities
from batchpack.planning.codec import sealed
from batchpack.planning.description import clean
from batchpack.planning.estimate import estimate
from batchpack.planning.keywords import Index, Text, read
from batchpack.planning.negation import Standing
from batchpack.planning.notes import notes, single
from batchpack.planning.rules import Roster
from batchpack.planning.values import Assignment, Complexity, Exclusion, Match, Options, Plan
from batchpack.planning.words import split


class Found(NamedTuple):
    """What the keywords of a text say: matches by role or duty, and what is ruled out."""

    asked: dict[str, tuple[Match, ...]]
    excluded: tuple[Exclusion, ...]


def make_plan(
    description: str,
    roster: Roster,
    *,
    agents: Sequence[str] | None = None,
    complexity: int | None = None,
    max_parallel: int | None = None,
) -> Plan:
    """Return the plan of a task; the same input gives the same plan and hash.

    `agents` names the roles instead of the keywords, `complexity` (1 to 10) the score, `max_parallel` (1 to 8) lowers
    the cap of the complexity table. Raises UsageError or UnknownName for what is out of range or unknown.
    """
    options = Options(_chosen(agents, roster), _within("complexity", complexity, 10), _within("width", max_parallel, 8))
    raw = clean(description)
    text = read(raw, split(raw))
    found = _find(text, roster)
    team = _team(found, roster, options)
    score = _score(text, team, roster, options)
    names = tuple(assignment.name for assignment in team)
    waits = batching.depends_on(names, {name: role.after for name, role in roster.roles.items()})
    elite = [assignment.name for assignment in team if assignment.tier == "elite"]
    made = batching.batches(waits, batching.cap(score.score, max_parallel), elite)
    plan = Plan(
        description=raw,
        options=options,
        roster=roster.digest,
        complexity=score,
        agents=team,
        depends_on=waits,
        batches=made,
        estimate=estimate(names, made, complexities.band(score.score), roster.estimate),
        notes=(),
        single=single(made),
        excluded=tuple(one for one in found.excluded if one.name not in found.asked),
    )
    return sealed(notes(plan, found.asked, text, roster))


def _within(what: str, value: int | None, most: int) -> int | None:
    """Check a whole number from 1 to `most`."""
    if value is not None and not 1 <= value <= most:
        raise UsageError(f"the {what} {value} is out of range", f"give a whole number from 1 to {most}")
    return value


def _chosen(agents: Sequence[str] | None, roster: Roster) -> tuple[str, ...] | None:
    """Check the roles that a person named, and put them in the roster's order."""
    if agents is None:
        return None
    asked = [name.strip() for name in agents if name.strip()]
    for name in asked:
        if name not in roster.roles:
            raise UnknownName("agent", name, roster.roles)
    if not asked:
        raise UsageError("no agent is named", f"known: {', '.join(sorted(roster.roles))}")
    return tuple(name for name in roster.roles if name in asked)


def _find(text: Text, roster: Roster) -> Found:
    """Sort the keywords found by role or duty; mere mentions call a role only where nothing else calls one."""
    owned = [(role.name, role.keywords) for role in roster.roles.values()]
    owned += [(duty.name, duty.keywords) for duty in roster.duties]
    asked: dict[str, list[Match]] = {}
    mentioned: dict[str, list[Match]] = {}
    excluded: dict[str, Exclusion] = {}
    for owner, keyword, start, end in Index(owned).find(text):
        match = text.match(keyword.word, start, end)
        if text.standings[start] is not Standing.RULED_OUT:
            into = asked if text.standings[start] is Standing.ASKED else mentioned
            into.setdefault(owner, []).append(match)
        elif owner not in excluded:
            excluded[owner] = Exclusion(owner, match, text.around(start))
    taken = asked if any(name in roster.roles for name in asked) else {**mentioned, **asked}
    return Found({name: tuple(matches) for name, matches in taken.items()}, tuple(excluded.values()))


def _team(found: Found, roster: Roster, options: Options) -> tuple[Assignment, ...]:
    """Choose who takes part: those named, else those whose keywords ask, else the fallback."""
    named = options.agents or tuple(name for name in roster.roles if name in found.asked) or (roster.fallback,)
    return tuple(Assignment(name, roster.roles[name].tier, found.asked.get(name, ())) for name in named)


def _score(text: Text, team: Sequence[Assignment], roster: Roster, options: Options) -> Complexity:
    """Return the complexity that was given, else the assessed one."""
    if options.complexity is not None:
        return complexities.given(options.complexity)
    return complexities.assess(text, [assignment.name for assignment in team], roster.complexity)
