"""A whole run of work, killed at every step: `python -m tests.soaks.work_kills [ROUNDS [SEED]]`.

First an orchestrator, then a server, a keeper, an agent and a gate command is killed as soon as the journal has its
n-th event, for every n, one kill a run. Then, in so many rounds, any of them are killed at random, several a run.
Each time the run is resumed until it ends. Fails unless every task is merged once, nothing that ended was repeated,
nothing that ran was restarted but what was killed itself, `git fsck` is content, and the user's tree is as it was.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from batchpack.local import family, records
from batchpack.output import say
from tests.support.project import Project

LAYERS = {"a": (), "b": (), "c": ("a",), "d": ("a", "b"), "e": ("b",), "f": ("c", "d", "e")}
PAUSE = 0.002
PATIENCE = 240.0
VICTIMS = ("orchestrator", "orchestrator", "server", "keeper", "agent", "gate")
CAPS = {"agent": 1, "keeper": 2}
"""How many of a run: a task whose attempts fail the same way again and again is rightly given up."""


@dataclass
class Ground:
    """A project with a plan, and a ledger outside of it that agents write to."""

    project: Project
    base: Path
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def ledger(self) -> Path:
        """Return where agents write when they begin and end."""
        return self.base / "ledger"

    def prepare(self) -> Ground:
        """Make the repository and the plan."""
        tasks = "".join(self._task(name, before) for name, before in LAYERS.items())
        plan = f"name: kills\ngate: ['test -e README && sleep 0.05']\ntasks:\n{tasks}"
        self.project.write({"README": "read me\n", "plan.yaml": plan})
        self.project.init_git()
        self.project.write({"notes": "mine, not committed\n"})
        self.before = self.tree()
        return self

    def _task(self, name: str, before: tuple[str, ...]) -> str:
        """Return a task that leaves a file and two lines in the ledger."""
        line = f"echo B {name} >> {self.ledger}; sleep 0.15; echo {name} > {name}.txt; echo E {name} >> {self.ledger}"
        facts = f"depends_on: [{', '.join(before)}], deliverables: [{name}.txt], verify: ['test -e {name}.txt']"
        return f'  - {{id: {name}, title: Task {name}, command: "{line}", {facts}}}\n'

    def git(self, *words: str) -> str:
        """Ask git in the user's tree."""
        done = subprocess.run(["git", *words], cwd=self.project.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}{done.stdout}"
        return done.stdout

    def tree(self) -> tuple[str, ...]:
        """Return what of the user's tree must stay."""
        files = ("README", "plan.yaml", "notes")
        texts = [(self.project.folder / name).read_text() for name in files]
        return (self.git("symbolic-ref", "HEAD"), self.git("rev-parse", "HEAD"), self.git("status", "--short"), *texts)

    def begin(self) -> subprocess.Popen[bytes]:
        """Begin the run, or go on with it."""
        words = ["resume"] if self.journal() else ["run", "plan.yaml", "-j", "4"]
        with (self.base / "said").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "batchpack", *words],
                cwd=self.project.folder, env=self.project.environment(), stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip

    def journal(self) -> Path | None:
        """Return the run's journal where the run has begun, its folder being in place."""
        return next(iter(self.project.folder.glob(".batchpack/runs/[0-9]*/journal.sqlite")), None)

    def events(self) -> list[tuple[str, str]]:
        """Return names and tasks of the journal's events so far."""
        journal = self.journal()
        if journal is None:
            return []
        try:
            with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=5)) as book:
                return book.execute("SELECT name, task FROM event ORDER BY seq").fetchall()
        except sqlite3.OperationalError:
            return []

    def through(self, act: Callable[[subprocess.Popen[bytes]], None]) -> None:
        """Drive the run to its end, doing something to the process meanwhile, beginning again where it was killed."""
        end = time.monotonic() + PATIENCE
        code = None
        while code != 0 and ("finished", "") not in self.events():
            assert time.monotonic() < end, f"no end\n{self.said()}"
            process = self.begin()
            try:
                while process.poll() is None:
                    act(process)
                    time.sleep(PAUSE)
                code = process.wait()
                assert code in (0, -signal.SIGKILL) or self.kills["agent"], f"exit {code}\n{self.said()}"
            finally:
                process.kill()
                process.wait()

    def said(self) -> str:
        """Return the end of what the commands printed."""
        return (self.base / "said").read_text()[-3000:]

    def check(self) -> None:
        """Compare everything with what it must be."""
        lines = Counter(self.ledger.read_text().splitlines())
        excuse = self.kills["keeper"] + self.kills["agent"] + self.kills["gate"]  # a red gate sends its task back
        for name in LAYERS:
            assert lines[f"B {name}"] <= 1 + excuse, f"{name} was begun {lines[f'B {name}']} times\n{self.said()}"
            assert lines[f"E {name}"] >= 1, f"{name} never ended\n{self.said()}"
            assert lines[f"E {name}"] <= 1 + excuse, f"{name} was repeated\n{self.said()}"
        assert sum(lines[f"B {name}"] for name in LAYERS) <= len(LAYERS) + excuse
        assert "Traceback" not in (self.base / "said").read_text(), self.said()
        branch = self.git("for-each-ref", "--format=%(refname)", "refs/heads/batchpack/*/integration").strip()
        merged = Counter(self.git("log", "--merges", "--format=%s", branch).splitlines())
        assert merged == {f"{name}: Task {name}": 1 for name in LAYERS}, merged
        files = self.git("ls-tree", "--name-only", branch).split()
        assert {f"{name}.txt" for name in LAYERS} <= set(files), files
        fsck = self.git("fsck", "--no-dangling")
        assert fsck == "", fsck
        assert self.tree() == self.before
        assert self.left() == [], f"processes are left: {self.left()}"

    def left(self) -> list[str]:
        """Name the attempts that still have processes."""
        folders = self.project.folder.glob(".batchpack/runs/*/attempts/*")
        return [path.name for path in folders if path.is_dir() and family.marked(str(path))]


def kill(ground: Ground, kind: str, victim: int) -> None:
    """Kill a process and count it."""
    if victim > 1 and family.tell(victim, signal.SIGKILL):
        ground.kills[kind] += 1


def at_event(number: int, kind: str, lot: random.Random) -> Callable[[Ground, subprocess.Popen[bytes]], None]:
    """Return what kills a process of a kind, the first that lives once the journal has so many events."""

    def act(ground: Ground, process: subprocess.Popen[bytes]) -> None:
        if not ground.kills and len(ground.events()) >= number:
            kill(ground, kind, victim(ground, kind, process.pid, lot))

    return act


def at_random(lot: random.Random, most: int) -> Callable[[Ground, subprocess.Popen[bytes]], None]:
    """Return what kills processes of all kinds, so many at most."""
    due = time.monotonic() + lot.random()

    def act(ground: Ground, process: subprocess.Popen[bytes]) -> None:
        nonlocal due
        if time.monotonic() < due or sum(ground.kills.values()) >= most:
            return
        due = time.monotonic() + lot.random() * 0.6
        kind = lot.choice(VICTIMS)
        if ground.kills[kind] < CAPS.get(kind, most):
            kill(ground, kind, victim(ground, kind, process.pid, lot))

    return act


def victim(ground: Ground, kind: str, orchestrator: int, lot: random.Random) -> int:
    """Return a living process of a kind, 0 where there is none."""
    if kind == "orchestrator":
        return orchestrator
    if kind in ("keeper", "agent"):
        found = list(ground.project.folder.glob(".batchpack/runs/*/attempts/*/keeper"))
        facts = records.read(str(lot.choice(found).parent), records.KEEPER) if found else None
        return int((facts or {}).get("pid" if kind == "keeper" else "child", 0))
    below = family.descendants(orchestrator)
    words = b"local/server.py" if kind == "server" else b"sleep\x000.05"
    return next((pid for pid in below if words in _command(pid)), 0)


def _command(pid: int) -> bytes:
    """Return the command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def play(act: Callable[[Ground, subprocess.Popen[bytes]], None]) -> Ground:
    """Play one run in a fresh project; its folder stays where something is wrong."""
    base = Path(tempfile.mkdtemp(prefix="batchpack-kills-"))
    ground = Ground(Project(base), base).prepare()
    try:
        ground.through(lambda process: act(ground, process))
        ground.check()
    except AssertionError as error:
        raise AssertionError(f"{base}: {error}") from error
    shutil.rmtree(base)
    return ground


def main(rounds: int, seed: int) -> None:
    """Play all and print what was killed."""
    begun, total = time.monotonic(), Counter[str]()
    quiet = Path(tempfile.mkdtemp(prefix="batchpack-kills-"))
    ground = Ground(Project(quiet), quiet).prepare()
    ground.through(lambda _: None)
    ground.check()
    steps = len(ground.events())
    say(f"a run without kills: {steps} events")
    shutil.rmtree(quiet)
    for kind in dict.fromkeys(VICTIMS):
        for number in range(1, steps + 1):
            total += play(at_event(number, kind, random.Random(number))).kills
        say(f"{kind}s killed at each of its events: {total[kind]} kills, {time.monotonic() - begun:.0f} s")
    for number in range(seed, seed + rounds):
        total += play(at_random(random.Random(number), 8)).kills
    told = ", ".join(f"{count} {kind}s" for kind, count in total.most_common())
    say(f"with {rounds} rounds at random: {total.total()} kills ({told}), {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(*given, *(20, 1)[len(given) :]))
