"""The demo's executor."""

from __future__ import annotations

import sys
from pathlib import Path

from batchpack import manager
from tests.support.project import ROOT


def test_it_says_the_argv_of_an_agent() -> None:
    """The agent is a program beside the page, run with this very Python, with role and prompt as plain words."""
    argv = manager.load().executors["demo"].command("backend-go", Path("/run/p.md"))

    assert [sys.executable, str(ROOT / "plugins/demo/agent.py"), "backend-go", "/run/p.md"] == argv
