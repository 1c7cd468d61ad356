"""`batchpack doctor`: what it finds wrong, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import Project
from tests.support.toy import put_toys
from tests.support.walker import install, state_of

HERE = ("--host", "toy", "--project", ".")
AGENT = ".toy/agent/one.md"


@pytest.fixture
def toy(project: Project) -> Project:
    """Make a project in which the toy host is installed."""
    put_toys(project.home)
    install(project, *HERE).assert_ok()
    return project


def checks(project: Project, code: int, **env: str) -> dict[str, tuple[bool | None, str]]:
    """Return doctor's checks by name, after looking at its exit code and that it changed nothing."""
    before = state_of(project)
    done = project.run("doctor", "--json", env=env)
    assert code == done.code, str(done)
    assert before == state_of(project)
    facts: dict[str, Any] = json.loads(done.out)
    assert (code == 0) == facts["ok"]
    found = [check for section in facts["sections"] for check in section["checks"]]
    return {check["name"]: (check["ok"], check["detail"]) for check in found}


def test_all_is_well(toy: Project) -> None:
    """Python, PATH, git, folders, files and the host's own answer are fine; limits are told."""
    found = checks(toy, 0)
    assert {"Python", "batchpack on PATH", "git", "files", "toy loads its skill"} <= set(found)
    assert all(ok for ok, _ in found.values())
    assert "cannot enforce: what agents of toy read" in toy.run("doctor").assert_ok().out


def test_nothing_is_installed(project: Project) -> None:
    """That is fine, and the reader learns what to type."""
    assert "batchpack install" in project.run("doctor").assert_ok().out


def test_a_missing_file_is_a_failure(toy: Project) -> None:
    """It is named, with the command that mends it."""
    (toy.folder / AGENT).unlink()
    ok, detail = checks(toy, 1)["files"]
    assert (False, True, True) == (ok, AGENT in detail, "batchpack install --host toy" in detail)


def test_what_the_user_changed_is_no_failure(toy: Project) -> None:
    """It is told."""
    toy.write({AGENT: "mine"})
    ok, detail = checks(toy, 0)["changed by you"]
    assert (None, True) == (ok, AGENT in detail)


def test_an_older_version_is_a_failure(toy: Project) -> None:
    """Files that this version would write otherwise are told, and so is the version of the receipt."""
    [path] = (toy.home / ".local/state/batchpack/receipts").glob("*/receipt.json")
    path.write_text(path.read_text().replace('"pack": "', '"pack": "0.0.'))
    found = checks(toy, 1, TOY_VERSION="2")
    assert (False, False) == (found["files"][0], found["version"][0])
    assert "installed by 0.0." in found["version"][1]


def test_an_interrupted_install_is_a_failure(toy: Project) -> None:
    """The reader is told to install again."""
    [path] = (toy.home / ".local/state/batchpack/receipts").glob("*/receipt.json")
    path.write_text(path.read_text().replace('"state": "complete"', '"state": "pending"'))
    assert checks(toy, 1)["install complete"][0] is False


def test_a_host_that_did_not_load_is_a_failure(toy: Project) -> None:
    """The host's own answer counts; one that cannot be asked does not."""
    assert checks(toy, 1, TOY_CHECK="bad")["toy loads its skill"][0] is False
    assert checks(toy, 0, TOY_CHECK="none")["toy loads its skill"][0] is None


def test_a_path_without_us_is_a_failure_for_projects(toy: Project) -> None:
    """Files in a project call `batchpack` by its name."""
    ok, detail = checks(toy, 1, PATH="/usr/bin:/bin")["batchpack on PATH"]
    assert (False, True) == (ok, "first on PATH" in detail)


def test_a_path_without_git_is_a_failure(toy: Project) -> None:
    """Worktrees need it."""
    empty = toy.folder / "empty"
    empty.mkdir()
    assert "install it" in checks(toy, 1, PATH=str(empty))["git"][1]


def test_plugins_that_are_switched_off_are_told(toy: Project) -> None:
    """A receipt whose host nobody offers any more is a failure; the switch is named."""
    found = checks(toy, 1, BATCHPACK_NO_PLUGINS="1")
    assert (None, False) == (found["plugins of others"][0], found["host"][0])


def test_broken_settings_are_told_with_their_place(toy: Project) -> None:
    """Line and column are named, and other installs are looked at all the same."""
    install(toy, "--host", "toy").assert_ok()
    Path(toy.folder / ".toy/config.toml").write_text("a = \n")
    found = checks(toy, 1)
    assert "config.toml:1:5" in found["files"][1] or "config.toml:1:5" in toy.run("doctor").out
