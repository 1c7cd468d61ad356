"""`python -I -m batchpack.guard`: judge the call on standard input and exit 0 (no objection, or a grant) or 2."""

from __future__ import annotations

import os
import sys

from batchpack.guard.program import main

if __name__ == "__main__":
    code = main(sys.argv[1:])
    os._exit(code)  # all is said and flushed; taking the interpreter down would cost a tenth of the call
