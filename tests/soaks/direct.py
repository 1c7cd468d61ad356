"""Direct requests, killed at random again and again: `python -m tests.soaks.direct [ROUNDS]`.

Each round kills `messages stream` and `messages loop` three times at random moments, with answers lost and refusals on
the way, then lets them end. Fails unless every item is answered and every second payment was counted as unknown.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from batchpack.output import say
from tests.support.message_batches import Service
from tests.support.project import Project

ITEMS = {"stream": 60, "loop": 15}
KILLS = 3


def _begin(project: Project, service: Service, mode: str) -> subprocess.Popen[bytes]:
    """Begin the command in a process of its own."""
    prompt = "{{ text }}{% if previous is defined %} {{ previous }}{% endif %}"
    words = ["i.jsonl", "--prompt", prompt, "--model", "claude-haiku-5-5", "--max-tokens", "20"]
    env = project.environment({"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": service.url})
    argv = [sys.executable, "-m", "batchpack", "messages", mode, *words]
    return subprocess.Popen(argv, cwd=project.folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _hinder(service: Service, lot: random.Random) -> None:
    """Order some lost answers, refusals and delays."""
    for _ in range(lot.randrange(4)):
        kind = lot.choice(["drop_after", "drop_before", "status", "delay", "status_after"])
        facts = {"status": {"status": lot.choice([429, 529]), "retry_after": 0.05}, "delay": {"seconds": 0.1}}
        service.fault(kind, "messages", **facts.get(kind, {}))


def _killed(project: Project, service: Service, mode: str, lot: random.Random) -> bool:
    """Begin, and kill after a random number of answers; returns whether it was still at work."""
    process, before = _begin(project, service, mode), service.stats()["paid"]
    wanted, end = before + lot.randrange(1, ITEMS[mode] // 2), time.monotonic() + 30
    while service.stats()["paid"] < wanted and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(lot.random() * 0.02)
    alive = process.poll() is None
    process.kill()
    process.wait()
    return alive


def play(mode: str, seed: int) -> tuple[int, int, int]:
    """Play one round; returns kills, second payments and those counted as unknown."""
    lot = random.Random(f"{mode}{seed}")
    with tempfile.TemporaryDirectory() as name, Service(answer_length=lot.choice([3, 900])) as service:
        project = Project(Path(name))
        rows = "".join(json.dumps({"text": f"item {number}"}) + "\n" for number in range(ITEMS[mode]))
        project.write({"i.jsonl": rows})
        kills = 0
        for _ in range(KILLS):
            _hinder(service, lot)
            kills += _killed(project, service, mode, lot)
        service.faults.clear()
        for _ in range(3):
            _begin(project, service, mode).wait()
        (job,) = (path.parent for path in project.folder.glob(".batchpack/messages/*/job.json"))
        answers = [json.loads(line) for line in (job / "answers.jsonl").read_text().splitlines()]
        events = [json.loads(line) for line in (job / "journal.jsonl").read_text().splitlines() if line.endswith("}")]
        unknown = sum(event["event"] == "direct_intent" for event in events) - sum(
            event["event"] == "answered" and event["how"] != "unknown" for event in events
        )
        twice = service.stats()["paid_twice"]
        open_ = [answer for answer in answers if answer["status"] != "answered"]
        if len(answers) != ITEMS[mode] or open_ or twice > unknown:
            raise AssertionError(f"{mode} {seed}: {len(answers)} lines, {open_[:2]}, {twice} twice, {unknown} unknown")
        return kills, twice, unknown


def main(rounds: int) -> None:
    """Play and print a table."""
    for mode, items in ITEMS.items():
        begun = time.monotonic()
        played = [play(mode, seed) for seed in range(rounds)]
        kills, twice, unknown = (sum(column) for column in zip(*played, strict=True))
        say(
            f"{mode:<8} {rounds} rounds, {kills} kills, {rounds * items} items: all answered, "
            f"{twice} paid twice of {unknown} counted as unknown, {time.monotonic() - begun:.0f} s"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
