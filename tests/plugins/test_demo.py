"""The demo's executor."""

from __future__ import annotations

import sys
from pathlib import Path

from batchpack import manager
from batchpack.executor import Order
from tests.support.project import ROOT


def test_it_says_the_argv_of_an_agent() -> None:
    """The agent is a program beside the page, run with this very Python, with role and prompt as plain words."""
    launch = manager.load().executors["demo"].launch(Order("t", 1, Path("/run/p.md"), Path("/run"), agent="backend-go"))

    assert (sys.executable, str(ROOT / "plugins/demo/agent.py"), "backend-go", "/run/p.md") == launch.argv


def test_it_reads_what_the_agent_printed(tmp_path: Path) -> None:
    """What stands on standard output is the answer; nothing is missing, and nothing is known of usage."""
    (tmp_path / "out").write_text("one line\n")
    demo = manager.load().executors["demo"]
    answer = demo.read(Order("t", 1, tmp_path / "p.md", tmp_path), tmp_path / "out", tmp_path / "err", 0)

    assert ("one line\n", None, "") == (answer.text, answer.usage, demo.missing())
