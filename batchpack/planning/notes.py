"""What the reader of a plan should know beside it, and whether one agent is enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from batchpack.planning.keywords import Index, Text
from batchpack.planning.negation import Standing
from batchpack.planning.rules import Roster
from batchpack.planning.values import Batch, Match, Plan

WORTH = 3
"""Agents from which on starting several pays for handing results over."""


def single(batches: Sequence[Batch]) -> str | None:
    """Say why one agent is enough; None where several pay."""
    tasks = sum(len(batch.tasks) for batch in batches)
    if tasks == 1:
        return "one role covers the task"
    if tasks < WORTH:
        return f"{tasks} pieces of work are fewer than the {WORTH} from which on several agents pay"
    if all(len(batch.tasks) == 1 for batch in batches):
        return "each piece of work waits for the one before, so nothing would run at the same time"
    return None


def notes(plan: Plan, asked: Mapping[str, Sequence[Match]], text: Text, roster: Roster) -> Plan:
    """Return the plan with its notes, and without those among the excluded who take part all the same."""
    lost = [*_fallback(plan, asked, roster)]
    found = [*lost, *_duties(asked, roster), *(() if lost else _editors(plan, text, roster))]
    out = tuple(one for one in plan.excluded if one.name not in plan.depends_on)
    return replace(plan, excluded=out, notes=(*found, *_remarks(plan, roster), *_named(plan, asked, roster)))


def _fallback(plan: Plan, asked: Mapping[str, Sequence[Match]], roster: Roster) -> Iterator[str]:
    """Tell that no keyword was found and what to do about it."""
    if plan.options.agents is None and not any(name in asked for name in roster.roles):
        yield (
            f"No role's keyword was found (they are English), so {roster.fallback} looks first. "
            f"To choose yourself, name one or more with --agents: {', '.join(roster.roles)}."
        )


def _duties(asked: Mapping[str, Sequence[Match]], roster: Roster) -> Iterator[str]:
    """Tell of work that all share in."""
    for duty in roster.duties:
        if duty.name in asked:
            first = asked[duty.name][0]
            yield f"{duty.note} ({_quoted(first)})"


def _editors(plan: Plan, text: Text, roster: Roster) -> Iterator[str]:
    """Tell when the text asks for a change and nobody in the plan may change files."""
    if any(roster.roles[agent.name].edits for agent in plan.agents):
        return
    for _owner, keyword, start, end in Index([("change", roster.changes)]).find(text):
        if text.standings[start] is Standing.ASKED:
            names = ", ".join(agent.name for agent in plan.agents)
            verb = _quoted(text.match(keyword.word, start, end))
            yield (
                f"{verb} asks for a change, but {names} {'does' if len(plan.agents) == 1 else 'do'} not edit files. "
                "Name one who does with --agents."
            )
            return


def _remarks(plan: Plan, roster: Roster) -> Iterator[str]:
    """Tell what a role has to say when others of the plan come after it."""
    for agent in plan.agents:
        remark = roster.roles[agent.name].remark
        if remark and any(agent.name in others for others in plan.depends_on.values()):
            yield remark


def _named(plan: Plan, asked: Mapping[str, Sequence[Match]], roster: Roster) -> Iterator[str]:
    """Tell where --agents departs from the keywords."""
    if plan.options.agents is None:
        return
    left = [name for name in roster.roles if name in asked and name not in plan.options.agents]
    against = [one.name for one in plan.excluded if one.name in plan.options.agents]
    if left:
        yield f"Left out by --agents, though their words are in the text: {', '.join(left)}."
    if against:
        yield f"Named by --agents, though the text rules them out: {', '.join(against)}."


def _quoted(match: Match) -> str:
    """Return a word with its place."""
    return f'"{match.word}", word {match.number}'
