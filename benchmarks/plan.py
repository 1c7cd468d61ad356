"""`batchpack plan` on a 200-word task against `python -c pass` of the same interpreter."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from timing import Command, compare

WORDS = """
Build user authentication with a React frontend and a Go backend for the customer portal. The backend needs
endpoints for sign up, sign in, sign out and password reset, backed by PostgreSQL, with rate limits and audit
records. The frontend gets the matching pages and components, keeps the session in a cookie and shows errors that a
tired person understands. Cover the whole with unit and end to end tests, with at least eighty percent coverage of
the handlers. Please research what the two older services do today before you design the schema, since one of them
still writes its own tokens. Do not touch the billing pages. Latency of sign in must stay under one hundred
milliseconds at the ninety fifth percentile, so measure it and optimize where it is worse. When all of that works,
have the flow checked for vulnerability classes that matter here: injection, session fixation, open redirects and
missing limits. Deploy to the staging cluster with Docker, leave production alone, and write docs for the people who
will run it at night. If something in the request contradicts the code that you find, say so in the report instead
of guessing, and keep each change small enough that a colleague can read it over one cup of coffee and then go home.
"""


def main() -> None:
    """Print the table."""
    folder = Path(tempfile.mkdtemp(prefix="batchpack-bench-"))
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    text = " ".join(WORDS.split())
    print(f"a task of {len(text.split())} words")
    compare(
        Command("batchpack plan", [sys.executable, "-m", "batchpack", "plan", text], lambda: folder, env),
        Command("python -c pass", [sys.executable, "-c", "pass"], lambda: folder, env),
        rounds=31,
        aim=12,
    )


if __name__ == "__main__":
    main()
