"""`bash: read-only`: commands that look, without the arguments that make them write, run programs or show secrets."""

from __future__ import annotations

import os
import re

from batchpack.guard.globs import SAMPLES, finds, is_secret, matches
from batchpack.guard.own import check_place, on_path
from batchpack.guard.places import Place
from batchpack.guard.refusal import Refused, shown
from batchpack.protected import READ_ONLY_COMMANDS, TURNED_COMMANDS

TURNED = {
    "git": ("--output", "--ext-diff", "--textconv", "--contents"),
    "rg": ("--pre", "--hostname-bin", "--hidden", "--no-ignore", "--unrestricted", "--type-add", "--ignore-file"),
}
"""Options that are refused, also cut short as far as git takes them."""
HARMLESS = ("--text", "--pretty")
TEXTS = ("-S", "-G", "--grep", "--author", "--committer", "--format", "--pretty", "--since", "--until")
"""Options of git whose next word is no path."""
GLOBS = ("-g", "--glob", "--iglob")
SHORT_WITH_VALUE = "ABCEMTdefgjmrt"
SPLIT = re.compile(r"\.\.+|[:=,^@]")
INSTEAD = "use one of: " + ", ".join(READ_ONLY_COMMANDS)


def check(words: list[str], place: Place) -> None:
    """Refuse what does more than look."""
    if words[:2] == ["git", "--no-pager"]:
        words = ["git", *words[2:]]
    line = " ".join(words)
    known = next((one for one in READ_ONLY_COMMANDS if words[: one.count(" ") + 1] == one.split(" ")), None)
    if known is None:
        raise Refused(f"{shown(line)} is not among the commands that only look", INSTEAD)
    if any(matches(pattern, line) for pattern in TURNED_COMMANDS):
        raise Refused(f"{known} can do more than look with one of these options", "leave the option out")
    check_program(words[0], place)
    for word in words[1:]:
        _check_option(words[0], word)
    if words[0] == "rg":
        _check_search(words, place)
    else:
        _check_names(words, place)


def check_program(word: str, place: Place) -> None:
    """Refuse a program that PATH finds in the project."""
    found = None if "/" in word else on_path(word)
    if found:
        check_place(word, found, place)


def _check_option(program: str, word: str) -> None:
    """Refuse an option that turns a command into another one."""
    name = word.partition("=")[0]
    for option in TURNED.get(program, ()):
        cut = len(name) > 3 and option.startswith(name) and name not in HARMLESS
        if cut or name.startswith(option):
            raise Refused(f"{program} {shown(name)} is not allowed", "leave the option out")


def _check_names(words: list[str], place: Place) -> None:
    """Refuse arguments that name secrets, in the work tree or in a commit."""
    texts = words[0] == "git"
    at = 1
    while at < len(words):
        word = words[at]
        if texts and word in TEXTS:
            at += 2
            continue
        if _names_secret(word, place):
            raise _secret(word)
        at += 1


def _names_secret(word: str, place: Place) -> bool:
    """Tell whether a word, or a part of it, is the name of a secret or a pattern that finds one."""
    parts = [word, *SPLIT.split(word)]
    if any(is_secret(part) for part in parts if part):
        return True
    if set("*?[") & set(word) and finds(word.rsplit(":", 1)[-1].rsplit(")", 1)[-1], SAMPLES):
        return True
    return any(place.secret(part) for part in parts if part and os.path.lexists(os.path.join(place.cwd, part)))


def _check_search(words: list[str], place: Place) -> None:
    """Refuse to search in secrets; words that name no file are what is searched for."""
    for before, word in zip(words, words[1:], strict=False):
        glob = _glob(before, word)
        if glob and not glob.startswith("!") and (is_secret(glob) or finds(glob, SAMPLES)):
            raise _secret(glob)
        if re.fullmatch(rf"-[^-{SHORT_WITH_VALUE}]*[u.].*", word):
            raise Refused(f"rg {shown(word)} searches hidden files", "leave the option out")
        name = word.partition("=")[2] if word.startswith("--") else word
        exists = name and "\0" not in name and os.path.lexists(os.path.join(place.cwd, name))
        if (exists and place.secret(name)) or (word[0:1] == "-" and is_secret(word)):
            raise _secret(word)


def _glob(before: str, word: str) -> str:
    """Return the pattern for files that a word of rg holds."""
    if before in GLOBS or re.fullmatch(rf"-[^-{SHORT_WITH_VALUE}]+g", before):
        return word
    if word.startswith(("--glob=", "--iglob=")):
        return word.partition("=")[2]
    found = re.fullmatch(rf"-[^-{SHORT_WITH_VALUE}]*g=?(.+)", word)
    return found[1] if found else ""


def _secret(word: str) -> Refused:
    """Say that a command names a secret."""
    return Refused(f"{shown(word)} names a secret", "leave secrets out; that one is there is finding enough")


def check_plain(words: list[str], place: Place) -> None:
    """Refuse existing secrets among the words of any command."""
    for word in words[1:]:
        if _names_secret(word, place):
            raise _secret(word)
