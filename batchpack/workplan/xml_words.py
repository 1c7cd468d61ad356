"""What people write into task files, understood: lists of paths, lines for the shell, ids of tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from batchpack.tasks.claims import cleaned
from batchpack.workplan.xml_tree import Section

BULLET = re.compile(r"(?:[-*+•]|\d{1,3}[.)])\s+")
FENCE = re.compile(r"\s*(?:```|~~~)")
CODE = re.compile(r"`+([^`\n]+)`+")
PROSE = re.compile(r"[A-Z][a-z]+(?:[\s,:]|$)")
RUN = re.compile(r"(?:Run|Execute)\b:?\s+(?=\S)")
NO_PATHS = frozenset({"none", "n/a", "-", "nothing"})
COMMAND_TAGS = ("command", "cmd", "run", "shell")
PATH_TAGS = ("path", "file", "name")


def entries(text: str) -> Iterator[str]:
    """Yield the entries of a list as people type them: a line each, without bullets, numbers, fences and blanks."""
    for line in text.splitlines():
        bare = BULLET.sub("", line.strip(), count=1).strip()
        if bare and not FENCE.match(line):
            yield bare


def path(entry: str) -> str | None:
    """Return the path that an entry names, its note and quotes left away; None where it names none."""
    quoted = CODE.search(entry)
    if quoted is not None and cleaned(quoted[1]) is not None:
        return cleaned(quoted[1])
    return cleaned(entry)


def paths_of(section: Section) -> tuple[list[str], list[str]]:
    """Return the paths that a section lists, and the entries that name none, each with its line."""
    found: list[str] = []
    odd: list[str] = []
    for entry, line in _listed(section):
        named = path(entry)
        if entry.lower().rstrip(".") in NO_PATHS:
            continue
        if named is not None:
            found.append(named.removeprefix("./"))
        else:
            odd.append(f"<{section.tag}> line {line}: {entry[:80]!r} is no path")
    return list(dict.fromkeys(found)), odd


def _listed(section: Section) -> Iterator[tuple[str, int]]:
    """Yield what a section lists: of its children the attribute `path`, a child for the path, or the text."""
    for child in section.children:
        inner = [each for each in child.children if each.tag in PATH_TAGS]
        given = child.attributes.get("path") or (inner[0].text if len(inner) == 1 else "")
        if given:
            yield given, child.line
        elif child.children:
            yield from _listed(child)
        else:
            yield from ((entry, child.line) for entry in entries(child.text))
    yield from ((entry, section.line) for entry in entries(section.own_text))


def commands_of(section: Section) -> tuple[list[str], list[str]]:
    """Return the lines for the shell that a section holds, and the steps that are prose, each with its line."""
    found: list[str] = []
    prose: list[str] = []
    for text, line in _steps(section):
        command = _command(text)
        if command is not None:
            found.append(command)
        else:
            prose.append(f"<{section.tag}> line {line}: {text[:80]!r} is a sentence, no line for the shell")
    return found, prose


def _steps(section: Section) -> Iterator[tuple[str, int]]:
    """Yield the steps of a section: one for each child, of whose parts the one for the command, else one a line."""
    for child in section.children:
        inner = child.first(*COMMAND_TAGS)
        given = child.attributes.get("command") or (inner.text if inner is not None else "")
        if given:
            yield given.strip(), child.line
        elif child.first("step", *COMMAND_TAGS, "test", "check") is not None:
            yield from _steps(child)
        elif child.tag in COMMAND_TAGS and child.text:
            yield child.text, child.line
        else:
            yield from ((entry, child.line) for entry in _lines(child.text))
    yield from ((entry, section.line) for entry in _lines(section.own_text))


def _lines(text: str) -> Iterator[str]:
    """Yield entries, without those that are comments; lines that end with a backslash go on."""
    joined = re.sub(r"\\\n\s*", "", text)
    yield from (entry for entry in entries(joined) if not entry.startswith("#"))


def _command(text: str) -> str | None:
    """Return the line for the shell in a step; None for a sentence without one."""
    bare = RUN.sub("", text.strip(), count=1).removeprefix("$ ")
    quoted = CODE.search(text)
    if quoted is not None and (PROSE.match(text) or CODE.fullmatch(bare)):
        return quoted[1].strip().removeprefix("$ ")
    return None if not bare or PROSE.match(bare) else bare


def ids_in(text: str, known: Iterable[str], shape: re.Pattern[str]) -> list[str]:
    """Return the ids of tasks in a text: those that are known, and words of the same shape."""
    words = re.findall(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]|[A-Za-z0-9]", text)
    among = frozenset(known)
    return list(dict.fromkeys(word for word in words if word in among or shape.fullmatch(word)))


def shape_of(name: str) -> re.Pattern[str]:
    """Return a pattern for ids like this one: the same letters' case and signs, digits of any count.

    An id without a digit has no shape that a word of a sentence would not have as well.
    """
    if not re.search(r"\d", name):
        return re.compile(r"(?!)")
    parts = re.findall(r"[A-Z]+|[a-z]+|\d+|[^A-Za-z\d]+", name)
    return re.compile("".join(_any_like(part) for part in parts))


def _any_like(part: str) -> str:
    """Return a pattern for a part of an id: any digits for digits, the same for all else."""
    return r"\d+" if part.isdigit() else re.escape(part)
