"""Install, ask the real program, let it start, uninstall: nothing of ours is left, nor what it left in our folders."""

from __future__ import annotations

import pytest

from tests.support import hosts
from tests.support.project import Project, tree
from tests.support.walker import state_of

STATE = ".local/state/batchpack"
STARTS = {
    hosts.OPENCODE: ["debug", "config"],
    hosts.CLAUDE: ["-p", "/usage", "--output-format", "stream-json", "--verbose"],
}


@pytest.fixture(params=list(STARTS))
def kind(request: pytest.FixtureRequest) -> str:
    """Name a program."""
    return str(request.param)


@pytest.fixture
def env(kind: str, project: Project) -> dict[str, str]:
    """Put the program on PATH under its usual name."""
    links = project.home.parent / "programs"
    links.mkdir()
    (links / kind).symlink_to(hosts.find(kind).resolve())
    path = f"{links}:{project.environment()['PATH']}"
    return {"PATH": path, "PWD": str(project.folder), **hosts._OPENCODE}


@pytest.mark.parametrize("scope", ["user", "project"])
def test_a_check_leaves_no_file(project: Project, kind: str, env: dict[str, str], scope: str) -> None:
    """Install and doctor hear from the real program that all of it loaded, and write no more than without asking."""
    project.init_git()
    words = ("install", "--host", hosts.HOST_OF[kind], "--scope", scope, "--yes")
    project.run(*words, "--no-check", env=env).assert_ok()
    before = state_of(project)
    facts = project.run(*words, "--json", env=env).json()["hosts"][0]
    project.run("doctor", env=env).assert_ok()

    assert facts["checks"]
    assert [] == [check for check in facts["checks"] if not check["ok"]]
    assert before == state_of(project)


@pytest.mark.parametrize("scope", ["user", "project"])
def test_nothing_is_left_after_the_program_ran(project: Project, kind: str, env: dict[str, str], scope: str) -> None:
    """What the program wrote into a config folder of ours goes with the folder; records, logs and marks stay."""
    project.init_git()
    before = _without_git(project)
    project.run("install", "--host", hosts.HOST_OF[kind], "--scope", scope, "--yes", env=env).assert_ok()
    if kind == hosts.OPENCODE:
        _spare_the_network(project)
    started = project.execute([kind, *STARTS[kind]], env=env, timeout=60)
    assert 0 == started.code, str(started)
    project.run("uninstall", "--yes", env=env).assert_ok()

    assert before == _without_git(project)
    found = [path for path in project.home.rglob("*") if "batchpack" in path.name or "batch-run" in path.name]
    left = [path for path in found if ".cache" not in path.parts and path != project.home / STATE]
    assert [] == left
    assert not (project.home / STATE).exists() or ["marks"] == [path.name for path in (project.home / STATE).iterdir()]
    if kind == hosts.OPENCODE and scope == "user":
        assert not (project.home / ".config").exists()


def _spare_the_network(project: Project) -> None:
    """Put there what opencode would fetch, so that it only writes the rest."""
    for folder in (project.home / ".config/opencode", project.folder / ".opencode"):
        if folder.is_dir() or ".config" in folder.parts:
            (folder / "node_modules").mkdir(parents=True)
            (folder / "package-lock.json").write_text('{"packages": {"node_modules/@opencode-ai/plugin": {}}}')


def _without_git(project: Project) -> dict[str, bytes | str]:
    """Return the project without git's own folder."""
    return {name: data for name, data in tree(project.folder).items() if not name.startswith(".git/")}
