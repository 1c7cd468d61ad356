"""`batchpack start`: plan a request and begin a run of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack.app import App
from batchpack.output import say, say_json
from batchpack.planning import load_roster, make_plan, plan_to_json
from batchpack.planning.values import Plan
from batchpack.runs import baseline, batches, budget, following, request, start, wording
from batchpack.runs.facts import Role
from batchpack.runs.store import PROJECT_ROOT, Run


@click.command(short_help="Plan a request and begin a run of it.")
@click.argument("text", nargs=-1)
@click.option("--file", help="Read the request from a file, or with - from standard input.")
@click.option("--host", help="The host whose agents do the work; without it calls are written for any.")
@click.option("--project", type=click.Path(file_okay=False, exists=True, path_type=Path), help="The project's folder.")
@click.option("--agents", help="Take these agents, with commas between them, instead of choosing by keyword.")
@click.option("--complexity", type=int, help="Take this complexity, 1 to 10, instead of assessing it.")
@click.option("--max-parallel", type=int, help="Run at most that many agents at the same time.")
@click.option("--next", "go_on", is_flag=True, help="Start the first batch at once.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(
    app: App, /, text: tuple[str, ...], file: str | None, host: str | None, project: Path | None, **options: Any
) -> None:
    """Plan a request and begin a run of it; prints the command that comes next."""
    words = request.read(text, file)
    place = app.host(host).PLACES.runs if host else PROJECT_ROOT
    plan, roles = _plan(app, words, **options)
    folder = app.project(project)
    tree = folder if project else baseline.work_tree(Path.cwd(), folder)
    run = start.create(plan_to_json(plan), roles, project=folder, tree=tree, host=host, place=place)
    jobs = batches.start(run, 1, 1, app.content_roots).call if options["go_on"] else ()
    state = run.state()
    if options["as_json"]:
        after = following.command_words(run, state)
        say_json({"run": run.id, "folder": run.folder, "next": after, "plan": plan_to_json(plan)})
    else:
        say(budget.spend(run, [*_summary(run, plan), *following.lines(run, state, jobs, app.host)]))


def _plan(
    app: App, words: str, agents: str | None, complexity: int | None, max_parallel: int | None, **_: Any
) -> tuple[Plan, dict[str, Role]]:
    """Return the plan of a request, and what a run keeps of each of its roles."""
    roster = load_roster(app.content_roots)
    names = agents.split(",") if agents is not None else None
    plan = make_plan(words, roster, agents=names, complexity=complexity, max_parallel=max_parallel)
    taken = (roster.roles[one.name] for one in plan.agents)
    return plan, {role.name: Role(role.does, role.edits) for role in taken}


def _summary(run: Run, plan: Plan) -> list[str]:
    """Say the plan in a line or two."""
    agents, batches = len(plan.agents), len(plan.batches)
    head = f"Run {run.short}: {agents} agent{'s' * (agents > 1)}, {batches} batch{'es' * (batches > 1)}."
    return [head, f"One agent is enough: {wording.cut(plan.single, 150)}"] if plan.single else [head]
