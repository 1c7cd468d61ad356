"""`batch-metrics` as a program, and a ledger with something in it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from batchpack import ledger
from batchpack.collector import Complaint, Portion, Session, Source, Used
from tests.support.project import Outcome, Project

DOOR = [str(Path(sys.executable).with_name("batch-metrics"))]


def ask(project: Project, *words: str, **more: Any) -> Outcome:
    """Run the program."""
    return project.execute([*DOOR, *words], **more)


def remember(project: Project) -> None:
    """Put requests of two sessions into the ledger, one at the edge of a day, and one complaint."""
    now = time.time()
    one = Session("opencode", "one", agent="=HYPERLINK(1)", project=str(project.folder))
    two = Session("claude_code", "two", project="/elsewhere")
    facts = (
        Used(one, "a", now - 60, "claude-sonnet-4-5", input=1000, output=10),
        Used(two, "b", now - 86_400 * 3, "unheard-of", input=7),
        Complaint("no JSON \x1b[31m", "line 3"),
    )
    with ledger.open(project.home / ".local/state/batchpack/metrics.sqlite") as book:
        book.take("test", Source("/a/source", "1"), Portion(facts, {}), None)
