"""The doors of all programs: quiet at once; a status line is printed, everything else goes to the commands.

They are entered here and not in the commands, since importing these is most of the time that a start takes.
"""

from __future__ import annotations

import sys

from batchpack import interrupts

LINE = ["status", "--line"]


def main() -> None:
    """Run `batchpack`; what a prompt asks for at every key does not wait for the commands to be imported."""
    interrupts.quiet()
    if sys.argv[1:] == LINE and _said_line():
        return
    from batchpack.cli import main as run

    run()


def metrics() -> None:
    """Run `batch-metrics`."""
    interrupts.quiet()
    from batchpack.cli import metrics_main

    metrics_main()


def tasks() -> None:
    """Run `task-cli`."""
    interrupts.quiet()
    from batchpack.cli import task_main

    task_main()


def _said_line() -> bool:
    """Print where the newest batch of this folder's project stands; False where the commands have to deal with it."""
    from pathlib import Path

    from batchpack import output, status_file

    try:
        if text := status_file.line(Path()):
            output.say(text)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
