"""The door of `batchpack`: a status line is printed at once, everything else goes to the commands."""

from __future__ import annotations

import sys

LINE = ["status", "--line"]


def main() -> None:
    """Run `batchpack`; what a prompt asks for at every key does not wait for the commands to be imported."""
    if sys.argv[1:] == LINE and _said_line():
        return
    from batchpack.cli import main as run

    run()


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
