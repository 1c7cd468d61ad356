"""`bash: project`: any command, but for the accidents that are known. This is no wall: programs can do all."""

from __future__ import annotations

import re

from batchpack.guard.globs import folded, is_secret
from batchpack.guard.own import PROGRAM, TASKS, is_program
from batchpack.guard.places import LONGEST as LONGEST_PATH
from batchpack.guard.places import Place, is_protected
from batchpack.guard.refusal import Refused, shown
from batchpack.protected import GIT_WRITES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    More = Callable[[list[str], list[str]], None]

LONGEST = 300_000
DEEPEST = 5
TOKEN = re.compile(
    r"(?P<space>[ \t]+)|(?P<end>\$\(|[;&|(){}`\n]+)|(?P<write>[0-9&]*>[>|&]?)|(?P<read><[<&>]?[<-]?)"
    r"|(?P<word>(?:[^\s;&|(){}`<>'\"\\$]|\$(?!\()|\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|['\"\\])+)",
    re.DOTALL,
)
TEXT = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1")
SHELLS = {"bash", "sh", "dash", "zsh", "ksh", "eval", "fish"}
WRAPPERS = {
    "command",
    "exec",
    "env",
    "sudo",
    "nohup",
    "time",
    "timeout",
    "nice",
    "xargs",
    "builtin",
    "uvx",
    "uv",
    "pipx",
}
KEYWORDS = {"then", "do", "else", "!", "if", "while", "until", "elif", "run", "tool"}
WRITERS = {"tee", "rm", "mv", "cp", "ln", "touch", "truncate", "install", "chmod", "chown", "dd", "rsync", "unlink"}
READERS = {
    "cat",
    "less",
    "more",
    "head",
    "tail",
    "grep",
    "rg",
    "sed",
    "awk",
    "base64",
    "xxd",
    "od",
    "strings",
    "source",
    ".",
}
GIT_VALUES = ("-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env")
REBUILT = "node_modules"
"""What package managers throw away and make anew."""


def check(command: str, policy: dict[str, Any], place: Place, depth: int = 0, more: More | None = None) -> None:
    """Refuse a command that writes with git, touches protected files or runs the pack's commands.

    `more` judges each simple command, with the files behind its redirections, in place of the rule for git.
    """
    if "\0" in command or len(command) > LONGEST or depth > DEEPEST:
        raise Refused("the command is too long or too deep", "put it into a script")
    for said, targets in commands(command):
        for target in targets:
            _check_target(target, place)
        (more or _check_gits)(said, targets)
        _check(said, policy, place)
        for text in _inner(said):
            check(text, policy, place, depth + 1, more)


def commands(command: str) -> list[tuple[list[str], list[str]]]:
    """Split a text into its simple commands, each with the files behind its redirections."""
    found: list[tuple[list[str], list[str]]] = [([], [])]
    target = False
    for token in TOKEN.finditer(_without_texts(command.replace("\\\n", " "))):
        kind, text = token.lastgroup, token[0]
        if kind == "end":
            found.append(([], []))
        elif kind == "word":
            found[-1][1 if target else 0].append(_plain(text))
        target = kind in ("write", "read") or (target and kind == "space")
    return found


def _without_texts(command: str) -> str:
    """Return a command without its here-documents, but for those that a shell reads."""
    kept: list[str] = []
    word = ""
    for line in command.split("\n"):
        if word:
            word = "" if line.strip("\t") == word else word
            continue
        kept.append(line)
        found = TEXT.search(line)
        word = found[2] if found and not SHELLS & set(re.findall(r"\w+", line)) else ""
    return "\n".join(kept)


def _plain(word: str) -> str:
    """Return a word without quotes and backslashes."""
    return re.sub(r"\\(.)|['\"]", lambda found: found[1] or "", word, flags=re.DOTALL)


def _inner(said: list[str]) -> list[str]:
    """Return the texts in a command that are commands themselves: scripts of shells, and substitutions in quotes."""
    scripts = [word for word in said if set(" ;\n") & set(word)] if SHELLS & {name(word) for word in said} else []
    return scripts + [word.replace("`", "\n").replace("$(", "\n") for word in said if "$(" in word or "`" in word]


def name(word: str) -> str:
    """Return a program's name without its folder."""
    return word.rsplit("/", 1)[-1]


def _check(said: list[str], policy: dict[str, Any], place: Place) -> None:
    """Refuse one simple command."""
    rest = unwrapped(said)
    if not rest:
        return
    program = name(rest[0])
    if is_program(rest[0], policy) or rest[1:3] == ["-m", PROGRAM]:
        raise Refused(
            "of batchpack's commands this agent has `batchpack result put`", "run it alone, as it was given to you"
        )
    if program == TASKS or any(word.endswith("task-management/router.sh") for word in rest):
        raise Refused("this agent has no task-cli", "leave the state of tasks to those who started you")
    if writes(program, rest):
        for word in rest[1:]:
            _check_target(word.removeprefix("of="), place)
    if program in READERS and any(place.leads_to_secret(word) for word in rest[1:]):
        raise Refused("the command reads a secret", "leave secrets alone")


def writes(program: str, words: list[str]) -> bool:
    """Tell whether a program changes the files that its arguments name."""
    return program in WRITERS or (program in ("sed", "perl") and any(word.startswith("-i") for word in words))


def unwrapped(said: list[str]) -> list[str]:
    """Return a simple command without variables and programs that run another one in front."""
    at = 0
    while at < len(said) and (
        re.match(r"[A-Za-z_]\w*=", said[at])
        or name(said[at]) in WRAPPERS | KEYWORDS
        or (at and (said[at].startswith("-") or re.fullmatch(r"[\d.]+[smh]?", said[at])))
    ):
        at += 1
    return said[at:]


def _check_gits(said: list[str], _targets: list[str]) -> None:
    """Refuse git's commands that write, wherever in a simple command they stand."""
    for at, word in enumerate(said):
        if name(word) == "git":
            _check_git(said[at + 1 :])


def _check_git(words: list[str]) -> None:
    """Refuse git's commands that write."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in GIT_VALUES else 1
    if at < len(words) and words[at] in GIT_WRITES:
        raise Refused(f"git {words[at]} is not allowed, for agents share this work tree", "leave it to the user")


def _check_target(word: str, place: Place) -> None:
    """Refuse to write to a protected file."""
    if not word or word.startswith("-") or len(word) > LONGEST_PATH or REBUILT in word.split("/"):
        return
    real = place.real(word)
    forms = [folded(word), folded(real.removeprefix(place.root).lstrip("/")) if place.holds(real) else ""]
    if any(is_protected(form) for form in forms if form) or is_secret(real) or place.is_own(real):
        raise Refused(f"{shown(word)} is protected", "leave it alone")
