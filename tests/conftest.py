"""Fixtures for all tests: the real home is out of reach, projects are fresh."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.support.project import Project

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a job in the background ignores Ctrl-C and hands that on; tests of Ctrl-C must not depend on who started them
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_real_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point HOME at an empty folder and drop what leads elsewhere: a test that forgets its own reads not the user's."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("no-home")))
    xdg = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    for name in (*xdg, "CLAUDE_CONFIG_DIR", "OPENCODE_DB", "OSA_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Make a fresh project folder with a fresh HOME."""
    return Project(tmp_path)
