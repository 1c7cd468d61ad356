"""Where our own records lie on this machine, and whose sessions they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from batchpack import projects
from batchpack.executor import Executor, host_of
from batchpack.runs import ids, index


class Shelf:
    """Projects and runs that are known at one moment, each looked up once, and the hosts of executors."""

    def __init__(self, executors: Mapping[str, Executor], here: Path | None = None) -> None:
        self._hosts = {name: host_of(executor) for name, executor in executors.items()}
        self._here = here

    @cached_property
    def _entries(self) -> list[index.Entry]:
        """Return what the index of runs has."""
        return index.entries()

    @cached_property
    def projects(self) -> list[Path]:
        """Return the projects in which batches were begun, each once."""
        found = [entry.project for entry in self._entries] + projects.known()
        found += [self._here] if self._here else []
        return list(dict.fromkeys(path.resolve() for path in dict.fromkeys(found)))

    def runs(self) -> set[Path]:
        """Return the folders of all runs: those of the index, and those that lie in projects all the same."""
        roots = {root: root.resolve() for root in {entry.root for entry in self._entries}}
        listed = {roots[entry.root] / "runs" / entry.run for entry in self._entries}
        return listed | {one for _, one in self.folders(".batchpack", "runs") if ids.RUN_ID.fullmatch(one.name)}

    def host(self, executor: str) -> str:
        """Return the host whose sessions an executor begins; one that is not there any more stands for itself."""
        return self._hosts.get(executor, executor)

    def folders(self, *below: str) -> Iterator[tuple[Path, Path]]:
        """Yield each project with each folder that stands below one of its own, in the order of their names."""
        for project in self.projects:
            try:
                inside = sorted(project.joinpath(*below).iterdir())
            except OSError:
                continue
            yield from ((project, one) for one in inside if not one.name.startswith("."))


def word(*values: object) -> str:
    """Return the first text that says something; what else a file has in its place is none."""
    return next((value for value in values if isinstance(value, str) and value), "")


def stamp(*paths: Path) -> str:
    """Return what changes when one of these files does; those that are not there, or empty, say nothing."""
    return " ".join(filter(None, map(_stamp, paths)))


def _stamp(path: Path) -> str:
    """Return what changes when a file does."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return ""
    return f"{found.st_ino}:{found.st_size}:{found.st_mtime_ns}" if found.st_size else ""
