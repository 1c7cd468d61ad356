"""`bash: read-only`: commands that look, without the arguments that make them write, run programs or show secrets."""

from __future__ import annotations

import re

from batchpack.guard.globs import SAMPLES, finds, is_secret, matches
from batchpack.guard.own import check_place, on_path
from batchpack.guard.places import Place
from batchpack.guard.refusal import Refused, shown
from batchpack.protected import READ_ONLY_COMMANDS, TURNED_COMMANDS

GIT, SEARCH = "git", "rg"
TURNED = {
    GIT: ("--output", "--ext-diff", "--textconv", "--contents"),
    SEARCH: ("--hidden", "--no-ignore", "--unrestricted", "--type-add", "--pre", "--hostname-bin"),
}
"""Options that are refused, also cut short, which git understands."""
HARMLESS = ("--text",)
TEXTS = ("-S", "-G", "--grep", "--author", "--committer", "--format", "--pretty", "--since", "--until")
"""Options of git whose next word is no path."""
GLOBS = ("--glob", "--iglob")
LETTERS = "-[^-ABCEMTdefgjmrt]*"
"""Letters of short options of rg, up to the first that takes a value."""
HIDDEN = re.compile(rf"{LETTERS}[u.].*")
SHORT = re.compile(rf"{LETTERS}([eg])(.*)")
SPLIT = re.compile(r"\.\.+|[:=,^@]")


def check(words: list[str], place: Place) -> None:
    """Refuse what does more than look."""
    if words[:2] == [GIT, "--no-pager"]:
        words = [GIT, *words[2:]]
    line = " ".join(words)
    known = next((one for one in READ_ONLY_COMMANDS if words[: one.count(" ") + 1] == one.split(" ")), None)
    if known is None:
        raise Refused(
            f"{shown(line)} is not among the commands that look", f"use one of: {', '.join(READ_ONLY_COMMANDS)}"
        )
    if any(matches(pattern, line) for pattern in TURNED_COMMANDS):
        raise Refused(f"{known} can do more than look with one of these words", "leave the option out")
    check_program(words[0], place)
    for word in words[1:]:
        _check_option(words[0], word)
    if words[0] == SEARCH:
        _check_search(words, place)
    else:
        check_names(words, place)


def check_program(word: str, place: Place) -> None:
    """Refuse a program that PATH finds in the project."""
    found = None if "/" in word else on_path(word)
    if found:
        check_place(word, found, place)


def _check_option(program: str, word: str) -> None:
    """Refuse an option that turns a command into another one."""
    name = word.partition("=")[0]
    for option in TURNED.get(program, ()):
        cut_short = len(name) > 2 and option.startswith(name) and name not in HARMLESS
        if cut_short or name.startswith(option):
            raise Refused(f"{program} {shown(name)} is not allowed", "leave the option out")


def check_names(words: list[str], place: Place) -> None:
    """Refuse arguments that name secrets, in the work tree or in a commit."""
    at = 1
    while at < len(words):
        if words[0] == GIT and words[at] in TEXTS:
            at += 2
            continue
        if _names_secret(words[at], place):
            raise _secret(words[at])
        at += 1


def _names_secret(word: str, place: Place) -> bool:
    """Tell whether a word, or a part of it, is the name of a secret or a pattern that finds one."""
    parts = [part for part in (word, *SPLIT.split(word)) if part]
    if any(is_secret(part) or place.leads_to_secret(part) for part in parts):
        return True
    return bool(set("*?[") & set(word)) and finds(re.split("[:)]", word)[-1], SAMPLES)


def _check_search(words: list[str], place: Place) -> None:
    """Refuse to search in secrets; words that name no file are what is searched for."""
    taking = ""
    for word in words[1:]:
        glob = word if taking == "g" else _glob(word)
        if glob and glob[0] != "!" and (is_secret(glob) or finds(glob, SAMPLES)):
            raise _secret(glob)
        if not taking:
            _check_searched(word, place)
        taking = "" if taking else _taking(word)


def _glob(word: str) -> str:
    """Return the pattern for files that a word of rg holds."""
    short = SHORT.fullmatch(word)
    if short:
        return short[2].removeprefix("=") if short[1] == "g" else ""
    return word.partition("=")[2] if word.startswith(GLOBS) else ""


def _taking(word: str) -> str:
    """Tell what the word behind a word of rg is: `g` a pattern for files, `e` what is searched for, else nothing."""
    short = SHORT.fullmatch(word)
    return short[1] if short and not short[2] else "g" if word in GLOBS else "e" if word == "--regexp" else ""


def _check_searched(word: str, place: Place) -> None:
    """Refuse a word of rg that names a secret, or makes it search where secrets are."""
    if HIDDEN.fullmatch(word):
        raise Refused(f"rg {shown(word)} searches hidden files", "leave the option out")
    name = word.partition("=")[2] if word.startswith("--") else word
    if place.leads_to_secret(name) or (word.startswith("-") and is_secret(word)):
        raise _secret(word)


def _secret(word: str) -> Refused:
    """Say that a command names a secret."""
    return Refused(f"{shown(word)} names a secret", "leave secrets out; that one is there is finding enough")
