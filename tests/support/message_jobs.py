"""Jobs of message batches that are killed, hindered and resumed, against a stand-in that counts what was paid."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchpack import cli, manager
from batchpack.app import App
from batchpack.messages import job as jobs
from tests.support import killer as killers
from tests.support.message_batches.remote import Remote

ITEMS, SHARD = 25, 10
GRACE = 0.5
TEMPLATE = "Review this document and answer in one word.\n\n{{ text }}\n"
ACTS = {
    ("before", "submit"): (28, 59),
    ("tear", "submit"): (8, 23),
    ("before", "resume"): (1, 20),
    ("tear", "resume"): (1, 9),
}
"""First and last act of a command at which a kill is worth while: of most others nothing is left."""
KEY = "test-key-of-nobody"


@dataclass
class Ground:
    """A project with items and a template of its own, and the service."""

    folder: Path
    service: Remote
    count: int = ITEMS
    shard_size: int = SHARD
    key: str = KEY
    grace: float = GRACE

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        mark = os.urandom(4).hex()
        rows = ({"id": f"doc-{number}", "text": f"{mark}: document {number}"} for number in range(self.count))
        (self.folder / "items.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        (self.folder / "review.j2").write_text(TEMPLATE)

    @property
    def submit(self) -> list[str]:
        """Return the words that begin the job, and that go on with it."""
        return [
            "messages", "submit", "items.jsonl", "--template", "review.j2", "--model", "claude-haiku-5-5",
            "--max-tokens", "50", "--key", "id", "--shard-size", str(self.shard_size), "--grace", str(self.grace),
            "--name", "reviews", "--project", str(self.folder),
        ]  # fmt: skip

    @property
    def resume(self) -> list[str]:
        """Return the words that go on with the job."""
        return ["messages", "resume", "reviews", "--grace", str(self.grace), "--project", str(self.folder)]

    @property
    def job(self) -> jobs.Job:
        """Return the job."""
        return jobs.find("reviews", self.folder)

    def environment(self) -> dict[str, str]:
        """Return what a command must know."""
        return {"ANTHROPIC_API_KEY": self.key, "ANTHROPIC_BASE_URL": self.service.url}


@dataclass(frozen=True)
class End:
    """How a command ended: its exit code, -9 for a kill; and all it printed."""

    code: int
    text: str


@dataclass
class Running:
    """A command in a fork of its own."""

    child: int
    out: Path

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.child, number)

    def wait(self, seconds: float = 60) -> End:
        """Wait for its end; after these seconds it is killed."""
        end = time.monotonic() + seconds
        while True:
            done, status = os.waitpid(self.child, os.WNOHANG)
            if done:
                break
            if time.monotonic() > end:
                os.kill(self.child, signal.SIGKILL)
            time.sleep(0.002)
        text = self.out.read_text() if self.out.exists() else ""
        self.out.unlink(missing_ok=True)
        return End(os.waitstatus_to_exitcode(status), text)


def start(ground: Ground, words: list[str], *, kill_at: int = 0, tear: bool = False) -> Running:
    """Start `batchpack` in a fork, where all is imported already; it kills itself before its n-th act on the disk."""
    out = ground.folder / f".out-{time.monotonic_ns()}"
    child = os.fork()
    if child == 0:
        _live(ground, words, out, kill_at, tear)
    return Running(child, out)


def run(ground: Ground, words: list[str], *, kill_at: int = 0, tear: bool = False, kill_after: float = 0.0) -> End:
    """Run `batchpack` to its end, or until it is killed after seconds."""
    if kill_at or kill_after:
        return start(ground, words, kill_at=kill_at, tear=tear).wait(kill_after or 60)
    end = start(ground, words).wait()
    # forked from a process with threads, a child can hang on a lock that one of them held, before it says a word
    return start(ground, words).wait() if end == End(-signal.SIGKILL, "") else end


def _live(ground: Ground, words: list[str], out: Path, kill_at: int, tear: bool) -> None:
    """Be the command, in the child."""
    code = 99
    try:
        stream = os.open(out, os.O_WRONLY | os.O_CREAT)
        for number in (1, 2):
            os.dup2(stream, number)
        sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
        os.chdir(ground.folder)
        os.environ.update(ground.environment())
        if kill_at:
            killer = killers._Killer(kill_at, "tear" if tear else "before", killers.ACTS)
            setattr(os, "fsync", killer.fsync)  # noqa: B010 - mypy knows what os.fsync takes
            sys.addaudithook(killer.hear)
        sys.argv = ["batchpack", *words]
        cli.main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def warm() -> None:
    """Import what commands import late, once for all forks."""
    os.environ.setdefault("ANTHROPIC_API_KEY", KEY)
    provider = App(manager.load).provider(None, "claude-haiku-5-5")
    provider.check({"model": "claude-haiku-5-5", "max_tokens": 1})
    client: Any = provider.connect("http://127.0.0.1:9")
    for ask, what in ((client.retrieve, "b"), (client.count_tokens, {"model": "m", "messages": []})):
        try:
            ask(what)
        except Exception:  # nobody listens there; what counts is the import
            continue


@dataclass
class Scenario:
    """A way in which things go wrong: what happens before, and what between two commands."""

    name: str
    before: Callable[[Ground], None] = lambda _: None
    between: Callable[[Ground, int], None] = lambda _ground, _number: None
    kills: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    ground: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Played:
    """What came of a scenario: commands that ran, how many were killed, and the service's books."""

    commands: int
    killed: int
    books: dict[str, Any]


def play(scenario: Scenario, base: Path, service: Remote, seed: int, *, fetch: bool = True) -> Played:
    """Bring a job to its end through a scenario; fails unless each item was paid once and (`fetch`) has its answer."""
    chance = random.Random(f"{scenario.name} {seed}")
    service.reset()
    service.options(**{"duration": 0.15, "list_lag": 0.0, "queue_limit": 0, "keys": {}, **scenario.options})
    ground = Ground(base / f"{scenario.name.replace(' ', '-')}-{seed}", service, **scenario.ground)
    scenario.before(ground)
    commands, killed = 0, 0
    for words in _words(ground):
        commands += 1
        ended = run(ground, words, **_kill(chance, words) if killed < scenario.kills else {})
        killed += ended.code == -signal.SIGKILL
        assert "Traceback" not in ended.text, ended.text
        assert ended.code in (0, 1, -signal.SIGKILL), f"{ended}"
        if ended.code == 0 and settled(ground):
            break
        scenario.between(ground, commands)
        assert commands < 40, f"no end: {ended.text}"
    return Played(commands, killed, finish(ground) if fetch else check(ground))


def _kill(chance: random.Random, words: list[str]) -> dict[str, Any]:
    """Choose a moment to die: before an act on the disk, in the middle of a line, or at any time."""
    how = chance.choice(["before", "before", "before", "tear", "time"])
    if how == "time":
        return {"kill_after": chance.uniform(0.05, 1.2)}
    first, last = ACTS[how, words[1]]
    return {"kill_at": chance.randint(first, last), "tear": how == "tear"}


def _words(ground: Ground) -> Iterator[list[str]]:
    """Yield the commands that a person would type: the same again, until there is a job that can be resumed."""
    while True:
        yield ground.resume if (ground.folder / jobs.ROOT / "reviews" / "job.json").exists() else ground.submit


def settled(ground: Ground) -> bool:
    """Tell whether each shard has a batch that is known to be ours."""
    return all(shard.proven for shard in ground.job.state().shards())


def finish(ground: Ground) -> dict[str, Any]:
    """Fetch the answers and return the books; fails for an item that has none."""
    books = check(ground)
    ended = run(ground, ["messages", "wait", "reviews", "--project", str(ground.folder)])
    assert 0 == ended.code, ended.text
    rows = [json.loads(line) for line in ground.job.answers.read_text().splitlines()]
    assert [f"doc-{number}" for number in range(ground.count)] == [row["key"] for row in rows]
    assert {"answered"} == {row["status"] for row in rows}
    return books


def check(ground: Ground) -> dict[str, Any]:
    """Return the books after all batches have ended; fails for an item that was not paid exactly once."""
    end = time.monotonic() + 10
    while True:
        books = ground.service.stats()
        if books["running"] == 0 or time.monotonic() > end:
            break
        time.sleep(0.05)
    state = ground.job.state()
    assert 0 == books["paid_twice"], books
    assert 0 == books["accepted_twice"], books
    assert ground.count == books["paid_ours"], books
    assert ground.count == sum(shard.requests for shard in state.shards() if shard.proven)
    assert set(books["ours"]) == {shard.batch for shard in state.shards()}
    return books
