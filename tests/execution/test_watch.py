"""The main tree while attempts run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from batchpack import git
from batchpack.execution.watch import Watch, Watched
from batchpack.worktrees import repository
from tests.support.project import Project


def watched(base: Path, act: Callable[[Watch, Path], Coroutine[None, None, None]], *own: str) -> list[str]:
    """Do something under watch in a repository; return what was told of the main tree."""
    project = Project(base).write({"a.txt": "1"}).init_git()
    told: list[str] = []
    watch = Watch(
        repository.open_at(project.folder), [project.folder / name for name in own], "refs/heads/into", told.extend
    )
    asyncio.run(act(watch, project.folder))
    return told


def attempt(name: str, *allowed: str, command: str = "") -> Watched:
    """Make an attempt to watch."""
    return Watched(name, allowed, command, ())


def test_the_one_that_ran_is_blamed(tmp_path: Path) -> None:
    """A file that appeared while one attempt ran is told and held against it, once."""

    async def act(watch: Watch, folder: Path) -> None:
        await watch.begin(attempt("a"))
        (folder / "leak").write_text("x")
        assert ["leak"] == await watch.end("a")
        await watch.begin(attempt("b"))
        assert [] == await watch.end("b")

    assert ["leak"] == watched(tmp_path, act)


def test_what_the_user_does_between_attempts_is_nobodys_fault(tmp_path: Path) -> None:
    """A change while none ran is taken as it is."""

    async def act(watch: Watch, folder: Path) -> None:
        await watch.begin(attempt("a"))
        assert [] == await watch.end("a")
        (folder / "mine").write_text("x")
        await watch.begin(attempt("b"))
        assert [] == await watch.end("b")

    assert [] == watched(tmp_path, act)


def test_of_several_the_one_whose_command_names_the_tree_is_blamed(tmp_path: Path) -> None:
    """The others that ran at the same time are not."""

    async def act(watch: Watch, folder: Path) -> None:
        await watch.begin(attempt("good", "good.txt"))
        await watch.begin(attempt("bad", "bad.txt", command=f"echo > {folder}/leak"))
        (folder / "leak").write_text("x")
        assert [] == await watch.end("good")
        assert ["leak"] == await watch.end("bad")

    watched(tmp_path, act)


def test_what_the_run_itself_writes_is_passed_over(tmp_path: Path) -> None:
    """Its notes on tasks change the tree with nobody to blame."""

    async def act(watch: Watch, folder: Path) -> None:
        await watch.begin(attempt("a"))
        (folder / "tasks").mkdir()
        (folder / "tasks" / "execute-state.json").write_text("{}")
        assert [] == await watch.end("a")

    assert [] == watched(tmp_path, act, "tasks")


def test_the_branch_that_merges_move_is_passed_over(tmp_path: Path) -> None:
    """The run's own merges are nobody's fault; another branch that moves is."""

    async def act(watch: Watch, folder: Path) -> None:
        for name, blamed in (("into", []), ("other", ["refs/heads/other"])):
            await watch.begin(attempt("a"))
            git.ask(folder, "branch", name)
            assert blamed == await watch.end("a")

    assert ["refs/heads/other"] == watched(tmp_path, act)
