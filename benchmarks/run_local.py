"""200 tasks that do nothing, in three layers, eight at a time: the local engine, and a whole run, against GNU parallel.

`python benchmarks/run_local.py engine FOLDER` is the engine alone: a loop that submits and takes ends, no plan.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from timing import Command, once

from batchpack.engine import Attempt
from batchpack.local.session import LocalSession

LAYERS = (100, 60, 40)
WIDTH = 8
ROUNDS = 9


async def engine(folder: Path) -> None:
    """Carry out the layers with the engine alone."""
    session = LocalSession(folder / "run", "bench")
    for layer, count in enumerate(LAYERS):
        waiting = [f"t{layer}-{number}" for number in range(count)]
        running = 0
        while waiting or running:
            while waiting and running < WIDTH:
                task, running = waiting.pop(), running + 1
                one = Attempt(f"bench.{task}.1", "bench", task, 1, ("/bin/sh", "-c", "true"), folder)
                asyncio.ensure_future(session.submit(one))  # noqa: RUF006 - its end comes through changed
            await asyncio.sleep(0)
            running -= len(await session.changed(10))
    await session.close(stop_running=True)


def plan(folder: Path) -> Path:
    """Write the same as a plan for `batchpack run`, in a fresh project."""
    lines, before = ["name: nothing", "tasks:"], ""
    for layer, count in enumerate(LAYERS):
        names = [f"t{layer}-{number}" for number in range(count)]
        needs = f", depends_on: [{before}]" if before else ""
        lines += [f"  - {{id: {name}, title: {name}, command: 'true'{needs}}}" for name in names]
        before = ", ".join(names)
    (folder / "plan.yaml").write_text("\n".join(lines) + "\n")
    return folder


def commands(home: Path) -> dict[str, Command]:
    """Return what is timed."""
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(home)}

    def fresh() -> Path:
        return Path(tempfile.mkdtemp(dir=home))

    calls = "; ".join(
        f"seq {count} | parallel --will-cite -j{WIDTH} --joblog log{layer} 'true {{}}' >out{layer}"
        for layer, count in enumerate(LAYERS)
    )
    python, run = sys.executable, ["run", "plan.yaml", "--no-worktrees", "-j", str(WIDTH)]
    return {
        "GNU parallel": Command("parallel --joblog, a call a layer", ["/bin/sh", "-c", calls], fresh, env),
        "engine": Command("the local engine alone", [python, __file__, "engine", "."], fresh, env),
        "run": Command("batchpack run --no-worktrees", [python, "-m", "batchpack", *run], lambda: plan(fresh()), env),
    }


def main() -> None:
    """Print the table."""
    if shutil.which("parallel") is None:
        raise SystemExit("skipped: GNU parallel is not installed")
    tasks = sum(LAYERS)
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as name:
        timed = commands(Path(name))
        for command in timed.values():
            once(command)
        rounds = [{kind: once(command) for kind, command in timed.items()} for _ in range(ROUNDS)]
    medians = {kind: statistics.median(one[kind] for one in rounds) for kind in timed}
    print(f"{tasks} tasks in {len(LAYERS)} layers, {WIDTH} wide, whole processes, median of {ROUNDS}")
    for kind, command in timed.items():
        ratio = medians[kind] / medians["GNU parallel"]
        print(f"{command.name:<40} {medians[kind] / tasks * 1000:6.2f} ms a task   ratio {ratio:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["engine"]:
        asyncio.run(engine(Path(sys.argv[2]).resolve()))
    else:
        main()
