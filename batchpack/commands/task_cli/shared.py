"""What all commands of `task-cli` share: `--json`, `--root`, loading features and telling broken files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from batchpack.errors import BrokenFile, UsageError
from batchpack.output import say, say_json, warn
from batchpack.tasks.facts import problem_facts
from batchpack.tasks.finder import project_of, tasks_folder, work_tree_of
from batchpack.tasks.loading import load, load_all
from batchpack.tasks.values import Feature, one_line

Handler = Callable[..., int | None]
WORDS = {"ignore_unknown_options": True}
"""For commands that end in free words, which may begin with a dash."""


@dataclass(frozen=True, slots=True)
class Call:
    """How a command was called: the folder of features and whether facts are wanted as JSON."""

    root: Path
    as_json: bool

    @property
    def project(self) -> Path:
        """The project folder that deliverables and context files are relative to."""
        return project_of(self.root)

    @property
    def work_tree(self) -> Path:
        """The folder that deliverables are written in: the linked work tree of the call, else the project."""
        return work_tree_of(self.root)

    def features(self, name: str | None) -> tuple[list[Feature], list[BrokenFile]]:
        """Read one feature or all, and list everything that could not be read."""
        features, problems = load_all(self.root, name)
        return features, [*problems, *(problem for feature in features for problem in feature.problems)]

    def feature(self, name: str) -> tuple[Feature, list[BrokenFile]]:
        """Read one feature, and list what of it could not be read."""
        feature = load(self.root, name)
        return feature, list(feature.problems)

    def answer(self, lines: Iterable[str], facts: Callable[[], dict[str, Any]], problems: Iterable[BrokenFile]) -> int:
        """Print lines or facts and tell what could not be read; returns 1 if anything could not, else 0."""
        told = list(problems)
        if self.as_json:
            say_json({**facts(), "problems": problem_facts(told)})
        else:
            say("\n".join(lines))
        tell(told)
        return 1 if told else 0


def tell(problems: Iterable[BrokenFile]) -> None:
    """Say on standard error what could not be read."""
    for problem in problems:
        warn(f"Error: {one_line(problem.message)}")


def shared(handler: Handler) -> Handler:
    """Give a handler the options `--json` and `--root` and a Call as its first argument."""

    @click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
    @click.option("--root", type=click.Path(path_type=Path), metavar="DIR", help="The project's folder.")
    @wraps(handler)
    def run(*, as_json: bool, root: Path | None, **rest: Any) -> int | None:
        return handler(Call(tasks_folder(root), as_json), **rest)

    return run


def joined(words: Iterable[str], usage: str) -> str:
    """Join the last words of a command line with spaces; raises UsageError when there are none."""
    text = list(words)
    if not text:
        raise UsageError("a text is missing", f"Usage: task-cli {usage}")
    return " ".join(text)
