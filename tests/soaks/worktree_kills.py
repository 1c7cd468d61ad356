"""Each git that we start killed before each call that changes files: nothing is lost, all is made good.

`python -m tests.soaks.worktree_kills [STEP]`. It needs strace, which kills a process just before such a call; with a
STEP of 5 every fifth call is tried. Making, committing and removing a worktree are each killed through; after each
kill the next call must bring the same end, `git fsck` must be clean, and the main tree must be as it was.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from batchpack.worktrees import changes, fingerprint, repository, trees
from batchpack.worktrees.values import Worktree
from tests.support.project import ROOT, Project
from tests.worktrees.build import FILES, identify

CALLS = "rename,renameat,renameat2,mkdir,unlink,unlinkat,rmdir,link,linkat,symlink,ftruncate,fsync,chmod,write"
MOST = 60
SETUP = ("echo set up > build.log",)


def ground(project: Project) -> tuple[repository.Repository, Worktree]:
    """Return the repository and the worktree that all acts are about, whether it is there or not."""
    opened = repository.open_at(project.folder)
    place = project.folder.parent / "trees" / "one"
    return opened, Worktree(place, "batchpack/run/one", opened.head, opened.common / "worktrees" / "one")


def make(project: Project) -> None:
    """Make the worktree."""
    opened, one = ground(project)
    trees.create(opened, one.path, one.branch, one.base, setup=SETUP, reason="soak")


def commit(project: Project) -> None:
    """Commit what an agent left in it."""
    opened, one = ground(project)
    changes.commit(trees.create(opened, one.path, one.branch, one.base, setup=SETUP), "work")


def remove(project: Project) -> None:
    """Remove it, saving what is not committed."""
    opened, one = ground(project)
    trees.remove(opened, one, salvage_into=project.folder.parent / "saved")


def is_made(project: Project) -> bool:
    """Tell whether a clean worktree is there."""
    opened, one = ground(project)
    made = trees.create(opened, one.path, one.branch, one.base, setup=SETUP)
    return not changes.of(made).paths and (made.path / "build.log").exists() and (made.path / "app.py").exists()


def is_committed(project: Project) -> bool:
    """Tell whether the work is in one commit."""
    opened, one = ground(project)
    found = changes.of(trees.create(opened, one.path, one.branch, one.base, setup=SETUP))
    return (("app.py", "new.txt"), (), 1) == (found.files, found.uncommitted, len(found.commits))


def is_removed(project: Project) -> bool:
    """Tell whether the worktree is gone and its files are saved."""
    _, one = ground(project)
    saved = project.folder.parent / "saved" / "one"
    return not one.path.exists() and not one.record.exists() and (saved / "salvage.json").exists()


ACTS: dict[str, tuple[Callable[[Project], None], Callable[[Project], bool]]] = {
    "make": (make, is_made),
    "commit": (commit, is_committed),
    "remove": (remove, is_removed),
}


GIT = """#!/bin/sh
n=$(($(cat {count}) + 1)); echo $n > {count}
[ $n = {which} ] || exec {git} "$@"
exec strace -f -qq -o {told} -e trace={calls} -e inject={calls}:signal=KILL:when={number} {git} "$@"
"""


def killed(project: Project, act: str, which: int, number: int) -> str:
    """Do an act in a process of its own, its `which`-th git killed before the `number`-th call.

    Return `git` where there was no such git, `call` where it made no such call, else nothing: it was killed.
    """
    folder = project.folder.parent.parent / "bin"
    folder.mkdir(exist_ok=True)
    count, told = folder / "count", folder / "told"
    count.write_text("0")
    told.write_text("")
    names = {"count": count, "told": told, "which": which, "number": number, "calls": CALLS, "git": shutil.which("git")}
    (folder / "git").write_text(GIT.format(**names))
    (folder / "git").chmod(0o755)
    env = project.environment()
    subprocess.run(
        [sys.executable, "-m", "tests.soaks.worktree_kills", "--act", act, str(project.folder)],
        cwd=ROOT, env={**env, "PATH": f"{folder}:{env['PATH']}"}, capture_output=True, check=False,
    )  # fmt: skip
    if int(count.read_text()) < which:
        return "git"
    return "" if "SIGKILL" in told.read_text() else "call"


def prepare(base: Path, act: str) -> Project:
    """Make a project as an act finds it."""
    project = Project(base).write(FILES).init_git()
    identify(project)
    if act != "make":
        make(project)
        one = base / "trees/one"
        (one / "new.txt").write_text("work")
        (one / "app.py").write_text("changed\n")
    return project


def soak(act: str, step: int) -> int:
    """Kill an act before each n-th call in turn; return how many kills there were."""
    do, is_done = ACTS[act]
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder).resolve() / "base"
        base.mkdir()
        project = prepare(base, act)
        shutil.copytree(base, base.with_name("kept"), symlinks=True)
        before = fingerprint.take(repository.open_at(project.folder))
        which, number, kills = 1, 1, 0
        while which < MOST:
            shutil.rmtree(base)
            shutil.copytree(base.with_name("kept"), base, symlinks=True)
            missing = killed(project, act, which, number)
            if missing == "git":
                return kills
            do(project)
            assert is_done(project), f"{act} {which} {number}"
            project.git("fsck", "--strict", "--no-progress")
            left = fingerprint.differences(before, fingerprint.take(repository.open_at(project.folder)))
            assert not left, f"{act} {which} {number}: {left}"
            kills += not missing
            which, number = (which + 1, 1) if missing else (which, number + step)
    raise AssertionError(f"{act} starts more than {MOST} gits")


def main() -> None:
    """Run the soak, or one act in the process that is killed."""
    if sys.argv[1:2] == ["--act"]:
        project = object.__new__(Project)
        project.folder = Path(sys.argv[3])
        ACTS[sys.argv[2]][0](project)
        return
    if shutil.which("strace") is None:
        raise SystemExit("it needs strace")
    os.environ["HOME"] = tempfile.gettempdir()
    step = int(sys.argv[1]) if sys.argv[1:] else 1
    for act in ACTS:
        print(f"{act}: {soak(act, step)} kills, all made good", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
