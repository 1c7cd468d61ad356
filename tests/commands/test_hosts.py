"""`batchpack hosts`: found or not, versions, where the pack is installed."""

from __future__ import annotations

from tests.support.project import Project
from tests.support.toy import put_toys
from tests.support.walker import install, state_of

PROGRAM = '#!/bin/sh\n[ "$1" = --version ] || exit 1\ntouch "$HOME/litter"\necho "toy 4.5.6"\n'


def test_every_known_host_is_shown(project: Project) -> None:
    """A host with a program has its version, asked without leaving a file; one without is not found."""
    put_toys(project.home, "toy", "yot")
    program = project.folder / "bin" / "toy-program"
    project.write({"bin/toy-program": PROGRAM})
    program.chmod(0o755)
    env = {"PATH": f"{program.parent}:/usr/bin:/bin"}
    install(project, "--host", "toy").assert_ok()
    install(project, "--host", "toy", "--project", ".").assert_ok()
    before = state_of(project)

    hosts = {host["host"]: host for host in project.run("hosts", "--json", env=env).json()["hosts"]}
    said = project.run("hosts", env=env).assert_ok().out

    toy = hosts["toy"]
    assert (True, str(program), "toy 4.5.6") == (toy["found"], toy["program"], toy["version"])
    assert ["user", "project"] == toy["installed"]
    assert ["what agents of toy read"] == toy["limits"]
    assert (False, None, []) == (hosts["yot"]["found"], hosts["yot"]["version"], hosts["yot"]["installed"])
    assert "cannot enforce: what agents of toy read" in said
    assert before == state_of(project)


def test_a_program_that_fails_has_no_version(project: Project) -> None:
    """It is found nevertheless."""
    put_toys(project.home)
    project.write({"bin/toy-program": "#!/bin/sh\nexit 3\n"})
    (project.folder / "bin/toy-program").chmod(0o755)
    said = project.run("hosts", env={"PATH": f"{project.folder}/bin:/usr/bin:/bin"}).assert_ok().out
    assert "version unknown" in said
