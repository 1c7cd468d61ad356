"""A repository with work to merge: branches made without any checkout, and a merger with its queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from batchpack import git
from batchpack.merging.merger import Merger
from batchpack.merging.queue import Queue
from batchpack.merging.values import Entry, Queued
from tests.support.project import Project

TARGET = "refs/heads/batchpack/run/integration"


class Ground:
    """A project with a first commit, a queue, and the branch that work is merged into."""

    def __init__(self, project: Project, files: Mapping[str, str] | None = None) -> None:
        self.project = project.write(files or {"a.txt": "one\n", "b.txt": "one\n"}).init_git()
        project.git("config", "user.name", "T")
        project.git("config", "user.email", "t@example.com")
        self.root = project.folder
        self.base = self.git("rev-parse", "HEAD")
        self.journal = project.folder.parent / "run" / "journal.sqlite"
        self.queue = Queue(self.journal)
        git.ask(self.root, "update-ref", TARGET, self.base)

    def git(self, *words: str, stdin: str = "") -> str:
        """Ask git about the project."""
        return git.ask(self.root, *words, stdin=stdin).out.strip()

    def commit(self, files: Mapping[str, str], parent: str = "", text: str = "work") -> str:
        """Make a commit with some files changed, on the base or another parent, without any checkout."""
        index = {"GIT_INDEX_FILE": str(self.root.parent / "scratch-index")}
        git.ask(self.root, "read-tree", parent or self.base, env=index)
        for path, content in files.items():
            blob = self.git("hash-object", "-w", "--stdin", stdin=content)
            git.ask(self.root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
        tree = git.ask(self.root, "write-tree", env=index).out.strip()
        return self.git("commit-tree", tree, "-p", parent or self.base, "-m", text)

    def commits(self, many: Sequence[Mapping[str, str]]) -> list[str]:
        """Make many commits on the base at once."""
        parts = []
        for number, files in enumerate(many):
            who = f"T <t@example.com> {1_700_000_000 + number} +0000"
            parts.append(f"commit refs/made/{number}\ncommitter {who}\ndata 4\nwork\nfrom {self.base}\n")
            parts += [f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in files.items()]
        self.git("fast-import", "--quiet", stdin="".join(parts))
        return self.git("for-each-ref", "--sort=committerdate", "--format=%(objectname)", "refs/made").splitlines()

    def add_all(self, many: Mapping[str, Mapping[str, str]], *priorities: int) -> None:
        """Queue the finished work of many tasks, none of which has a branch."""
        ranks = [*priorities, *[0] * len(many)]
        for task, commit, rank in zip(many, self.commits(list(many.values())), ranks, strict=False):
            self.queue.add(Entry(task, "", f"batchpack/run/{task}", commit, self.base, rank))

    def entry(self, task: str, files: Mapping[str, str], parent: str = "", **more: Any) -> Entry:
        """Make a task's finished work."""
        commit = self.commit(files, parent, f"work of {task}")
        branch = f"batchpack/run/{task}"
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return Entry(task, more.pop("title", f"Title of {task}"), branch, commit, parent or self.base, **more)

    def add(self, task: str, files: Mapping[str, str], parent: str = "", **more: Any) -> Queued:
        """Queue a task's finished work."""
        return self.queue.add(self.entry(task, files, parent, **more))

    def merger(self, *gate: str, prepare: Callable[[Path], object] | None = None, timeout: float = 60) -> Merger:
        """Make a merger with these gate lines."""
        work = self.root.parent / "worktrees" / "merge"
        return Merger(
            self.root, TARGET, self.queue, work, gate, timeout, self.root.parent / "run" / "logs", None, prepare
        )

    @property
    def tip(self) -> str:
        """Return where the branch is."""
        return self.git("rev-parse", TARGET)

    def text(self, path: str) -> str:
        """Return a file as it is on the branch; empty where there is none."""
        return git.ask(self.root, "show", f"{TARGET}:{path}", check=False).out

    def states(self) -> dict[str, str]:
        """Return the state of each entry."""
        return {one.task: one.state for one in self.queue.entries()}

    def subjects(self) -> list[str]:
        """Return the subjects of the merges on the branch, newest first."""
        return self.git("log", "--first-parent", "--merges", "--format=%s", TARGET).splitlines()
