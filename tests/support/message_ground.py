"""Jobs that were sent and wait to be collected: items with marks that choose what becomes of each."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.message_batches.remote import Remote
from tests.support.message_jobs import End, Ground, run

MARKS = {3: "expired:1", 5: "errored:overloaded_error:1", 7: "max_tokens", 9: "refusal"}
"""By default two items come back at no charge, and fare well when asked again; two are paid for in vain."""


class Collected(Ground):
    """A ground whose items have marks: number of the item → what the stand-in makes of it."""

    def mark(self, marks: Mapping[int, str]) -> Collected:
        """Write the items anew."""
        rows = [{"id": f"doc-{n}", "text": f"document {n}" + _mark(marks.get(n))} for n in range(self.count)]
        (self.folder / "items.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        return self

    def send(self, *words: str) -> Collected:
        """Submit the items without a canary."""
        sent = run(self, [*self.submit, "--no-canary", *words])
        assert sent.code == 0, sent.text
        return self

    def do(self, command: str, *words: str, **how: Any) -> End:
        """Run a command on the job; fails on a traceback."""
        ended = run(self, ["messages", command, "reviews", *words, "--project", str(self.folder)], **how)
        assert "Traceback" not in ended.text, ended.text
        return ended

    def wait(self, *words: str, **how: Any) -> End:
        """Wait for the job."""
        return self.do("wait", "--every", "0.1", *words, **how)

    def settled(self) -> Collected:
        """Let the service come to the end of all that it has."""
        end = time.monotonic() + 10
        while self.service.stats()["running"] and time.monotonic() < end:
            time.sleep(0.02)
        return self

    def answers(self) -> list[dict[str, Any]]:
        """Return the answers."""
        return [json.loads(line) for line in self.job.answers.read_text().splitlines()]

    def facts(self) -> dict[str, Any]:
        """Return what `status --json` says."""
        ended = self.do("status", "--json")
        assert ended.code == 0, ended.text
        found: dict[str, Any] = json.loads(ended.text)
        return found


def _mark(kind: str | None) -> str:
    """Return the mark for an outcome."""
    return f" [[fake:{kind}]]" if kind else ""


def sent(folder: Path, service: Remote, marks: Mapping[int, str] = MARKS, *words: str, **options: Any) -> Collected:
    """Return a job that was sent, at a service with empty books and these options."""
    service.reset()
    plain = {"duration": 0.15, "list_lag": 0.0, "queue_limit": 0, "keys": {}, "answer_length": 80}
    service.options(**plain | options)
    return Collected(folder / "ground", service).mark(marks).send(*words)
