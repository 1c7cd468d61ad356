"""Races and crashes of the task CLI for longer than the suite does: `python -m tests.soaks.tasks [ROUNDS] [KILLS]`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from batchpack.output import say
from tests.support.project import Project
from tests.support.task_races import check_after_kill, complete_killed, race_of_completes
from tests.support.tasks import subtask, task_cli, write_feature

WIDTH = 16


def alone(project: Project, tasks: Path, tries: int = 15) -> float:
    """Return the median seconds of a completion that nobody disturbs."""
    taken = []
    write_feature(tasks, "alone", *(subtask("alone", f"{number:02d}") for number in range(1, tries + 1)))
    for number in range(1, tries + 1):
        begun = time.perf_counter()
        task_cli(project, "complete", "alone", f"{number:02d}", "done").assert_ok()
        taken.append(time.perf_counter() - begun)
    return median(taken)


def race_soak(base: Path, rounds: int) -> None:
    """Race sixteen completions for some rounds and print what one took, against one alone."""
    project = Project(base / "race")
    tasks = project.folder / ".tmp" / "tasks"
    single = alone(project, tasks)
    taken = [wait for number in range(rounds) for wait in race_of_completes(project, tasks, f"round-{number}", WIDTH)]
    each = median(taken)
    say(f"{rounds} rounds of {WIDTH} completions at once: no error, no lost update")
    say(
        f"a caller waits {each * 1000:.0f} ms (median; at most {max(taken) * 1000:.0f} ms), "
        f"alone {single * 1000:.0f} ms: ratio {each / single:.2f}"
    )


def kill_soak(base: Path, kills: int) -> None:
    """Kill completions before each act on the disk in turn, first to last and again, until there were enough kills."""
    project = Project(base / "kill")
    tasks = project.folder / ".tmp" / "tasks"
    killed, rounds, step, passes = 0, 0, 0, list[int]()
    while killed < kills:
        step, rounds = step + 1, rounds + 1
        name = f"k{rounds}"
        folder = write_feature(tasks, name, subtask(name, "01", status="completed"), subtask(name, "02"))
        code = complete_killed(project, name, "02", step)
        check_after_kill(folder, "02")
        killed += code == -9
        if code == 0:
            passes.append(step - 1)
            step = 0
    assert len(set(passes)) == 1, f"not the same steps each time: {passes}"
    say(
        f"{killed} kills, before each of {passes[0]} steps in turn, {len(passes)} times over: files whole, counts right"
    )


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        race_soak(Path(folder), numbers[0] if numbers else 200)
        kill_soak(Path(folder), numbers[1] if len(numbers) > 1 else 300)
