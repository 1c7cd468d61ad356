"""`batchpack plan`: what a start would do with a task, and why; nothing is written."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import click

from batchpack.app import App
from batchpack.output import say, say_json
from batchpack.planning import Cost, Match, Plan, Range, load_roster, make_plan, plan_to_json
from batchpack.planning.complexity import band
from batchpack.runs import program, request

BASELINE = "all at once"
"""The naive way, by the name under which an estimate tells of it; one agent alone has nothing to compare with."""


@click.command(short_help="Show how a task would be carried out, and why.")
@click.argument("text", nargs=-1)
@click.option("--file", metavar="FILE", help="Read the task from a file, or with - from standard input.")
@click.option("--agents", metavar="A,B", help="Take these roles instead of those that the keywords choose.")
@click.option("--complexity", type=click.IntRange(1, 10), help="Set the complexity instead of assessing it.")
@click.option("--max-parallel", type=click.IntRange(1, 8), help="Start at most so many agents at once.")
@click.option("--dry-run", is_flag=True, help="Say as well what a start would create; planning never writes.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.pass_obj
def command(app: App, /, text: tuple[str, ...], file: str | None, **options: Any) -> None:
    """Show how a task would be carried out: its complexity, agents and batches, each with its reason."""
    words, roster = request.read(text, file), load_roster(app.content_roots)
    names = None if options["agents"] is None else options["agents"].split(",")
    given = {name: options[name] for name in ("complexity", "max_parallel")}
    plan = make_plan(words, roster, agents=names, **given)
    if options["as_json"]:
        say_json(plan_to_json(plan))
    else:
        say("\n".join(_shown(plan, file, dry_run=options["dry_run"])))


def _shown(plan: Plan, file: str | None, *, dry_run: bool) -> Iterator[str]:
    """Yield the lines of a plan for a person."""
    yield f"Plan {plan.hash[:12]}"
    yield ""
    yield from _complexity(plan)
    yield from _agents(plan)
    yield from _batches(plan)
    yield from _estimate(plan)
    yield from _notes(plan)
    if dry_run:
        yield from _created(plan)
    yield ""
    yield "To start it, run:"
    yield f"    {_start(plan, file)}"


def _complexity(plan: Plan) -> Iterator[str]:
    """Yield the score and its signals."""
    score = plan.complexity.score
    yield f"Complexity {score} of 10 ({band(score)})"
    for signal in plan.complexity.signals:
        why = signal.detail or ", ".join(_place(match) for match in signal.evidence)
        yield f"  {signal.points:+d}  {signal.name}" + (f": {why}" if why else "")


def _agents(plan: Plan) -> Iterator[str]:
    """Yield the agents with what called them."""
    yield "Agents"
    width = max(len(agent.name) for agent in plan.agents)
    for agent in plan.agents:
        named = plan.options.agents is not None
        why = ", ".join(_place(match) for match in agent.matched[:4]) or ("--agents" if named else "no keyword found")
        elite = " (elite)" if agent.tier == "elite" else ""
        yield f"  {agent.name:<{width}}  {why}{elite}"
    for one in plan.excluded:
        yield f'  without {one.name}: "{one.words}"'


def _place(match: Match) -> str:
    """Return a word with its place."""
    return f'"{match.word}" (word {match.number})'


def _batches(plan: Plan) -> Iterator[str]:
    """Yield the batches with what each task waits for."""
    yield "Batches, one after another"
    for batch in plan.batches:
        yield f"  {batch.number}  {', '.join(batch.tasks)}"
    if plan.single:
        yield f"One agent is enough: {plan.single}."


def _estimate(plan: Plan) -> Iterator[str]:
    """Yield the estimate, the naive baseline and where the figures come from."""
    estimate = plan.estimate
    yield "Estimate (from assumptions; nothing was measured)"
    yield f"  this plan    {_cost(estimate.total)}"
    if estimate.saving_percent is not None:
        yield f"  {BASELINE}  {_cost(estimate.baseline)}"
        mine, naive = estimate.total.tokens.likely, estimate.baseline.tokens.likely
        word = "fewer" if estimate.saving_percent >= 0 else "more"
        yield (
            f"  estimated {abs(estimate.saving_percent)} % {word} tokens than {BASELINE} "
            f"(1 - {mine / 1000:,.0f}k/{naive / 1000:,.0f}k, both the likely value); no promise"
        )
    alone = estimate.saving_percent is None
    yield from (f"  {name}: {source}" for name, source in estimate.sources.items() if name != BASELINE or not alone)


def _cost(cost: Cost) -> str:
    """Return tokens, dollars and minutes as ranges with the likely value."""
    tokens, dollars, minutes = cost.tokens, cost.dollars, cost.minutes
    parts = (_span(tokens, 1000, "{:,.0f}k"), _span(dollars, 1, "${:.2f}"), _span(minutes, 1, "{:.0f}"))
    return "{} tokens, {}, {} min; likely {}, {}, {}".format(*(low for low, _ in parts), *(mid for _, mid in parts))


def _span(span: Range, unit: float, shape: str) -> tuple[str, str]:
    """Return a range as low-high, and its likely value."""
    low, likely, high = (shape.format(value / unit) for value in (span.low, span.likely, span.high))
    return f"{low}-{high}", likely


def _notes(plan: Plan) -> Iterator[str]:
    """Yield the notes."""
    if plan.notes:
        yield "Notes"
        yield from (f"  {note}" for note in plan.notes)


def _created(plan: Plan) -> Iterator[str]:
    """Yield what a start would create; planning itself creates nothing."""
    yield "Nothing was written. A start would create .batchpack/runs/<run>/ in the project, with"
    yield "  plan.json, state.json, journal.jsonl"
    yield from (f"  prompts/{agent.name}.md and, when it is done, results/{agent.name}.md" for agent in plan.agents)
    yield from (f"  batch{batch.number}-results.md" for batch in plan.batches)
    yield "  SYNTHESIS.md"


def _start(plan: Plan, file: str | None) -> str:
    """Return the command that starts this plan."""
    given = {"--agents": ",".join(plan.options.agents or ()), "--complexity": plan.options.complexity or ""}
    given |= {"--max-parallel": plan.options.max_parallel or "", "--file": file if file and file != "-" else ""}
    words = [word for option, value in given.items() if value for word in (option, str(value))]
    text = [] if "--file" in words else ["--", plan.description]
    return f"{program.word()} {shlex.join(['start', *words, *text])}"
