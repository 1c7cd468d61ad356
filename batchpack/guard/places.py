"""Where a call acts: the project around its folder, and the paths that it names, also through links."""

from __future__ import annotations

import os

from batchpack.guard.globs import folded, is_secret, matches
from batchpack.guard.refusal import Refused, shown
from batchpack.protected import PROTECTED_FILES, PROTECTED_FOLDERS

LONGEST = 4096
PARTS = ("bin", "lib", "lib64", "pyvenv.cfg")
"""What counts of an environment that a project lies in, as /usr is of /usr/src/app."""


class Place:
    """A folder that an agent works in, its project, and what is the pack's own."""

    __slots__ = ("cwd", "given", "given_root", "own", "packs", "root")

    def __init__(self, cwd: object, own: list[str]) -> None:
        if not isinstance(cwd, str) or not os.path.isabs(cwd) or "\0" in cwd or not os.path.isdir(cwd):
            raise Refused("the call names no folder that it is made in", "start the agent again")
        self.given = os.path.normpath(cwd)
        self.cwd = os.path.realpath(cwd)
        self.root, self.given_root = _root(self.cwd), _root(self.given)
        self.packs = own
        self.own = [*_own(own, self.root), *_linked(self.root)]

    def of(self, folder: str) -> Place:
        """Return another folder with the same pack."""
        return Place(folder, self.packs)

    def join(self, path: str) -> str:
        """Return a path as an absolute one, its `..` resolved as text."""
        return os.path.normpath(os.path.join(self.given, path))

    def real(self, path: str) -> str:
        """Return the path that a path leads to."""
        return os.path.realpath(os.path.join(self.cwd, path))

    def holds(self, real: str) -> bool:
        """Tell whether a real path is the project's folder or lies in it."""
        return real == self.root or real.startswith(self.root.rstrip("/") + "/")

    def is_own(self, real: str) -> bool:
        """Tell whether a real path is one of the pack's own."""
        text = folded(real)
        return any(text == own or text.startswith(own + "/") for own in self.own)

    def below(self, path: object) -> list[str]:
        """Return the forms of a path that may be edited, as seen from the project; raises Refused for others."""
        name = checked(path)
        reals = {self.real(name), os.path.realpath(self.join(name))}
        for real in reals:
            if not self.holds(real) or self.root == "/":
                raise Refused(f"{shown(name)} lies outside of the project", "edit files of the project only")
            if self.is_own(real):
                raise _protected(name)
        seen = [real.removeprefix(self.root).lstrip("/") for real in reals]
        given = self.join(name)
        for root in (self.root, self.given_root):
            if given.startswith(root + "/"):
                seen.append(given.removeprefix(root + "/"))
        forms = sorted({folded(one) for one in seen})
        if any(is_protected(one) for one in forms):
            raise _protected(name)
        return forms

    def leads_to_secret(self, word: str) -> bool:
        """Tell whether a word of a command is the path of a secret that is there, or of a link to one."""
        if not word or "\0" in word or len(word) > LONGEST:
            return False
        return os.path.lexists(os.path.join(self.cwd, word)) and self.secret(word)

    def secret(self, name: str) -> bool:
        """Tell whether a path is a secret's, or leads to one."""
        return is_secret(name) or is_secret(self.join(name)) or is_secret(self.real(name))


def checked(path: object) -> str:
    """Return a path that hosts and shells all read as it is written; raises Refused for another value."""
    if not isinstance(path, str) or not path or len(path) > LONGEST:
        raise Refused("the path is missing or is no plain text", "name one file")
    if not path.isprintable() or path != path.strip() or path[0] == "~" or "\\" in path or path.startswith("file:"):
        raise Refused(f"the path {shown(path)} can be read in two ways", "write it plainly, from the project's root")
    return path


def is_protected(form: str) -> bool:
    """Tell whether a folded path below the project is a secret's, a host's, git's or of a run."""
    if is_secret(form) or any(matches(pattern, form) for pattern in PROTECTED_FILES):
        return True
    whole = f"/{form}/"
    return any(f"/{folder}/" in whole for folder in PROTECTED_FOLDERS)


def _protected(name: str) -> Refused:
    """Say that a path is kept from agents."""
    return Refused(f"{shown(name)} is protected", "leave it alone and say in your report what would have to change")


def _root(cwd: str) -> str:
    """Return the nearest folder upwards that has `.git`, else the folder itself."""
    folder = cwd
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return cwd
        folder = above
    return folder


def _own(folders: list[str], root: str) -> list[str]:
    """Return the pack's own folders in the form for comparing; one around the project counts in part only."""
    found: list[str] = []
    for number, folder in enumerate(folders):
        if not os.path.isabs(folder):
            continue
        real = os.path.realpath(folder)
        around = root == real or root.startswith(real.rstrip("/") + "/")
        if around and number == 0 and root.startswith(f"{real}/worktrees/"):
            continue  # a work tree that the host made for one agent
        found += [f"{real}/{part}" for part in PARTS] if around and number else [real]
    return [folded(one) for one in found]


def _linked(root: str) -> list[str]:
    """Return where protected folders of the project lie that are links."""
    links = (os.path.join(root, folder) for folder in PROTECTED_FOLDERS)
    return [folded(os.path.realpath(link)) for link in links if os.path.islink(link)]
