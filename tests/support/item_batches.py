"""A project with items to be worked on, and the commands that are called there."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.support.project import Outcome, Project

ROWS = [
    {"id": f"i{n}", "at": f"2025-{11 + n % 2}-03T10:00:00Z", "subject": f"s{n}", "team": "ab"[n % 2]} for n in range(6)
]


@dataclass(frozen=True)
class ItemBatch:
    """A batch of six items, cut by month into two chunks of three."""

    project: Project

    def items(self, *words: str, stdin: str = "") -> Outcome:
        """Run `batchpack items <words>`."""
        return self.project.run("items", *words, stdin=stdin)

    def claim(self) -> tuple[str, str]:
        """Claim the next task; returns its id and its token."""
        task = self.items("claim", "--worker", "w", "--json").json()["task"]
        return task["id"], str(task["token"])

    def judge(self, *rows: dict[str, object]) -> Outcome:
        """Claim the next task and record what was judged."""
        task, token = self.claim()
        text = "".join(json.dumps(row) + "\n" for row in rows)
        return self.items("record", task, "--token", token, "--file", "-", stdin=text)


def make_batch(project: Project) -> ItemBatch:
    """Make the batch `mails`."""
    project.write({"mails.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS)})
    batch = ItemBatch(project)
    batch.items("add", "mails.jsonl", "--name", "mails").assert_ok()
    batch.items("chunk", "--by", "month").assert_ok()
    return batch
