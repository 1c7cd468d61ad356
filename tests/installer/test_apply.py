"""Installs and uninstalls that die by SIGKILL just before any of their acts on the disk."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from batchpack import cli, content, render
from batchpack.installer import service, settings, targets
from tests.support.killer import Mode, killed_at
from tests.support.project import Project
from tests.support.toy import put_toys
from tests.support.walker import state_of

WARM = (content, render, service, settings, targets)
"""Imported here, so that forked processes do not import them again."""
SETTINGS = {
    "settings.json": '{\n  "hooks": {"stop": ["mine"]}, // mine\n}\n',
    "config.toml": "# mine\na = 1",
    "config.yaml": "tools:\n  other: 1\n",
}
NEVER = 10**9


@pytest.fixture
def place(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Make this process look into a fresh home and project, the latter with settings of the user's."""
    put_toys(project.home)
    project.write({f".toy/{name}": text for name, text in SETTINGS.items()})
    monkeypatch.setenv("HOME", str(project.home))
    monkeypatch.chdir(project.folder)
    return project


def run(number: int, mode: Mode, *words: str) -> bool:
    """Run `batchpack` in a process that dies before its n-th act; tell whether it did."""

    def act() -> None:
        sys.argv = ["batchpack", *words]
        with Path(os.devnull).open("w") as sink, redirect_stdout(sink), pytest.raises(SystemExit) as end:
            cli.main()
        assert not end.value.code, f"exit code {end.value.code}"

    return killed_at(number, mode, act)


def install(number: int = NEVER, mode: Mode = "before") -> bool:
    """Install the toy host into the project."""
    return run(number, mode, "install", "--host", "toy", "--project", ".", "--yes", "--no-check")


def uninstall(number: int = NEVER, mode: Mode = "before") -> bool:
    """Uninstall."""
    return run(number, mode, "uninstall", "--yes")


def everything(project: Project) -> dict[str, bytes | str]:
    """Return the state of home and project; only receipts and their folder may differ between two installs."""
    return {name: data for name, data in state_of(project).items() if "/receipts/" not in name}


def numbers() -> Iterator[int]:
    """Count from 1."""
    yield from range(1, 400)


@pytest.mark.parametrize("mode", ["before", "tear"])
def test_an_install_killed_anywhere_can_be_taken_back(place: Project, mode: Mode) -> None:
    """Uninstall after a kill restores every byte, whatever stood on the disk at that moment."""
    before = state_of(place)
    for number in numbers():
        killed = install(number, mode)
        assert not uninstall()
        assert before == state_of(place), f"killed before act {number}"
        if not killed:
            break
    assert number > (20 if mode == "before" else 8)


@pytest.mark.parametrize("mode", ["before", "tear"])
def test_an_install_killed_anywhere_can_be_repeated(place: Project, mode: Mode) -> None:
    """The same install again ends as if nothing had happened, and can then be taken back."""
    before = state_of(place)
    install()
    wanted = everything(place)
    uninstall()
    for number in numbers():
        killed = install(number, mode)
        assert not install()
        assert wanted == everything(place), f"killed before act {number}"
        assert not uninstall()
        assert before == state_of(place), f"killed before act {number}"
        if not killed:
            break


def test_an_uninstall_killed_anywhere_can_be_repeated(place: Project) -> None:
    """The same uninstall again restores every byte of the user's; the empty state folder may stay."""
    before = state_of(place)
    for number in numbers():
        install()
        killed = uninstall(number)
        assert not uninstall()
        now = state_of(place)
        assert before == {name: data for name, data in now.items() if ".local" not in name}, f"killed at {number}"
        assert all(str(data).startswith("/ ") for name, data in now.items() if ".local" in name), f"killed at {number}"
        for folder in (".local/state/batchpack/receipts", ".local/state/batchpack", ".local/state", ".local"):
            if (place.home / folder).is_dir():
                (place.home / folder).rmdir()
        if not killed:
            break


def test_an_upgrade_killed_anywhere_can_be_repeated_or_taken_back(
    place: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill between two versions leaves nothing of either behind."""
    before = state_of(place)
    monkeypatch.setenv("TOY_VERSION", "2")
    install()
    wanted = everything(place)
    uninstall()
    for number in numbers():
        monkeypatch.setenv("TOY_VERSION", "1")
        install()
        monkeypatch.setenv("TOY_VERSION", "2")
        killed = install(number)
        if number % 2:
            assert not install()
            assert wanted == everything(place), f"killed before act {number}"
        assert not uninstall()
        assert before == state_of(place), f"killed before act {number}"
        if not killed:
            break


def test_what_waits_for_its_name_is_cleared(place: Project) -> None:
    """Half-written files of a killed install are gone after the next one."""
    for number in (25, 30):
        install(number)
    assert not install()
    assert [] == list(Path.cwd().rglob("*.tmp"))
