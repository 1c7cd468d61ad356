"""A home, a project and a small pack for tests that need no process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.content import Pack
from batchpack.host import Host
from batchpack.installer import receipts, service, state
from batchpack.installer.apply import apply
from batchpack.installer.receipts import Receipt
from tests.support.toy import toy_host

PACK = Pack("1.0.0", (), ())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home of the user's."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def base(home: Path) -> Path:
    """Make a project."""
    folder = home.parent / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def toy() -> Host:
    """Make the toy host."""
    return toy_host()


@pytest.fixture
def put(base: Path, toy: Host) -> Callable[[], Receipt]:
    """Return a function that installs the toy host into the project."""

    def install() -> Receipt:
        [outcome] = service.prepare([toy], PACK, "project", base)
        assert outcome.plan is not None, outcome.error
        with state.exclusive():
            apply(outcome.plan, PACK.version)
        found = receipts.read("toy", "project", base)
        assert found is not None
        return found

    return install
