"""Runs whose commands are killed at random moments, until each is complete.

`python tests/soaks/run_kills.py [RUNS [SEED]]`. After each kill `batchpack resume` takes over. Finished work must never
be called for again, and counts must add up.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.orchestra import diligent, events, prompt_of, read, run_folder, task_of
from tests.support.project import Project

REQUEST = "Build user authentication with React frontend, Go backend, tests, and docs"
MOST_STEPS = 400
AGAIN = ["resume", "latest", "--retry-failed"]


def kill_through(project: Project, chance: random.Random) -> tuple[int, int]:
    """Bring one run to its end through kills; returns how many commands ran and how many were killed."""
    project.run("start", "--agents", "explorer,backend-go,frontend-react,test-automator", REQUEST).assert_ok()
    command, kills = AGAIN, 0
    for step in range(1, MOST_STEPS):
        out, killed = interrupted(project, command, chance)
        kills += killed
        done = {one["task"] for one in events_so_far(project) if one["event"] == "result"}
        printed = read(out) if not killed else None
        for _, call in printed.calls if printed else ():
            text = prompt_of(call, project.folder).read_text()
            assert task_of(text) not in done, f"{task_of(text)} is called for again"
            if chance.random() < 0.7:
                diligent(project, task_of(text), text)
        if "All 4 tasks are done" in out or ("4 tasks = 4 done" in out and "It is finished" in out):
            return step, kills
        command = printed.command.split()[1:] if printed and printed.command else AGAIN
    raise AssertionError("no end")


def interrupted(project: Project, words: list[str], chance: random.Random) -> tuple[str, bool]:
    """Run a command and, more often than not, kill it somewhere; returns what it printed and whether it was killed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "batchpack", *words],
        cwd=project.folder, env=project.environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    if chance.random() < 0.6:
        time.sleep(chance.uniform(0.05, 0.3))
        child.kill()
    out, err = child.communicate()
    assert "Traceback" not in err, err
    assert "bug" not in err, err
    return out, child.returncode == -signal.SIGKILL


def events_so_far(project: Project) -> list[dict[str, object]]:
    """Return the events of the newest run that can be read."""
    lines = (run_folder(project) / "journal.jsonl").read_text().splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("}\n")]
    assert len(lines) - len(whole) <= 1
    return events(run_folder(project)) if len(lines) == len(whole) else []


def main() -> None:
    """Run the soak."""
    given = [int(word) for word in sys.argv[1:]]
    runs, seed = (*given, *(5, 1)[len(given) :])
    for number in range(seed, seed + runs):
        with tempfile.TemporaryDirectory() as folder:
            project = Project(Path(folder))
            steps, kills = kill_through(project.init_git(), random.Random(number))
            text = (run_folder(project) / "SYNTHESIS.md").read_text()
            assert "4 tasks = 4 done + 0 failed + 0 skipped + 0 pending" in text
            print(f"seed {number}: {steps} commands, {kills} killed, 4 tasks done")  # noqa: T201 - a program of its own


if __name__ == "__main__":
    main()
