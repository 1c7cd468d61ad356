"""`python -I -m batchpack.guard`: judge the call on standard input and exit 0 (no objection, or a grant) or 2."""

from __future__ import annotations

import sys

from batchpack.guard.program import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
