"""`python -I -m batchpack.guard`: judge the call on standard input and exit 0 (no objection, or a grant) or 2."""

from __future__ import annotations

import os
import signal
import sys

SECONDS = 60
"""A host lets a call through once its hook has taken too long; long before that the guard ends itself, which blocks."""

signal.alarm(SECONDS)  # before anything that reads: a policy on a disk that hangs must not keep it waiting

from batchpack.guard.program import main  # noqa: E402

if __name__ == "__main__":
    code = main(sys.argv[1:])
    os._exit(code)  # all is said and flushed; taking the interpreter down would cost a tenth of the call
