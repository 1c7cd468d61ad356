"""The demo: a whole run in its own folder, honest, quick, and without a trace elsewhere."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.project import Project, tree

LONGEST_SECONDS = 30


@pytest.fixture
def folder(project: Project) -> Path:
    """Name a folder for the demo that is not there yet."""
    return project.home.parent / "demo"


def test_it_goes_from_nothing_to_a_synthesis(project: Project, folder: Path) -> None:
    """Three agents in two batches write code, tests and docs, and the synthesis says that all are done."""
    begun = time.monotonic()
    out = project.run("demo", "--dir", str(folder)).assert_ok().out

    assert time.monotonic() - begun < LONGEST_SECONDS
    [synthesis] = folder.glob("project/.batchpack/runs/2*/SYNTHESIS.md")
    assert "3 tasks = 3 done + 0 failed + 0 skipped + 0 pending" in synthesis.read_text()
    assert str(synthesis) in out
    assert "backend-go DONE" in out
    assert "frontend-react DONE_WITH_CONCERNS" in out
    wanted = ("notes/accounts.py", "tests/test_accounts.py", "docs/accounts.md", "web/SignIn.jsx")
    assert all(f"new: {path}" in out for path in wanted)


def test_what_the_agents_wrote_works(project: Project, folder: Path) -> None:
    """The tests that an agent wrote for what another agent wrote pass, beside those that were there."""
    project.run("demo", "--dir", str(folder)).assert_ok()

    done = project.execute(
        [sys.executable, "-m", "unittest", "discover", "-s", "tests", "-t", "."], cwd=folder / "project"
    )

    assert "Ran 7 tests" in done.assert_ok().err


def test_the_agents_of_a_batch_overlap(project: Project, folder: Path) -> None:
    """Both agents of the first batch had begun before one of them handed in, and the third had not."""
    project.run("demo", "--dir", str(folder)).assert_ok()

    [journal] = folder.glob("project/.batchpack/runs/2*/journal.jsonl")
    order = [
        (m[1], m[2])
        for m in re.finditer(r'"event":"(task_started|result)"(?:.*?)"task":"([\w-]+)"', journal.read_text())
    ]
    first = [name for name, _ in order]
    assert ["task_started", "task_started", "result", "result", "task_started", "result"] == first
    assert "test-automator" == order[4][1]


def test_nothing_outside_its_folder_is_touched(project: Project, folder: Path) -> None:
    """Home, working folder and the folder for temporary files are as before, whatever XDG says."""
    temporary = project.home.parent / "tmp"
    temporary.mkdir()
    project.write({"mine.txt": "mine"}).init_git()
    before = (tree(project.home), tree(project.folder))

    env = {"TMPDIR": str(temporary), "XDG_STATE_HOME": str(project.home / "state"), "GIT_DIR": "/nowhere"}
    project.execute([sys.executable, "-m", "batchpack", "demo", "--dir", str(folder)], env=env).assert_ok()

    assert before == (tree(project.home), tree(project.folder))
    assert {} == tree(temporary)


def test_without_a_folder_it_makes_one_and_says_how_to_remove_it(project: Project) -> None:
    """The new folder lies among the temporary files; its removal leaves nothing."""
    temporary = project.home.parent / "tmp"
    temporary.mkdir()
    out = project.run("demo", env={"TMPDIR": str(temporary)}).assert_ok().out

    [made] = temporary.iterdir()
    assert f"rm -r {made}" in out


def test_facts_are_printed_for_programs(project: Project, folder: Path) -> None:
    """--json prints one object and nothing else."""
    facts = project.run("demo", "--dir", str(folder), "--json").json()

    assert str(folder) == facts["folder"]
    assert Path(facts["synthesis"]).is_file()
    assert 0 < facts["seconds"] < LONGEST_SECONDS


def test_a_folder_with_something_in_it_is_refused(project: Project) -> None:
    """A demo never goes into a folder that holds something."""
    project.write({"a.txt": "mine"})
    before = tree(project.folder)

    project.run("demo", "--dir", str(project.folder)).assert_failed("is not an empty folder")
    project.run("demo", "--dir", str(project.folder / "a.txt")).assert_failed("is not an empty folder")
    project.run("demo", "--dir", str(project.folder / "a.txt/b")).assert_failed("cannot write")

    assert before == tree(project.folder)


def test_without_git_it_says_so(project: Project, folder: Path) -> None:
    """Without git there is one sentence and nothing is made."""
    project.run("demo", "--dir", str(folder), env={"PATH": "/nowhere"}).assert_failed("needs git", "install git")

    assert not folder.exists()


def test_an_unknown_executor_is_refused_before_anything_is_made(project: Project, folder: Path) -> None:
    """The name of an executor is checked first."""
    project.run("demo", "--dir", str(folder), "--executor", "magic").assert_failed("no executor", "demo", code=2)

    assert not folder.exists()


def test_a_host_without_project_scope_is_refused_before_anything_is_made(project: Project, folder: Path) -> None:
    """The demo shows a project's files; a host that has none is told, with those that have."""
    project.run("demo", "--dir", str(folder), "--host", "osa").assert_failed("OSA cannot", "opencode", code=2)
    project.run("demo", "--dir", str(folder), "--host", "emacs").assert_failed("emacs", code=2)
    assert not folder.exists()


@pytest.mark.parametrize("keep", [False, True])
def test_ctrl_c_cleans_up_or_says_what_stays(project: Project, folder: Path, keep: bool) -> None:
    """Interrupted in the middle of the run, the demo removes its folder, or keeps it when asked, and says which."""
    argv = [sys.executable, "-m", "batchpack", "demo", "--dir", str(folder), *(["--keep"] if keep else [])]
    with subprocess.Popen(
        argv, cwd=project.folder, env=project.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        while not list(folder.glob("project/.batchpack/runs/2*/prompts/*.md")):
            assert child.poll() is None
            time.sleep(0.005)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=60)

    assert 130 == child.returncode
    assert "Traceback" not in err
    assert ("stays" if keep else "nothing of the demo is left") in err
    assert keep is folder.exists()


def test_a_person_sees_the_agents_at_work(project: Project, folder: Path) -> None:
    """On a terminal the agents of a batch are drawn anew while they work, and stand there once at the end."""
    argv = [sys.executable, "-m", "batchpack", "demo", "--dir", str(folder)]
    terminal = f"import pty, sys; sys.exit(pty.spawn({argv!r}) >> 8)"

    out = project.execute([sys.executable, "-c", terminal], env={"TERM": "xterm"}).assert_ok().out

    assert " s  works" in out
    assert re.search(r" backend-go +[0-9.]+ s  backend-go DONE\n", out)
