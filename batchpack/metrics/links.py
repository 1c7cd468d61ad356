"""The files of a run's folder that a reader is led to: only such as are there, by way of nothing that leads out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from batchpack.metrics.values import Link


class Shelf:
    """A run's folder, each of its folders listed once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listed: dict[str, dict[str, bool]] = {}

    def links(self, wanted: Mapping[str, str]) -> tuple[Link, ...]:
        """Return those of some files, label → path below the folder, that are regular ones and not empty."""
        return tuple(Link(label, path) for label, path in wanted.items() if self._there(path))

    def _there(self, path: str) -> bool:
        """Tell whether a file is there and says something."""
        parent, _, name = path.rpartition("/")
        if parent not in self._listed:
            self._listed[parent] = self._list(parent) if self._plain(parent) else {}
        return self._listed[parent].get(name, False)

    def _plain(self, parent: str) -> bool:
        """Tell whether a folder is reached by plain names: no links, no dots."""
        parts = parent.split("/")
        steps = (self._folder.joinpath(*parts[: count + 1]) for count in range(len(parts)))
        return not {"", ".", ".."} & set(parts) and not any(step.is_symlink() for step in steps)

    def _list(self, parent: str) -> dict[str, bool]:
        """List a folder's regular files, each with whether it says something."""
        try:
            with os.scandir(self._folder / parent) as found:
                plain = [one for one in found if one.is_file(follow_symlinks=False)]
                return {one.name: one.stat().st_size > 0 for one in plain}
        except OSError:
            return {}


def address(folder: Path, path: str, page: Path) -> str:
    """Return the relative address of a file of a run's folder, as seen from a page; it cannot be another scheme's."""
    relative = os.path.relpath(folder / path, page.parent)
    return "./" + quote(relative.replace(os.sep, "/"), safe="/", errors="replace")
