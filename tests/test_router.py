"""router.sh and the door that it opens: the same program from everywhere, and never one that an agent could replace."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from batchpack import places
from batchpack.host import router_command, words
from batchpack.values import Target
from tests.support.pack import pack
from tests.support.project import Outcome, Project

PLACE = ".tools/skill/task-management/router.sh"
EVIL = "import pathlib\npathlib.Path('{mark}').write_text('ran')\n"


def rendered(python: str = sys.executable, package: str = str(places.package())) -> str:
    """Return router.sh for an interpreter and an engine."""
    base = Path("/home/user")
    target = Target("any", "user", base, base / ".any", "batchpack", python, package)
    skill = next(skill for skill in pack().skills if skill.matter.name == "task-management")
    texts = {path: template.render(words("any", {}, target, "")) for path, template in skill.beside()}
    return texts["router.sh"]


def with_router(project: Project, text: str | None = None) -> Project:
    """Make a repository with a feature of one subtask and router.sh in it."""
    project.write({PLACE: text or rendered(), "sub/folder/a.txt": "a\n"}).init_git()
    assert route(project, "init", "demo", "--name", "Demo").code in (0, 1)
    route(project, "add", "demo", "First", "--deliverable", "a.txt")
    return project


def route(project: Project, *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> Outcome:
    """Run router.sh as agents do, by its absolute path."""
    return project.execute(["bash", str(project.folder / PLACE), *arguments], cwd=cwd, env=env)


def test_it_answers_as_task_cli_does(project: Project) -> None:
    """Output, exit code and arguments with odd signs are those of task-cli."""
    with_router(project)

    for arguments in (["status", "demo"], ["next"], ["status", "nothing"], ["deps", "demo", "a b'\"$(id)*"], ["nope"]):
        ours, theirs = route(project, *arguments), project.execute(["task-cli", *arguments])
        assert (theirs.code, theirs.out) == (ours.code, ours.out)
    assert "○ 01 - First [pending]" in route(project, "status", "demo").assert_ok().out


def test_it_works_by_its_relative_path(project: Project) -> None:
    """From the root of a project, the path that is the same for everybody does."""
    with_router(project)

    assert "Demo" in project.execute(["bash", PLACE, "status"]).assert_ok().out


def test_its_help_can_be_copied(project: Project) -> None:
    """Usage lines begin with the command that was typed, quoted where it has to be."""
    with_router(project)
    spaced = Path(project.folder / "with space" / "router.sh")
    spaced.parent.mkdir()
    spaced.write_text(rendered())

    short = project.execute(["bash", PLACE, "status", "--help"]).assert_ok().out
    quoted = project.execute(["bash", "with space/router.sh", "status", "--help"]).assert_ok().out

    assert f"Usage: bash {PLACE} status [OPTIONS] [FEATURE]" in short
    assert "Usage: bash 'with space/router.sh' status [OPTIONS] [FEATURE]" in quoted
    assert "bash 'with space/router.sh'" == router_command("with space/router.sh")


def test_it_finds_the_tasks_from_everywhere(project: Project) -> None:
    """From a subfolder, a linked work tree and through a link the tasks are the project's."""
    with_router(project)
    linked, other = project.folder.parent / "linked tree", project.folder.parent / "other"
    project.git("worktree", "add", "-q", "-b", "other", str(linked))
    other.symlink_to(project.folder)

    for folder in (project.folder / "sub/folder", linked, linked / "sub", other, other / "sub"):
        assert "○ 01 - First [pending]" in route(project, "status", "demo", cwd=folder).assert_ok().out


def test_nothing_in_the_folder_or_the_environment_takes_its_place(project: Project, tmp_path: Path) -> None:
    """Modules in the present folder, python's variables and functions from the environment change nothing."""
    with_router(project)
    mark = tmp_path / "mark"
    evil = EVIL.format(mark=mark)
    names = ("batchpack/__init__.py", "batchpack/router.py", "json.py", "click.py", "sitecustomize.py", "encodings.py")
    project.write(dict.fromkeys(names, evil))
    shadow = str(project.folder)
    python = {
        "PYTHONPATH": shadow,
        "PYTHONSTARTUP": f"{shadow}/json.py",
        "PYTHONHOME": shadow,
        "PYTHONUSERBASE": shadow,
    }
    functions = {
        f"BASH_FUNC_{name}%%": f"() {{ : > {mark}; }}" for name in ("exec", "cd", "pwd", "printf", "unset", "exit")
    }

    for extra in (python, functions, {"CDPATH": "/", "ENV": f"{shadow}/json.py", "BASH_ENV": "/dev/null"}):
        assert "○ 01 - First [pending]" in route(project, "status", "demo", env=extra).assert_ok().out
    assert not mark.exists()


def _link(place: Path) -> Path:
    """Make a link to this interpreter at a place."""
    place.parent.mkdir(parents=True)
    place.symlink_to(sys.executable)
    return place


@pytest.mark.parametrize("folder", ["", "sub/folder"])
def test_an_interpreter_in_the_work_tree_is_refused(project: Project, folder: str) -> None:
    """An agent could have replaced an interpreter in its project; so none there is started, nor one behind a link."""
    python = _link(project.folder / ".venv/bin/python")
    with_router(project, rendered(str(python)))

    refused = route(project, "status", cwd=project.folder / folder)

    refused.assert_failed(f"Error: {python.parent} lies in this work tree", "outside of the project")


def test_a_package_in_the_work_tree_is_refused(project: Project) -> None:
    """An engine in the project is not run, also when only a link leads there; in another project it is."""
    (project.folder / "batchpack").mkdir()
    (project.folder / "batchpack/__init__.py").touch()
    outside = project.folder.parent / "outside"
    outside.symlink_to(project.folder / "batchpack")
    with_router(project, rendered(package=str(outside)))
    elsewhere = Project(project.folder.parent / "other").init_git()

    route(project, "status").assert_failed(f"Error: {outside} lies in this work tree")
    route(project, "status", cwd=elsewhere.folder).assert_ok()
    route(project, "status", cwd=project.home).assert_ok()


@pytest.mark.parametrize(
    ("python", "package"),
    [
        ("/nowhere/bin/python", str(places.package())),
        ("/usr", str(places.package())),
        (sys.executable, "/nowhere/batchpack"),
        ("/it's/bin/python", str(places.package())),
    ],
)
def test_what_is_gone_is_said(project: Project, python: str, package: str) -> None:
    """Without interpreter or engine it says which, and what to do."""
    with_router(project, rendered(python, package))

    gone = package if package.startswith("/nowhere") else python

    route(project, "status").assert_failed(gone, "gone", "run: batchpack install")
