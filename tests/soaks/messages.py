"""Message jobs through everything that can go wrong: `python -m tests.soaks.messages [ROUNDS [WORD]]`.

Each round plays every scenario (or those with the word in their name) with other moments for the kills, and once in all
every act of a submission on the disk is a moment to die. Fails for an item that is paid twice or not at all.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from batchpack.output import say
from tests.messages.scenarios import SCENARIOS
from tests.support.message_batches.remote import Remote
from tests.support.message_jobs import Ground, Played, finish, play, run, settled, warm


def every_act(base: Path, service: Remote) -> tuple[int, int]:
    """Kill a submission before each of its acts, and in the middle of each line, and go on; returns kills and books."""
    kills = twice = 0
    for tear in (False, True):
        for number in range(1, 200):
            service.reset()
            ground = Ground(base / f"act-{tear}-{number}", service)
            code = run(ground, ground.submit, kill_at=number, tear=tear).code
            if code != -signal.SIGKILL:
                break
            kills += 1
            _go_on(ground)
            twice += finish(ground)["paid_twice"]
    return kills, twice


def _go_on(ground: Ground) -> None:
    """Run the same command again until nothing is in doubt."""
    for _ in range(20):
        begun = (ground.folder / ".batchpack/messages/reviews/job.json").exists()
        ended = run(ground, ground.resume if begun else ground.submit)
        if ended.code == 0 and settled(ground):
            return
    raise AssertionError(ended.text)


def main(rounds: int, word: str) -> None:
    """Play and print a table."""
    warm()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name, Remote(duration=0.15) as service:
        base = Path(name)
        for scenario in SCENARIOS:
            if word in scenario.name:
                played = [_once(play(scenario, base, service, seed), base) for seed in range(rounds)]
                say(_row(scenario.name, played))
        if not word:
            kills, twice = every_act(base, service)
            say(f"{'each act in turn':<32} {kills:>4} runs {kills:>4} kills   paid twice {twice}")
    say(f"{time.monotonic() - begun:.0f} s")


def _once(played: Played, base: Path) -> Played:
    """Make room after a run."""
    for folder in base.iterdir():
        shutil.rmtree(folder)
    return played


def _row(name: str, played: list[Played]) -> str:
    """Say what came of a scenario."""
    commands, kills = (sum(getattr(one, word) for one in played) for word in ("commands", "killed"))
    paid, twice = (sum(one.books[word] for one in played) for word in ("paid_ours", "paid_twice"))
    found = sum(one.books["calls"].get("list", 0) for one in played)
    return (
        f"{name:<32} {len(played):>4} runs {kills:>4} kills {commands:>4} commands {found:>5} lists "
        f"{paid:>6} paid   paid twice {twice}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20, sys.argv[2] if len(sys.argv) > 2 else "")
