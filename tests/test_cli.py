"""The edge: exit codes, errors in two lines, no traceback, quiet pipes, interrupts."""

from __future__ import annotations

import pkgutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from batchpack import commands, places
from tests.support.project import Project

NAMES = [module.name for module in pkgutil.iter_modules(commands.__path__)]
WORDS = [name.replace("_", "-") for name in NAMES if name not in commands.OWN_PROGRAMS]
FAULTY = '''
"""A plugin that fails in a way of its own when hosts are asked for."""
from batchpack.errors import BatchpackError, UsageError
from batchpack.markers import hookimpl

@hookimpl
def batchpack_hosts(register):
    {act}
'''


def with_plugin(project: Project, act: str) -> Project:
    """Give the user a plugin that does something when hosts are asked for."""
    folder = project.home / ".config/batchpack/plugins"
    folder.mkdir(parents=True)
    (folder / "faulty.py").write_text(FAULTY.format(act=act))
    return project


def test_the_version_is_shown(project: Project) -> None:
    """`--version` prints name and version, and nothing else."""
    assert f"batchpack {places.version()}\n" == project.run("--version").assert_ok().out


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_lists_every_command(project: Project, word: str) -> None:
    """Each module of the commands is listed with a line of its own, but for those that are programs."""
    out = project.run(word).assert_ok().out

    for name in NAMES:
        assert (f"\n  {name.replace('_', '-')} " in out) is (name not in commands.OWN_PROGRAMS), name


@pytest.mark.parametrize("words", [["-h"], ["batch", "-h"], ["result", "-h"]])
def test_no_listing_is_cut_short(project: Project, words: list[str]) -> None:
    """In a terminal of 80 columns each command's line says all that it has to say."""
    out = project.run(*words, env={"COLUMNS": "80"}).assert_ok().out

    assert "Commands:" in out
    assert "..." not in out.partition("Commands:")[2]


@pytest.mark.parametrize("name", WORDS)
def test_every_command_explains_itself(project: Project, name: str) -> None:
    """`--help` of a command works without plugins and says a sentence."""
    out = project.run(name, "--help", env={"BATCHPACK_NO_PLUGINS": "1"}).assert_ok().out

    assert out.startswith(f"Usage: batchpack {name}")
    assert "." in out


@pytest.mark.parametrize("words", [("nonsense",), ("--nonsense",), ("hosts", "--nonsense")], ids=" ".join)
def test_wrong_usage_is_2(project: Project, words: tuple[str, ...]) -> None:
    """A word or an option that does not exist ends with 2 and shows the usage."""
    project.run(*words).assert_failed("Usage: batchpack", "No such", code=2)


@pytest.mark.parametrize(
    ("act", "code", "said"),
    [
        ("raise BatchpackError('it broke', 'mend it')", 1, "Error: it broke\n  mend it\n"),
        ("raise BatchpackError('it broke')", 1, "Error: it broke\n"),
        ("raise UsageError('wrong word')", 2, "Error: wrong word\n"),
        ("raise KeyboardInterrupt", 130, "interrupted"),
    ],
)
def test_errors_are_for_the_reader(project: Project, act: str, code: int, said: str) -> None:
    """What happened, then what to do, on standard error, with the exit code of its kind."""
    outcome = with_plugin(project, act).run("hosts").assert_failed(code=code)

    assert outcome.err.lstrip("\n").startswith(said)
    assert "" == outcome.out


def test_a_bug_leaves_a_log_and_no_traceback(project: Project) -> None:
    """An error nobody foresaw ends with 3, one line, and the path of a log that has the traceback."""
    outcome = with_plugin(project, "1 / 0").run("hosts").assert_failed("this is a bug", "please report", code=3)

    [log] = (project.home / ".local/state/batchpack/logs").iterdir()
    assert [0o700, 0o700] == [stat.S_IMODE(folder.stat().st_mode) for folder in (log.parent, log.parent.parent)]
    assert str(log) in outcome.err
    assert "ZeroDivisionError" in log.read_text()
    assert places.version() in log.read_text()


def test_a_bug_is_told_even_when_its_log_cannot_be_written(project: Project) -> None:
    """A state folder that cannot be made does not hide the bug."""
    (project.home / ".local").write_text("a file where a folder should be")

    with_plugin(project, "1 / 0").run("hosts").assert_failed("this is a bug", "could not be written", code=3)


def test_a_closed_pipe_is_quiet(project: Project) -> None:
    """`batchpack ... | head` ends without a word on standard error."""
    program = f"{sys.executable} -m batchpack"

    done = project.execute(["bash", "-o", "pipefail", "-c", f"{program} --help | true"])

    assert (0, "") == (done.code, done.err)


def test_a_closed_input_is_an_empty_one(project: Project) -> None:
    """A command that reads its input ends with its own words where there is none."""
    program = f"{sys.executable} -m batchpack"

    project.execute(["bash", "-c", f"{program} items add - <&-"]).assert_failed("there are no items in it")
    project.execute(["bash", "-c", f"{program} start --file - <&-"]).assert_failed("is empty", code=2)


def test_a_folder_that_was_removed_is_told(project: Project) -> None:
    """Who stands in a folder that is gone learns so, from each program."""
    folder = Path(sys.executable).parent
    for words in ("batchpack runs", "batch-metrics"):
        gone = f'mkdir gone && cd gone && rmdir ../gone && "{folder}"/{words}'
        project.execute(["bash", "-c", gone]).assert_failed("is not there any more", "cd to one that is")


def test_ctrl_c_ends_with_130(project: Project) -> None:
    """The interrupt of a terminal ends a command at once, without a traceback."""
    with_plugin(project, "import pathlib, time; pathlib.Path.home().joinpath('on').touch(); time.sleep(60)")
    with subprocess.Popen(
        [sys.executable, "-m", "batchpack", "hosts"], cwd=project.folder, env=project.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        while not (project.home / "on").exists():
            assert child.poll() is None
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=30)

    assert 130 == child.returncode
    assert "interrupted" in err
    assert "Traceback" not in err


def test_the_programs_are_installed_beside_python(project: Project) -> None:
    """`batchpack` as a program of its own is the same as `python -m batchpack`."""
    program = Path(sys.executable).with_name("batchpack")

    assert project.run("--help").out == project.execute([str(program), "--help"]).assert_ok().out


def test_names_of_modules_do_not_leak(project: Project) -> None:
    """A command is called by its name with hyphens; no name reaches a module that is none."""
    for word in ("__init__", "..cli", "os", "batch_metrics"):
        project.run(word).assert_failed("No such command", code=2)
