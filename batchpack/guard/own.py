"""The pack's own commands: which words start them, and which of their options lead elsewhere."""

from __future__ import annotations

import os

from batchpack.guard.globs import folded
from batchpack.guard.places import Place, is_protected
from batchpack.guard.policy import fingerprint
from batchpack.guard.refusal import Refused, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROGRAM, TASKS, ROUTER, SHELL = "batchpack", "task-cli", "router.sh", "bash"
BIGGEST = 65536
SAME = ("--root",)
INSIDE = ("--in", "--project", "--project-path", "--tasks-path", "--dir", "--out")
FILES = ("--file", "--from", "--params", "--prices", "--template")
BESIDE = "--worktree-dir"
PEOPLES = (
    ("install",), ("uninstall",), ("receipts", "undo"), ("receipts", "export"), ("items", "run"), ("items", "prune"),
    ("items", "approve"), ("run",), ("merge",), ("worktrees", "clean"),
)  # fmt: skip
"""Commands that only people give: an undo runs what a worker wrote, an export writes any file, a yes is a person's.

A plan's commands, and those of a gate, are run beside the guard.
"""
CHECKING = (("items", "approve", "--check"),)
"""What of these only looks; the option stands first, since behind another one it could be that one's value."""
RUNNING = ("items", "add"), "--command"
"""A command, and its option that runs a program."""
RECORDS = ".batchpack"


def recognised(words: list[str], policy: dict[str, Any], place: Place) -> list[str]:
    """Return a command of the pack as patterns have it (`task-cli ...`, `batchpack ...`), nothing for any other.

    Raises Refused for what looks like one and is not.
    """
    first = words[0]
    if first == SHELL and len(words) > 1 and _is_router(words[1], policy, place):
        _check_program(SHELL, place)
        return [TASKS, *words[2:]]
    if first == TASKS:
        raise Refused(
            "task-cli is run through router.sh here", f"run: bash {(policy['router'] or {}).get('path', ROUTER)}"
        )
    if is_program(first, policy):
        if "/" in first:
            _check_path(first, policy, place)
        else:
            _check_program(first, place)
        return [PROGRAM, *words[1:]]
    return []


def is_program(word: str, policy: dict[str, Any]) -> bool:
    """Tell whether a word is meant to start the pack's program."""
    return word == policy["program"] or word.rsplit("/", 1)[-1] == PROGRAM


def _is_router(path: str, policy: dict[str, Any], place: Place) -> bool:
    """Tell whether a path is that of router.sh, unchanged and where no agent can change it."""
    known = policy["router"]
    real = place.real(path)
    if known and _reads_as(real, known["sha256"]):
        if real == os.path.realpath(known["path"]) or (place.holds(real) and _is_kept(real, place)):
            return True
        raise Refused(f"{shown(path)} lies where agents can change it", f"run: bash {known['path']}")
    if os.path.basename(path) == ROUTER or (known and real == os.path.realpath(known["path"])):
        raise Refused(
            f"{shown(path)} is not the router.sh that was installed", "tell the user to run `batchpack install`"
        )
    return False


def is_as_installed(router: dict[str, Any] | None) -> bool:
    """Tell whether router.sh, where there is one, is as it was installed."""
    return router is None or _reads_as(os.path.realpath(router["path"]), router["sha256"])


def _reads_as(path: str, sha256: str) -> bool:
    """Tell whether a file has a fingerprint."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > BIGGEST:
            return False
        with open(path, "rb") as stream:
            return fingerprint(stream.read()) == sha256
    except (OSError, ValueError):
        return False


def _is_kept(real: str, place: Place) -> bool:
    """Tell whether no restricted agent may edit a file of the project."""
    return place.is_own(real) or is_protected(folded(real.removeprefix(place.root).lstrip("/")))


def _check_path(path: str, policy: dict[str, Any], place: Place) -> None:
    """Refuse a path that is not the installed program's, or that an agent could have written to."""
    real = os.path.realpath(path)
    known = os.path.isabs(path) and (path == policy["program"] or place.is_own(real))
    if not known or (place.holds(real) and not place.is_own(real)):
        raise Refused(f"{shown(path)} is not the installed program", f"run: {policy['program']}")


def _check_program(word: str, place: Place) -> None:
    """Refuse a word that PATH leads nowhere, or into the project."""
    found = on_path(word)
    if found is None:
        raise Refused(f"{shown(word)} is not on PATH", "tell the user")
    check_place(word, found, place)


def on_path(word: str) -> str | None:
    """Return the file that a shell runs for a word; a folder of PATH that is not absolute counts as the project's."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = os.path.join(folder or ".", word)
        if os.access(found, os.X_OK) and os.path.isfile(found):
            return found
    return None


def check_place(word: str, found: str, place: Place) -> None:
    """Refuse a program that lies in the project, where an agent could have put it."""
    real = os.path.realpath(found)
    lies_in = not os.path.isabs(found) or place.holds(real) or place.holds(os.path.abspath(found))
    if lies_in and not place.is_own(real):
        raise Refused(f"PATH finds {shown(word)} in the project", "tell the user: agents could have changed it")


def check_options(words: list[str], place: Place) -> None:
    """Refuse options of the pack's commands that lead out of the project, and its own removal."""
    plain = [word for word in words[1:] if not word.startswith("-")]
    looks = tuple(words[1:4]) in CHECKING
    for peoples in PEOPLES if words[0] == PROGRAM and not looks else ():
        if tuple(plain[: len(peoples)]) == peoples:
            raise Refused(f"agents do not run batchpack {' '.join(peoples)}", "tell the user what you need")
    if (
        words[0] == PROGRAM
        and tuple(plain[:2]) == RUNNING[0]
        and any(word.partition("=")[0] == RUNNING[1] for word in words)
    ):
        raise Refused(f"agents do not run items add {RUNNING[1]}", "tell the user what you need")
    for at, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name in (*SAME, *INSIDE, *FILES, BESIDE):
            given = value if sign else words[at + 1] if at + 1 < len(words) else ""
            _check_option(name, given, place)


def _check_option(name: str, value: str, place: Place) -> None:
    """Refuse a value of an option that leads elsewhere."""
    real = place.real(value) if value else ""
    if name in FILES:
        if value != "-" and (place.secret(value) or not (place.holds(real) or f"/{RECORDS}/" in real)):
            raise Refused(f"{name} {shown(value)} leads elsewhere", f"give the text with {name} - <<'WORD'")
    elif name == BESIDE:
        if not value or not _is_beside(real, place):
            raise Refused(f"{name} {shown(value)} leads elsewhere", "name a folder beside the project, or leave it out")
    elif not value or (real != place.root if name in SAME else not place.holds(real)):
        raise Refused(f"{name} {shown(value)} leads out of the project", f"leave {name} out")
    elif name not in SAME and real != place.root and name in ("--dir", "--out") and _is_kept(real, place):
        raise Refused(f"{name} {shown(value)} is protected", f"leave {name} out")


def _is_beside(real: str, place: Place) -> bool:
    """Tell whether a path leads to a folder beside the project, through none that hides settings of programs."""
    around = os.path.dirname(place.root).rstrip("/") + "/"
    return real.startswith(around) and not any(part.startswith(".") for part in real[len(around) :].split("/"))
