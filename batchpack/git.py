"""One function a git question, on top of process: argv only, and GIT_* variables of the caller scrubbed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from batchpack import process

KEPT = re.compile(r"GIT_(?:(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL)|CONFIG_(?:NOSYSTEM|SYSTEM|GLOBAL)|SSH(?:_COMMAND)?)")
"""Variables of git that say who somebody is and where the settings lie; the others belong to one call of git."""


UNWATCHED = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": "false"}
"""Settings for git: it looks at the files itself, since a program that is to tell it could hide what changed."""


def environment() -> dict[str, str]:
    """Return the environment without GIT_DIR and its like, which a calling hook would leak into our questions."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or KEPT.fullmatch(name)}
    return {**kept, **UNWATCHED, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true"}


def ask(
    cwd: Path,
    *arguments: str,
    check: bool = True,
    stdin: str = "",
    timeout: float = 60.0,
    env: Mapping[str, str] | None = None,
) -> process.Completed:
    """Run `git <arguments>` in a folder; `env` adds to the environment. Raises ProgramFailed as process.run does."""
    variables = {**environment(), **(env or {})}
    return process.run(["git", *arguments], cwd=cwd, env=variables, stdin=stdin, timeout=timeout, check=check)


def watch(
    cwd: Path, *arguments: str, stdin: str, take: Callable[[bytes], object], stop: Callable[[], bool],
    env: Mapping[str, str], timeout: float = 60.0,
) -> process.Watched:  # fmt: skip
    """Run `git <arguments>` for an answer that may be too long to hold: `take` gets it as it comes, `stop` ends it.

    What git says on standard error is let go. Raises ProgramFailed if it cannot be started.
    """
    with TemporaryFile() as given:
        given.write(stdin.encode())
        given.seek(0)
        variables = {**environment(), **env}
        return process.watch(["git", *arguments], take, cwd=cwd, env=variables, timeout=timeout, stop=stop, stdin=given)


def quote(path: str) -> str:
    """Return a path as git reads it from a line, whatever bytes are in it: letters below 128 only."""
    return '"' + "".join(_quoted(byte) for byte in os.fsencode(path)) + '"'


def _quoted(byte: int) -> str:
    """Return a byte as it stands between git's quotes."""
    return chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}"


ESCAPE = re.compile(rb'\\([0-7]{3}|["\\abfnrtv])')
LETTERS = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


def unquote(word: str) -> str:
    """Return the path that git wrote, be it between quotes with escapes or as it is (needs core.quotePath)."""
    if not word.startswith('"'):
        return word
    inner = word[1:-1].encode("ascii", "replace")
    return os.fsdecode(ESCAPE.sub(lambda found: bytes([_byte(found[1])]), inner))


def _byte(escape: bytes) -> int:
    """Return what stands behind a backslash as a byte."""
    return LETTERS[escape] if escape in LETTERS else int(escape, 8) & 255


def paths(cwd: Path, *arguments: str, stdin: str = "", check: bool = True) -> list[str]:
    """Run a command of git that prints one path a line, and return the paths whatever bytes are in them."""
    done = ask(cwd, "-c", "core.quotePath=true", *arguments, stdin=stdin, check=check)
    return [unquote(line) for line in done.out.splitlines()]


def main_work_tree(cwd: Path) -> Path | None:
    """Return the main work tree that a folder belongs to, also from a linked worktree; None outside a repository."""
    if process.find("git") is None:
        return None
    done = ask(cwd, "rev-parse", "--path-format=absolute", "--git-common-dir", "--show-toplevel", check=False)
    if done.code != 0:
        return None
    common, top = map(Path, done.out.splitlines()[:2])
    if common.name == ".git":
        return common.parent
    named = ask(common, "config", "--file", "config", "core.worktree", check=False)  # what a submodule has
    main = (common / named.out.strip()).resolve() if named.out.strip() else top
    return main if main.is_dir() else top


def commits_since(cwd: Path, seconds: int, paths: Sequence[str]) -> int | None:
    """Count the commits on HEAD since a time that touch paths or patterns below a folder; None outside a repository."""
    if not paths or process.find("git") is None:
        return None
    kinds = (("glob" if any(sign in path for sign in "*?") else "literal", path) for path in paths)
    specs = [f":({kind}){path}" for kind, path in kinds]
    done = ask(cwd, "rev-list", "--count", f"--max-age={seconds}", "HEAD", "--", *specs, check=False)
    return int(done.out) if done.code == 0 else None
