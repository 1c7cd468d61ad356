"""What doctor looks at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.app import App, Registry
from batchpack.host import Host
from batchpack.installer import diagnosis
from batchpack.installer.receipts import Receipt
from tests.installer.conftest import PACK


def found(toy: Host) -> dict[str, bool | None]:
    """Return all checks by name."""
    app = App(lambda: Registry({"toy": toy}, {}, ()))
    return {check.name: check.ok for section in diagnosis.diagnose(app, PACK) for check in section.checks}


def test_machine_and_installs(put: Callable[[], Receipt], toy: Host, base: Path) -> None:
    """Each has its section; a folder that is gone is a failure."""
    put()
    assert {"Python", "git", "files", "toy loads its skill"} <= set(found(toy))
    assert (True, True) == (found(toy)["files"], found(toy)["Python"])
    base.rename(base.with_name("moved"))
    assert found(toy)["folder"] is False


def test_an_unwritable_folder_is_a_failure(home: Path, toy: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the place of the state folder cannot be written into."""
    (home / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "file"))
    assert found(toy)[f"{home}/file/batchpack writable"] is False
