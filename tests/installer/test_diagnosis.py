"""What doctor looks at."""

from __future__ import annotations

import sys
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


def test_links_are_what_goes_on_path(toy: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where install.py made links to this installation, their folder is to be on PATH, not the environment's."""
    program, link = tmp_path / "share/batchpack/venv/bin/batchpack", tmp_path / "bin/batchpack"
    for folder in (program.parent, link.parent):
        folder.mkdir(parents=True)
    program.touch()
    monkeypatch.setattr(sys, "executable", str(program.parent / "python"))
    monkeypatch.setenv("PATH", "/nowhere")
    app = App(lambda: Registry({"toy": toy}, {}, ()))

    def said() -> str:
        """Return what is said of the program on PATH."""
        checks = [check for section in diagnosis.diagnose(app, PACK) for check in section.checks]
        return next(check.detail for check in checks if check.name == "batchpack on PATH")

    assert f"put {program.parent} first on PATH" in said()
    link.symlink_to(program)
    assert f"put {link.parent} first on PATH" in said()
