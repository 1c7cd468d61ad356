"""Every host through its whole life, on an empty machine and on one where much is there already."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack import manager
from batchpack.host import Host
from tests.support.project import Project
from tests.support.toy import put_toys
from tests.support.walker import check_life, install, state_of, uninstall

HOSTS = manager.load().hosts
LIVES = [
    (name, scope) for name, host in HOSTS.items() for scope in ("user", "project")
    if scope == "user" or host.PLACES.project
]  # fmt: skip


@pytest.mark.parametrize(("name", "scope"), LIVES)
def test_a_host_lives_and_leaves_no_trace(project: Project, name: str, scope: str) -> None:
    """Plan, install, install again and uninstall any registered host in an empty home and project."""
    files = check_life(project, name, scope)

    assert files


@pytest.mark.parametrize(("name", "scope"), LIVES)
def test_a_host_lives_beside_what_is_there(project: Project, name: str, scope: str) -> None:
    """The same in a home and project that hold the user's own files in the host's folder."""
    folder = _folder(project, HOSTS[name], scope)
    (folder / "skills" / "mine").mkdir(parents=True)
    (folder / "skills" / "mine" / "SKILL.md").write_text("---\nname: mine\n---\n")
    (folder / "notes.txt").write_text("mine")
    (folder / "notes.txt").chmod(0o600)

    check_life(project, name, scope)


def _folder(project: Project, host: Host, scope: str) -> Path:
    """Return a host's config folder."""
    return project.home / host.PLACES.user if scope == "user" else project.folder / str(host.PLACES.project)


@pytest.mark.parametrize("scope", ["user", "project"])
def test_settings_of_every_format_live_too(project: Project, scope: str) -> None:
    """A host that edits JSON, TOML and YAML leaves each of them as it was, where they were there and where not."""
    put_toys(project.home)
    check_life(project, "toy", scope)

    folder = project.home / ".config/toy" if scope == "user" else project.folder / ".toy"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_bytes(b'\xef\xbb\xbf{\r\n\t// mine\r\n\t"hooks": {"stop": [1,],},\r\n}')
    (folder / "config.toml").write_bytes(b"# mine\r\na = 1\r\n")
    (folder / "config.yaml").write_bytes(b"tools: {other: [1, 2]} # mine")
    (folder / "settings.json").chmod(0o600)
    check_life(project, "toy", scope)


def test_all_hosts_at_once(project: Project) -> None:
    """Hosts that share folders are installed together and go one by one, in any order."""
    put_toys(project.home, "toy", "yot")
    before = state_of(project)

    install(project, "--host", "toy", "--host", "yot", "--host", "opencode").assert_ok()
    uninstall(project, "--host", "toy").assert_ok()
    assert not (project.home / ".config/toy").exists()
    assert (project.home / ".config/yot").exists()
    uninstall(project, "--host", "opencode").assert_ok()
    uninstall(project).assert_ok()

    assert before == state_of(project)


def test_both_scopes_at_once(project: Project) -> None:
    """Without a host, uninstall takes back what receipts name for the user and for this project."""
    put_toys(project.home)
    before = state_of(project)

    install(project, "--host", "toy").assert_ok()
    install(project, "--host", "toy", "--project", ".").assert_ok()
    facts = project.run("uninstall", "--yes", "--json").json()

    assert {"user", "project"} == {receipt["scope"] for receipt in facts["receipts"]}
    assert before == state_of(project)
