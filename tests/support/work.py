"""A repository with a plan of work, carried out by the real command."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from batchpack.execution.store import WorkRun
from tests.support.project import Outcome, Project


def plan(*tasks: Mapping[str, Any], **settings: Any) -> str:
    """Write a plan file."""
    listed = [{"title": str(task["id"]).upper(), **task} for task in tasks]
    return yaml.safe_dump({"name": "proof", **settings, "tasks": listed}, sort_keys=False)


class Ground:
    """A project that is a repository on branch `main`, with what the user has in it."""

    def __init__(self, base: Path, files: Mapping[str, str] | None = None) -> None:
        self.project = Project(base)
        self.project.write({"README.md": "# a project\n", **(files or {})}).init_git()
        self.root = self.project.folder

    def run(self, text: str, *options: str, env: Mapping[str, str] | None = None) -> Outcome:
        """Carry out a plan; its file stays outside of the repository."""
        file = self.root.parent / "plan.yaml"
        file.write_text(text)
        return self.project.run("run", str(file), *options, env=env)

    def start(self, text: str, *options: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Begin to carry out a plan, as a process that can be killed."""
        import sys

        file = self.root.parent / "plan.yaml"
        file.write_text(text)
        return subprocess.Popen(
            [sys.executable, "-m", "batchpack", "run", str(file), *options], cwd=self.root,
            env=self.project.environment(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    @property
    def last(self) -> WorkRun:
        """Return the newest run."""
        folders = sorted((self.root / ".batchpack/runs").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        return WorkRun([path for path in folders if not path.name.startswith(".")][-1])

    def states(self) -> dict[str, str]:
        """Return the state of each task of the newest run."""
        return {name: task.status for name, task in self.last.state().tasks.items()}

    def merged(self) -> dict[str, str]:
        """Return the files of the newest run's branch, path → text."""
        branch = self.last.facts.target
        names = self.project.git("ls-tree", "-r", "--name-only", branch).splitlines()
        return {name: self.project.git("show", f"{branch}:{name}") for name in names}

    def result(self) -> dict[str, Any]:
        """Return the newest run's state as the copy for onlookers has it."""
        found: dict[str, Any] = json.loads((self.last.folder / "state.json").read_text())
        return found

    def check_untouched(self, names: Sequence[str] = ("README.md",)) -> None:
        """Fail unless the user's tree is as it was, on its branch, and the repository is whole."""
        assert self.project.git("status", "--porcelain") == "", "the user's tree changed"
        assert self.project.git("rev-parse", "--abbrev-ref", "HEAD").strip() == "main"
        assert set(names) <= {path.name for path in self.root.iterdir()}
        self.project.execute(["git", "fsck", "--strict"]).assert_ok()
