"""One task as XML: lenient in what is read, strict in what is told of it, with file and line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from batchpack.tasks.values import one_line
from batchpack.workplan import xml_tree, xml_words
from batchpack.workplan.complaints import Complaint
from batchpack.workplan.values import WorkTask
from batchpack.workplan.xml_tree import Section

NAMED = re.compile(r"([A-Za-z]{0,8}\d+(?:[-.]\d+)*)(?=-|$)")
"""The id at the start of a file's name, as in `L1-001-create-enums.xml`."""
CREATED = ("files-to-create", "deliverables")
CHANGED = ("files-to-modify", "files-to-change", "files-to-edit", "scope")
VERIFIED = ("verification", "verify", "verification-steps")
TOLD = ("context", "dependencies", "objective", "requirements", "test-requirements", "exports")
"""Sections that are for the agent, in the order in which it reads them."""
USED = frozenset({"meta", *CREATED, *CHANGED, *VERIFIED, *TOLD})
ROOTS = frozenset({"task", "task-spec", "task-definition"})
IDS = ("id", "task-id")
NAMES = ("name", "title")


@dataclass(frozen=True)
class Found:
    """A task file as it was read: `dependencies` is its section, which is understood when all ids are known."""

    path: Path
    root: Section
    id: str
    shown: str

    @property
    def where(self) -> str:
        """Return the file with the line of the root."""
        return f"{self.shown}:{self.root.line}"


def read(path: Path, shown: str) -> Found:
    """Read a task file; `shown` is its name in complaints. Raises BrokenFile."""
    root = xml_tree.read(path)
    given = _meta(root, *IDS) or root.attributes.get("id", "").strip()
    return Found(path, root, given or id_in_name(path), shown)


def id_in_name(path: Path) -> str:
    """Return the id with which a file's name begins, else the whole name."""
    found = NAMED.match(path.stem)
    return found[1] if found else path.stem


def _meta(root: Section, *tags: str) -> str:
    """Return a value of the meta section, else of the root."""
    for place in (root.first("meta", "metadata"), root):
        child = place.first(*tags) if place is not None else None
        value = child.text if child is not None else ""
        given = next((place.attributes[tag] for tag in tags if tag in place.attributes), "") if place else ""
        if value or given:
            return one_line(value or given).strip()
    return ""


def build(found: Found, known: Collection[str]) -> tuple[WorkTask, list[Complaint]]:
    """Return the task that a file holds, and what must be mended; `known` are the ids of all tasks beside it."""
    root, unread = found.root, list[str]()
    created, changed = _paths(root, CREATED, unread), _paths(root, CHANGED, unread)
    verify = _commands(root, unread)
    unread += _unknown(root)
    task = WorkTask(
        id=found.id,
        title=_meta(root, *NAMES) or found.path.stem,
        prompt="\n\n".join(_told(root)),
        depends_on=tuple(_dependencies(found, known)),
        deliverables=tuple(created),
        scope=tuple(changed),
        verify=tuple(verify),
        layer=_meta(root, "layer") or found.path.parent.name,
        where=found.where,
        unread=tuple(unread),
    )
    return task, list(_complaints(found, task))


def _complaints(found: Found, task: WorkTask) -> Iterator[Complaint]:
    """Say what a task file lacks that a run needs."""
    called = f"task {task.id[:64]}"
    if found.root.tag not in ROOTS:
        yield Complaint(found.where, f"{called}: its root is <{found.root.tag[:40]}>; a task file begins with <task>")
    if not _sections(found.root, ("objective",)) and not _sections(found.root, ("requirements",)):
        yield Complaint(found.where, f"{called}: it has neither an <objective> nor <requirements>")
    if not task.verify and _sections(found.root, VERIFIED):
        line = _sections(found.root, VERIFIED)[0].line
        place = f"{found.shown}:{line}"
        yield Complaint(place, f"{called}: no line of its <verification> is one for the shell")


def _sections(root: Section, tags: Collection[str]) -> list[Section]:
    """Return the sections that have one of the tags and something in them."""
    return [child for child in root.children if child.tag in tags and (child.text or child.children)]


def _paths(root: Section, tags: Collection[str], unread: list[str]) -> list[str]:
    """Return the paths that sections list; entries that are none go to `unread`."""
    found: list[str] = []
    for section in _sections(root, tags):
        paths, odd = xml_words.paths_of(section)
        found += paths
        unread += odd
    return list(dict.fromkeys(found))


def _commands(root: Section, unread: list[str]) -> list[str]:
    """Return the lines for the shell of the verification; sentences go to `unread`."""
    found: list[str] = []
    for section in _sections(root, VERIFIED):
        commands, prose = xml_words.commands_of(section)
        found += commands
        unread += prose
    return found


def _unknown(root: Section) -> Iterator[str]:
    """Name the sections that nothing here acts on."""
    for section in root.children:
        if section.tag not in USED and section.tag not in {*IDS, *NAMES, "layer"}:
            yield f"<{section.tag}> line {section.line}"


def _dependencies(found: Found, known: Collection[str]) -> Iterator[str]:
    """Yield the ids that the dependencies name: in attributes `task` or `id`, and in the text."""
    shape = xml_words.shape_of(found.id)
    named: list[str] = []
    for section in _sections(found.root, ("dependencies", "depends-on")):
        for part in section.walk():
            named += [part.attributes["task"].strip()] if part.attributes.get("task") else []
        given = " ".join([section.text, *(part.attributes.get("id", "") for part in section.walk())])
        named += xml_words.ids_in(given, known, shape)
    yield from (name for name in dict.fromkeys(named) if name != found.id)


def _told(root: Section) -> Iterator[str]:
    """Yield the sections that the agent is told, as Markdown; also those that nothing here knows."""
    known = [section for tag in TOLD for section in root.children if section.tag == tag]
    others = [section for section in root.children if section.tag not in {*USED, *IDS, *NAMES, "layer"}]
    for section in [*known, *others, *_sections(root, VERIFIED)]:
        body = "\n".join(_lines(section, 0)).strip()
        if body:
            yield f"## {section.tag.replace('-', ' ').capitalize()}\n\n{body}"


def _lines(section: Section, depth: int) -> Iterator[str]:
    """Yield a section's parts as lines: texts as they are, elements as entries of a list with their attributes."""
    parts: list[Section | str] = [section.text] if _is_prose(section) else section.parts
    for part in parts:
        if isinstance(part, str):
            yield from (f"{'  ' * depth}{line.strip()}" for line in part.splitlines() if line.strip())
        else:
            marks = ", ".join(f"{name} {value}" for name, value in part.attributes.items())
            prose = _is_prose(part)
            text = " ".join((part.text if prose else part.own_text).split())
            yield f"{'  ' * depth}- {part.tag}{f' ({marks})' if marks else ''}: {text}".rstrip()
            if not prose:
                yield from _lines(Section(part.tag, part.line, {}, list(part.children)), depth + 1)


def _is_prose(section: Section) -> bool:
    """Tell whether the elements in a section only mark words of its text."""
    bare = all(not child.attributes and not child.children for child in section.children)
    return bool(section.own_text) and bare
