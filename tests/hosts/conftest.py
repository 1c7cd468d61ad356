"""Fixtures for tests in real hosts: a session of one of the programs in a fresh project."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support import hosts
from tests.support.model import Script
from tests.support.project import Project

Open = Callable[[str, Script], hosts.Session]


@pytest.fixture
def open_host(project: Project) -> Iterator[Open]:
    """Return a function that opens a host in the test's project, a repository with one commit."""
    project.write({"README.md": "# A project\n", "go.mod": "module example.com/a\n"}).init_git()
    with ExitStack() as stack:
        yield lambda kind, script: stack.enter_context(hosts.session(kind, project, script))
