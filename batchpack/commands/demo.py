"""`batchpack demo`: a whole run to look at, in a throw-away project, without a host and without a model."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from batchpack.app import App
from batchpack.demo import ground as grounds
from batchpack.demo.ground import Ground
from batchpack.demo.play import Player, Tell
from batchpack.errors import UsageError
from batchpack.output import say, say_json, warn
from batchpack.runs import program

REQUEST = "Build user authentication with React frontend, Go backend, tests, and docs"


@click.command(short_help="See a whole run in a throw-away project.")
@click.option("--dir", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Where; default: a new folder.")
@click.option("--keep", is_flag=True, help="Keep the folder when the demo is interrupted, too.")
@click.option("--host", metavar="NAME", help="Whose files and words to show; default: any that a project can have.")
@click.option("--executor", default="demo", metavar="NAME", help="What carries out the agents' work; default: demo.")
@click.option("--json", "as_json", is_flag=True, help="Print facts for programs, at the end.")
@click.pass_obj
def command(app: App, folder: Path | None, keep: bool, host: str | None, executor: str, as_json: bool) -> None:
    """Install the pack into a throw-away project, plan a request, and run its batches with agents that need no model.

    The agents are small programs that write code, tests and docs for real and hand them in as a host's agents do.
    Nothing outside the demo's folder is touched.
    """
    agents = app.executor(executor)
    chosen = _host(app, host)
    begun = time.monotonic()
    ground = grounds.make(folder)
    tell: Tell = _silent if as_json else say
    try:
        _prepare(ground, chosen, tell)
        tell("4. The run. Each command is the one that the command before it printed.")
        Player(ground, agents, tell).run([sys.executable, "-m", "batchpack", "start", "--host", chosen, REQUEST])
        _conclude(ground, time.monotonic() - begun, as_json=as_json)
    except KeyboardInterrupt:
        _interrupted(ground, keep=keep)
        raise


def _host(app: App, given: str | None) -> str:
    """Name the given host, or any that can be installed into a project; raises UsageError where it cannot."""
    fit = [name for name, host in app.registry.hosts.items() if host.PLACES.project]
    if given is not None and app.host(given).NAME not in fit:
        raise UsageError(f"{app.host(given).TITLE} cannot be installed into a project", f"take one of {', '.join(fit)}")
    return given or fit[0]


def _silent(text: str) -> None:
    """Tell nothing."""


def _prepare(ground: Ground, host: str, tell: Tell) -> None:
    """Show the project, put the pack into it, and show the plan."""
    tell(f"A demo in {ground.folder}; nothing outside of it is touched.\n")
    files = ", ".join(sorted(path.name for path in ground.project.iterdir() if not path.name.startswith(".")))
    tell(f"1. A small project under git: {files}")
    installed = ground.batchpack("install", "--host", host, "--project", str(ground.project), "--no-check", "--yes")
    tell(f"2. The pack, as a host gets it: {installed.out.splitlines()[0]}")
    for words in (["add", "-A"], ["commit", "-q", "-m", "the pack, as a host gets it"]):
        ground.run(["git", *words])
    plan = ground.batchpack("plan", REQUEST).out.partition("\nAgents\n")[2].partition("\nEstimate")[0]
    tell(f'3. The plan of "{REQUEST}":')
    tell("\n".join(f"   {line}" for line in plan.splitlines()))


def _conclude(ground: Ground, seconds: float, *, as_json: bool) -> None:
    """Say what came of it, what was measured, and what to do next."""
    [run] = (ground.project / ".batchpack" / "runs").glob("2*")
    if as_json:
        say_json({"folder": ground.folder, "run": run.name, "synthesis": run / "SYNTHESIS.md", "seconds": seconds})
        return
    say("5. What the agents left in the project:")
    say(ground.run(["git", "status", "--short", "--untracked-files=all"]).out.rstrip().replace("?? ", "   new: "))
    say(f"6. {_measured(run)}\n")
    say(f"Read the result:    cat {run / 'SYNTHESIS.md'}")
    say(f"Its tests:          cd {ground.project} && {sys.executable} -m unittest discover -s tests -t .")
    say(f'Use it in a host:   {program.word()} install, then type /batch-run "what you want" there')
    say(f"Remove the demo:    rm -r {ground.folder}")
    say(f"All of it took {seconds:.1f} s.")


def _measured(run: Path) -> str:
    """Return what the metrics say of how the run's time went."""
    from batchpack.metrics import reading, stats

    return stats.summary([reading.read(run, ())])[1]


def _interrupted(ground: Ground, *, keep: bool) -> None:
    """Clean up, or say what stays."""
    if keep:
        warn(f"\nthe demo's folder stays: {ground.folder}")
        return
    ground.remove()
    warn(f"\nremoved {ground.folder}; nothing of the demo is left")
