"""A large set from items to answers against the stand-in, once: `python -m tests.soaks.messages_million [ITEMS]`.

Prints for each command how long it took and its largest memory, and holds the end to the service's own books.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.message_batches.remote import Remote
from tests.support.project import ROOT

SHARD = 50_000


def step(words: list[str], folder: Path, url: str) -> str:
    """Run a command; prints seconds and megabytes, returns what it said."""
    environment = {**os.environ, "ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "key-of-nobody", "HOME": str(folder)}
    command = [sys.executable, "-m", "batchpack", "messages", *words, "--project", str(folder)]
    begun = time.monotonic()
    with (folder / "said").open("w") as out:
        child = subprocess.Popen(
            command, cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)}, stdout=out, stderr=out
        )
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    said = (folder / "said").read_text()
    took = time.monotonic() - begun
    print(f"{words[0]:<8} exit {child.returncode}   {took:7.1f} s   peak {usage.ru_maxrss / 1024:5.0f} MB", flush=True)  # noqa: T201
    assert child.returncode in (0, 1), said
    return said


def main() -> None:
    """Send, wait with retries, and check that each item was answered and paid exactly once."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with (
        tempfile.TemporaryDirectory(prefix="batchpack-soak-") as name,
        Remote(duration=1.0, expired=0.001, errored=0.001, answer_length=80) as service,
    ):
        folder = Path(name)
        with (folder / "items.jsonl").open("w") as out:
            out.writelines(f'{{"id":"doc-{n}","text":"document {n}, short"}}\n' for n in range(count))
        words = ["--prompt", "Review {{ text }}", "--model", "claude-haiku-5-5", "--max-tokens", "50", "--key", "id"]
        more = ["--shard-size", str(SHARD), "--queue-limit", str(10 * count), "--name", "large", "--no-canary"]
        step(["submit", "items.jsonl", *words, *more], folder, service.url)
        said = step(["wait", "large", "--retry", "--every", "1"], folder, service.url)
        step(["results", "large"], folder, service.url)
        print("\n".join(said.splitlines()[-5:]))  # noqa: T201
        check(folder / ".batchpack" / "messages" / "large", service, count)


def check(job: Path, service: Remote, count: int) -> None:
    """Hold answers and books to the items."""
    found = 0
    with (job / "answers.jsonl").open() as lines:
        for found, line in enumerate(lines, 1):
            record = json.loads(line)
            assert (found - 1, f"doc-{found - 1}") == (record["index"], record["key"])
    books = service.stats()
    print(f"{found:,} lines; paid {books['paid']:,}, paid twice {books['paid_twice']}")  # noqa: T201
    assert (count, 0) == (found, books["paid_twice"])


if __name__ == "__main__":
    main()
