"""The door of router.sh: task-cli, with the script's path as first argument, so that usage lines can be copied."""

from __future__ import annotations

import shlex
import sys

from batchpack import interrupts

if __name__ == "__main__":
    interrupts.quiet()
    from batchpack.cli import task_main

    task_main(f"bash {shlex.quote(sys.argv.pop(1))}")
