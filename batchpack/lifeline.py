"""A program between us and another one: when we die, however that is, it kills what it started; standard library."""

from __future__ import annotations

import os
import signal
import sys
import threading

NOT_STARTED = 127


def main(words: list[str]) -> int:
    """Run a program while a pipe is open: `<number of the pipe> <program> [word...]`; returns its exit code."""
    line, argv = int(words[0]), words[1:]
    child = os.fork()
    if child == 0:
        os.close(line)
        try:
            os.execvp(argv[0], argv)  # noqa: S606 - an argv, and no shell
        except OSError as error:
            os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
            os._exit(NOT_STARTED)
    threading.Thread(target=_hold, args=(line,), daemon=True).start()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


def _hold(line: int) -> None:
    """Wait until whoever holds the other end is gone, and kill our whole group then: we are in it too."""
    os.read(line, 1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
