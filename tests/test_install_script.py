"""install.py, the door from a clone: set-up, repair, upgrade, removal, and each trouble in two lines."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.installs import copy_clone
from tests.support.project import Outcome, Project, tree

TOOLS = ("git", "bash", "sh", "env", "uname")
SHARED = "batchpack-install-cache"


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy this clone once."""
    return copy_clone(tmp_path_factory.mktemp("pristine") / "clone")


class Machine:
    """A bare machine: a fresh home, a clone, and a PATH on which only what is named can be found."""

    def __init__(self, project: Project, clone: Path, cache: Path) -> None:
        self.project, self.clone, self.cache = project, clone, cache
        self.tools = project.home.parent / "tools"
        self.tools.mkdir()
        for name in TOOLS:
            found = shutil.which(name)
            if found:
                (self.tools / name).symlink_to(found)
        (self.tools / "uv").symlink_to(Path(sys.executable).with_name("uv"))

    @property
    def home(self) -> Path:
        """Return the home."""
        return self.project.home

    @property
    def venv(self) -> Path:
        """Return where the private environment stands by default."""
        return self.home / ".local/share/batchpack/venv"

    def environment(self, **more: str) -> dict[str, str]:
        """Return the variables: caches are shared between tests, so that packages come from the network once."""
        caches = {"PIP_CACHE_DIR": str(self.cache / "pip"), "UV_CACHE_DIR": str(self.cache / "uv")}
        return {"PATH": str(self.tools), **caches, **more}

    def install(self, *words: str, **env: str) -> Outcome:
        """Run install.py."""
        argv = [sys.executable, str(self.clone / "install.py"), *words]
        return self.project.execute(argv, env=self.environment(**env))

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start install.py without waiting for it."""
        variables = self.project.environment(self.environment())
        argv = [sys.executable, str(self.clone / "install.py"), *words]
        return subprocess.Popen(argv, cwd=self.project.folder, env=variables, stderr=subprocess.PIPE, text=True)

    def without_uv(self) -> Machine:
        """Take uv off the machine, so that venv and pip have to do."""
        (self.tools / "uv").unlink()
        return self


@pytest.fixture
def machine(project: Project, pristine: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Make a bare machine with a clone of its own."""
    clone = shutil.copytree(pristine, tmp_path / "clone", symlinks=True)
    return Machine(project, clone, tmp_path_factory.getbasetemp().parent / SHARED)


def homely(machine: Machine) -> dict[str, bytes | str]:
    """Return the home's tree."""
    return tree(machine.home)


def test_a_life_with_venv_and_pip(machine: Machine) -> None:
    """Set up, used, set up again at once, upgraded from a changed clone, and removed without a trace."""
    before = homely(machine)
    first = machine.without_uv().install("--host", "opencode", "--yes").assert_ok()
    assert "venv and pip" in first.out
    assert f'export PATH="{machine.home}/.local/bin:$PATH"' in first.out
    for name in ("batchpack", "task-cli", "batch-metrics"):
        machine.project.execute([str(machine.home / ".local/bin" / name), "--help"]).assert_ok()

    begun = time.monotonic()
    again = machine.install("--host", "opencode", "--yes").assert_ok()
    assert time.monotonic() - begun < 5
    assert "Installing" not in again.out

    shutil.rmtree(machine.clone / "agents")
    (machine.clone / "agents").mkdir()
    (machine.clone / "agents/roster.yaml").write_text("roles: {}\n")
    assert "Installing" in machine.install("--host", "opencode", "--yes").out
    assert not list(machine.venv.glob("lib/*/site-packages/batchpack/_pack/agents/*.j2"))

    machine.install("--uninstall", "--yes").assert_ok()
    assert before == homely(machine)


def test_a_life_with_uv(machine: Machine) -> None:
    """With uv on PATH it is uv that makes the environment, and the clone may go afterwards."""
    out = machine.install("--host", "opencode", "--yes").assert_ok().out
    shutil.rmtree(machine.clone)

    assert "with uv" in out
    outcome = machine.project.execute([str(machine.home / ".local/bin/batchpack"), "hosts"])
    assert "opencode" in outcome.assert_ok().out


def test_the_demo_needs_no_more_than_its_folder_and_the_environment(machine: Machine) -> None:
    """--demo sets up, plays and ends with what to do next; no program is linked and no host gets anything."""
    folder = machine.home.parent / "demo"
    out = machine.install("--demo", "--dir", str(folder)).assert_ok().out

    assert "Read the result:" in out
    assert list(folder.glob("project/.batchpack/runs/2*/SYNTHESIS.md"))
    assert {".local", ".local/share", ".local/share/batchpack"} == {
        path for path in homely(machine) if not path.startswith((".cache", ".local/share/batchpack/"))
    }


def test_a_clone_is_left_as_it_was(machine: Machine) -> None:
    """Setting up writes nothing into the clone."""
    before = tree(machine.clone)

    machine.install("--host", "opencode", "--yes").assert_ok()

    assert before == tree(machine.clone)


def test_an_interrupted_set_up_is_repaired(machine: Machine) -> None:
    """Killed in the middle, with a half-made environment, the next run makes it whole."""
    child = machine.start("--host", "opencode", "--yes")
    while not (machine.venv / "lib").exists():
        assert child.poll() is None
        time.sleep(0.001)
    child.kill()
    child.communicate()
    assert "" == (machine.venv / "batchpack-setup").read_text()

    machine.install("--host", "opencode", "--yes").assert_ok()

    machine.project.execute([str(machine.venv / "bin/batchpack"), "--version"]).assert_ok()


def test_ctrl_c_says_that_it_goes_on(machine: Machine) -> None:
    """An interrupt ends with 130 and one sentence."""
    child = machine.start()
    while not machine.venv.exists():
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)

    assert 130 == child.returncode
    assert "run it again" in err
    assert "Traceback" not in err


def test_a_broken_environment_is_made_anew(machine: Machine) -> None:
    """An environment whose Python is gone, as after an upgrade of the system, is made again."""
    machine.install("--host", "opencode", "--yes").assert_ok()
    python = machine.venv / "bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python")

    machine.install("--uninstall", "--yes").assert_failed("the environment is broken", "without --uninstall")
    assert "Making" in machine.install("--host", "opencode", "--yes").assert_ok().out


def test_an_environment_without_pip_is_made_anew_where_uv_went(machine: Machine) -> None:
    """An environment that uv made has no pip: when uv is gone and the clone has changed, it is made again with pip."""
    machine.install("--host", "opencode", "--yes").assert_ok()
    (machine.clone / "README.md").write_text("# Changed\n")

    out = machine.without_uv().install("--host", "opencode", "--yes").assert_ok().out

    assert "starting anew with venv and pip" in out


def test_two_at_once_do_not_collide(machine: Machine) -> None:
    """Of two set-ups at the same time one waits for the other, and both end well."""
    children = [machine.start("--host", "opencode", "--yes") for _ in range(2)]

    assert [(0, ""), (0, "")] == [(child.communicate(timeout=120) and child.returncode, "") for child in children]


def test_a_foreign_program_stays(machine: Machine) -> None:
    """A file of that name in ~/.local/bin is never overwritten nor removed; the reader learns where ours is."""
    mine = machine.home / ".local/bin/batchpack"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")

    out = machine.install("--host", "opencode", "--yes").assert_ok().out
    machine.install("--uninstall", "--yes").assert_ok()

    assert "is another program and stays" in out
    assert "mine" == mine.read_text()


def test_a_folder_on_path_is_not_preached_about(machine: Machine) -> None:
    """Where the shell finds the programs, nothing is said about PATH."""
    path = f"{machine.tools}:{machine.home}/.local/bin"

    assert "export PATH" not in machine.install("--host", "opencode", "--yes", PATH=path).assert_ok().out


def test_a_prefix_holds_everything(machine: Machine) -> None:
    """With --prefix, environment and links lie there and nothing is made in ~/.local/share or ~/.local/bin."""
    prefix = machine.home / "my tools"
    machine.install("--prefix", str(prefix), "--host", "opencode", "--yes").assert_ok()

    assert (prefix / "bin/batchpack").exists()
    assert not (machine.home / ".local/bin").exists()
    machine.install("--prefix", str(prefix), "--uninstall", "--yes").assert_ok()
    assert not prefix.exists()


def test_xdg_data_home_is_followed(machine: Machine) -> None:
    """The environment goes where the user keeps data."""
    data = machine.home / "data"
    machine.install("--host", "opencode", "--yes", XDG_DATA_HOME=str(data)).assert_ok()

    assert (data / "batchpack/venv/bin/batchpack").exists()


def test_editable_follows_the_clone(machine: Machine) -> None:
    """--editable runs from the clone, so that a change shows at once."""
    machine.install("--editable", "--host", "opencode", "--yes").assert_ok()
    (machine.clone / "batchpack/commands/hello.py").write_text(
        'import click\n@click.command()\ndef command():\n    click.echo("live")\n'
    )

    program = str(machine.home / ".local/bin/batchpack")
    assert "live\n" == machine.project.execute([program, "hello"]).assert_ok().out


@pytest.mark.parametrize("tool", ["uv", "pip"])
def test_no_network_is_said(machine: Machine, tool: str) -> None:
    """When the package index cannot be reached, one sentence says so and names the log."""
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "0",
        "PIP_EXTRA_INDEX_URL": "",
    }
    nowhere |= {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_NO_CACHE": "1", "UV_HTTP_RETRIES": "0"}
    if tool == "pip":
        machine.without_uv()

    outcome = machine.install(**nowhere).assert_failed("the package index cannot be reached", "install.log")

    assert 2 == len(outcome.err.strip().splitlines())


def test_a_failing_build_names_its_log(machine: Machine) -> None:
    """When the clone cannot be built, the error names the program and the log that says why."""
    (machine.clone / "pyproject.toml").write_text("[build-system\n")

    outcome = machine.install().assert_failed("ended with code", "install.log")

    log = machine.home / ".local/share/batchpack/install.log"
    assert str(log) in outcome.err
    assert "toml" in log.read_text().lower()


def test_without_a_venv_module_it_says_what_to_install(machine: Machine) -> None:
    """Some systems ship Python without ensurepip: the reader learns the package's name, and nothing is made."""
    site = machine.home.parent / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None\n")

    machine.without_uv().install(PYTHONPATH=str(site)).assert_failed("no venv module", "-venv")

    assert not machine.venv.exists()


def test_a_folder_of_somebody_else_is_not_touched(machine: Machine) -> None:
    """What stands in the environment's place and was not made by us stays, and is told."""
    machine.venv.mkdir(parents=True)
    (machine.venv / "thesis.txt").write_text("mine")

    machine.install().assert_failed("was not made by this script", "move it away")

    assert "mine" == (machine.venv / "thesis.txt").read_text()


def test_a_home_that_cannot_be_written_is_said(machine: Machine) -> None:
    """A file where a folder must be, as a read-only home, is one sentence with the way out."""
    (machine.home / ".local").write_text("")

    machine.install().assert_failed("cannot write", "--prefix DIR")


def test_removing_what_is_not_there_is_fine(machine: Machine) -> None:
    """--uninstall on a machine without Batchpack says so and leaves the home as it was."""
    before = homely(machine)

    assert "Nothing is set up" in machine.install("--uninstall").assert_ok().out
    assert before == homely(machine)


@pytest.mark.parametrize("words", [["--demo", "--test"], ["--test", "--uninstall"], ["--prefix"]], ids=" ".join)
def test_wrong_usage_is_2(machine: Machine, words: list[str]) -> None:
    """Words that contradict each other end with 2 before anything is made."""
    machine.install(*words).assert_failed("usage:", code=2)

    assert {} == homely(machine)


def test_it_is_readable_for_python_3_7() -> None:
    """The script parses as Python 3.7 and imports the standard library only."""
    page = ast.parse((Path(__file__).parents[1] / "install.py").read_text(), feature_version=(3, 7))
    imports = {
        alias.name.split(".")[0] for node in ast.walk(page) if isinstance(node, ast.Import) for alias in node.names
    }
    froms = {node.module or "" for node in ast.walk(page) if isinstance(node, ast.ImportFrom)}

    assert imports | {module.split(".")[0] for module in froms} <= set(sys.stdlib_module_names)


@pytest.fixture
def old_python(machine: Machine) -> str:
    """Make a Python that says it is 3.8."""
    program = machine.home.parent / "old-python"
    act = "sys.version_info = (3, 8, 18); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "import runpy, sys; {act}" "$@"\n')
    program.chmod(0o755)
    return str(program)


def test_an_old_python_gets_a_sentence(machine: Machine, old_python: str) -> None:
    """Without a newer Python on PATH, the reader learns which is needed and which this is."""
    (machine.tools / "python3.12").write_text("#!/bin/sh\nexit 127\n")
    (machine.tools / "python3.12").chmod(0o755)
    argv = [old_python, str(machine.clone / "install.py")]

    outcome = machine.project.execute(argv, env=machine.environment())

    outcome.assert_failed("needs Python 3.11 or newer", "this is 3.8")


def test_an_old_python_hands_over_to_a_newer_one(machine: Machine, old_python: str) -> None:
    """A newer Python on PATH goes on with the same words."""
    newer = machine.tools / "python3.11"
    newer.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exec "{sys.executable}" "$@"\necho "newer: $@"\n')
    newer.chmod(0o755)
    argv = [old_python, str(machine.clone / "install.py"), "--host", "osa", "a b"]

    outcome = machine.project.execute(argv, env=machine.environment())

    assert f"newer: {machine.clone}/install.py --host osa a b\n" == outcome.assert_ok().out


def test_the_tests_run_in_an_environment_of_the_clone(machine: Machine) -> None:
    """--test makes .venv in the clone and hands the other words to pytest."""
    shutil.rmtree(machine.clone / "tests")
    (machine.clone / "tests").mkdir()
    (machine.clone / "tests/test_one.py").write_text("def test_one():\n    import batchpack, hypothesis\n")

    outcome = machine.install("--test", "-q", "-p", "no:cacheprovider").assert_ok()

    assert "1 passed" in outcome.out
    assert (machine.clone / ".venv/bin/python").exists()
    assert {} == {path: data for path, data in homely(machine).items() if not path.startswith(".cache")}
    assert not os.environ.get("VIRTUAL_ENV", "").startswith(str(machine.clone))
