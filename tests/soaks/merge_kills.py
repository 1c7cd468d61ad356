"""A merger killed with SIGKILL before each of its acts, then at any moment; `python -m tests.soaks.merge_kills 200`.

After each kill the next step must end where an undisturbed one does: the same commits on the branch, each entry
settled once, `git fsck` clean, the user's tree untouched, no gate of the killed merger alive.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.merging import kills
from tests.merging.ground import Ground
from tests.support.project import Project


def at_any_moment(ground: Ground, times: int, seconds: float) -> int:
    """Kill steps at random moments with their git and gates left running; return how many were caught at work."""
    base = ground.root.parent
    kills.renew(ground)
    whole = kills.step(base, kills.GATE)
    caught = 0
    for number in range(times):
        kills.renew(ground)
        child = subprocess.Popen([sys.executable, "-m", "tests.merging.kills", str(base), kills.GATE])
        time.sleep(random.uniform(0.0, seconds))
        child.send_signal(signal.SIGKILL)
        caught += child.wait() == -signal.SIGKILL
        kills.step(base, kills.GATE)
        kills.check(ground, whole, number)
    return caught


def duration(ground: Ground) -> float:
    """Return how long an undisturbed step takes in a process of its own."""
    kills.renew(ground)
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "tests.merging.kills", str(ground.root.parent), kills.GATE], check=True)
    return time.monotonic() - began


def main() -> None:
    """Run both and say how many were killed."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Project(Path(folder)))
        with closing(ground.queue):
            kills.fill(ground)
            acts = kills.all_ways(ground, range(1, 10_000))
            print(f"killed before each of {acts} acts: nothing lost")  # noqa: T201
            seconds = duration(ground)
            caught = at_any_moment(ground, times, seconds)
            print(f"killed {times} times within {seconds:.1f} s, {caught} at work: nothing lost")  # noqa: T201


if __name__ == "__main__":
    main()
