"""`bash: worktree`: what building agents run, in a worktree that batchpack made, and commits there. No wall either."""

from __future__ import annotations

import os
import re

from batchpack.guard import building, worktrees
from batchpack.guard.globs import is_secret
from batchpack.guard.places import LONGEST, Place
from batchpack.guard.refusal import Refused, shown
from batchpack.protected import GIT_LOOKS, GIT_OF_ALL, GIT_WRITES, WORKTREE_GIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BEGIN = re.compile(r"\s*cd[ \t]+('/[^'\n]*'|\"/[^\"$`\\\n]*\"|/[^\s;&|(){}<>'\"\\$`*?\[~]*)[ \t]*(?:&&|;(?!;)|\n|$)")
"""The start of a command that goes on in another folder, and nowhere else, whatever follows."""
ASIDE = re.compile(r"[(|`]|(?<!&)&(?!&)")
"""What may run a part of a command apart, so that its change of folder does not last."""
FOLDERS = ("cd", "pushd", "chdir")
SCRATCH = ("/dev", "/tmp", "/var/tmp")  # noqa: S108 - names to compare with
MOST = 16
"""Most folders that are kept in mind."""
STREAMS = ("/dev/stdout", "/dev/stderr")
OPEN_VARIABLE = "PATH="
PLACED = ("-C", "--git-dir", "--work-tree")
REFUSED = (*(verb for verb in GIT_WRITES if verb not in WORKTREE_GIT), *GIT_OF_ALL)
UNCHECKED = ("-n", "--no-v")


def judge(command: str, folder: object, policy: dict[str, Any], place: Place) -> None:
    """Refuse a command that is not run in a worktree, writes elsewhere, or is refused to every agent that builds."""
    folder = _start(command, folder)
    inner = worktrees.place_of(folder, place)
    inner.cwd = inner.given = place.real(folder)
    if not os.path.isdir(inner.cwd):
        raise Refused(f"{shown(folder)} is no folder", worktrees.INSTEAD)
    walls = Walls(place, inner, strict=ASIDE.search(command) is not None)
    building.check(command, policy, walls.inner, more=walls.check)


def _start(command: str, folder: object) -> str:
    """Return the folder that a whole command is run in: a parameter of the call, or a `cd` before all else."""
    if isinstance(folder, str) and folder:
        return folder
    found = BEGIN.match(command)
    if not found:
        raise Refused("the command is not run in a worktree", "begin it with `cd <the folder of your message> &&`")
    return found[1].strip("'\"")


class Walls:
    """A worktree with the project that it was made of, and the folders that a command may be in by now.

    That is one, as long as it is plain how the command goes from folder to folder; else, `strict`, all that it went to.
    """

    def __init__(self, main: Place, inner: Place, *, strict: bool) -> None:
        self.main, self.inner, self.strict = main, inner, strict
        self.seen = [inner.cwd]
        roots = {re.escape(root) for root in (main.root, main.given_root)}
        self.named = re.compile(rf"(?:{'|'.join(sorted(roots))})(?![\w.-])")

    def check(self, said: list[str], targets: list[str]) -> None:
        """Refuse one simple command that leads out of the worktree."""
        self._check_gits(said)
        for target in targets:
            self._check_written(target)
        rest = building.unwrapped(said)
        before = said[: len(said) - len(rest)]
        self._check_unnamed([word for word in before if not word.startswith(OPEN_VARIABLE)])
        if not rest:
            return
        name = building.name(rest[0])
        self.strict = self.strict or name in (*building.SHELLS, "pushd", "popd")
        if not os.path.isfile(os.path.join(self.seen[-1], rest[0])):
            self._check_unnamed(rest[:1])
        if name in FOLDERS:
            self._go(rest[1:])
        elif building.writes(name, rest):
            for word in rest[1:]:
                self._check_written(word.removeprefix("of="))
        elif name not in building.READERS:
            self._check_unnamed(rest[1:])

    def _go(self, words: list[str]) -> None:
        """Follow a change of folder; one that cannot be read, or that leads out, is refused."""
        word = words[0] if len(words) == 1 else ""
        if not word or word[0] in "-~+" or set(word) & set("$`*?["):
            raise Refused("the folder to change to is not written out", worktrees.INSTEAD)
        reals = self._reals(word)
        if not all(map(self.inner.holds, reals)):
            raise _outside(word)
        self.strict = self.strict or not all(map(os.path.isdir, reals))
        self.seen = [*dict.fromkeys((*self.seen, *sorted(reals)))][:MOST] if self.strict else [*reals]

    def _check_written(self, word: str) -> None:
        """Refuse to write outside of the worktree, but for scratch files."""
        self._check_unnamed([word])
        if not word or word.startswith(("-", "&")) or word.isdigit() or word in STREAMS:
            return
        if not all(self.inner.holds(real) or self._is_scratch(real) for real in self._reals(word)):
            raise _outside(word)

    def _is_scratch(self, real: str) -> bool:
        """Tell whether a path outside of the worktree lies where anybody leaves files, and not beside a worktree."""
        beside = real.startswith(os.path.dirname(self.inner.root) + "/") or worktrees.around(real, self.main)
        return not beside and any(real.startswith(f"{os.path.realpath(folder)}/") for folder in SCRATCH)

    def _check_unnamed(self, words: list[str]) -> None:
        """Refuse words that name the project's main tree, be it by `..` or through a link."""
        for word in words:
            if self.named.search(word) or "OLDPWD" in word:
                raise _outside(word)
            for part in {word, word.partition("=")[2]}:
                if ("/" in part or part == "..") and any(map(self.main.holds, self._reals(part))):
                    raise _outside(word)

    def _reals(self, word: str) -> set[str]:
        """Return where a word leads from each folder that the command may be in by then."""
        if "\0" in word or len(word) > LONGEST:
            return set()
        plain = os.path.expanduser(word)
        return {os.path.realpath(os.path.join(folder, plain)) for folder in self.seen}

    def _check_gits(self, said: list[str]) -> None:
        """Judge git wherever in a simple command it stands, and the variables that lead it elsewhere."""
        for at, word in enumerate(said):
            if building.name(word) == "git":
                self._check_git(said[at + 1 :])
            elif word.startswith("GIT_") and "=" in word:
                raise Refused(f"{shown(word)} is not allowed", "leave git's variables out")

    def _check_git(self, words: list[str]) -> None:
        """Refuse git's commands that reach beyond the worktree's own branch."""
        at = 0
        while at < len(words) and words[at].startswith("-"):
            option, sign, value = words[at].partition("=")
            value = value if sign else words[at + 1] if at + 1 < len(words) else ""
            if option in PLACED and not all(map(self.inner.holds, self._reals(value))):
                raise _outside(value)
            if option.startswith(("--git-dir", "--exec-path", "--config-env")) or _is_setting(option, value):
                raise Refused(f"git {shown(words[at])} is not allowed", "leave the option out")
            at += 2 if option in building.GIT_VALUES and not sign else 1
        _check_verb(words[at] if at < len(words) else "", words[at + 1 :])


def _is_setting(option: str, value: str) -> bool:
    """Tell whether an option of git sets more than who commits."""
    return option.startswith("-c") and not (option == "-c" and value.startswith("user."))


def _check_verb(verb: str, words: list[str]) -> None:
    """Refuse a command of git that does more than commit on this branch, or look."""
    if verb in REFUSED or (verb in GIT_LOOKS and words[:1] and words[0] not in GIT_LOOKS[verb]):
        raise Refused(
            f"git {verb} is not allowed in a task's worktree", "commit on its branch, or leave the work: it is kept"
        )
    if verb == "add" and any(map(is_secret, words)):
        raise Refused("git add of a secret is not allowed", "leave secrets alone")
    if verb == "commit" and any(word == UNCHECKED[0] or word.startswith(UNCHECKED[1]) for word in words):
        raise Refused("git commit without the project's hooks is not allowed", "leave the option out")


def _outside(word: str) -> Refused:
    """Say that a word leads out of the worktree."""
    return Refused(f"{shown(word)} lies outside of the task's worktree", worktrees.INSTEAD)
