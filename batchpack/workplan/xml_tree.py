"""XML with the line of every element; what could grow or reach out, a DTD or an entity, is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchpack.errors import BrokenFile

SIZE_LIMIT = 1_000_000
"""The largest task file, in bytes."""
DEPTH_LIMIT = 50


@dataclass(slots=True)
class Section:
    """An element: its tag in small letters with `-` for `_`, its attributes, its own text, and what lies in it."""

    tag: str
    line: int
    attributes: dict[str, str]
    parts: list[Section | str] = field(default_factory=list)

    @property
    def children(self) -> list[Section]:
        """Return the elements in it."""
        return [part for part in self.parts if isinstance(part, Section)]

    @property
    def text(self) -> str:
        """Return all text in it, also that of elements in it, without blanks at the ends."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts).strip()

    @property
    def own_text(self) -> str:
        """Return the text that stands in no element in it."""
        return "".join(part for part in self.parts if isinstance(part, str)).strip()

    def first(self, *tags: str) -> Section | None:
        """Return the first element in it that has one of the tags."""
        return next((child for child in self.children if child.tag in tags), None)

    def walk(self) -> Iterator[Section]:
        """Yield this element and all in it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


def read(path: Path) -> Section:
    """Return the root of an XML file; raises BrokenFile with the line."""
    return parse(_bytes(path), path)


def _bytes(path: Path) -> bytes:
    """Read a plain file that is not too large."""
    try:
        if not path.is_file():
            raise BrokenFile(path, "it is no plain file")
        with path.open("rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise BrokenFile(path, error.strerror or str(error)) from error
    if len(data) > SIZE_LIMIT:
        raise BrokenFile(path, f"it is larger than {SIZE_LIMIT / 1e6:g} MB; a task is shorter than that")
    return data


def parse(data: bytes, path: Path) -> Section:
    """Return the root of an XML text; raises BrokenFile with the line."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import XMLParser

    builder = _Builder(path)
    parser = XMLParser(target=builder, forbid_dtd=True)
    builder.position = lambda: parser.parser.CurrentLineNumber
    try:
        parser.feed(data)
        parser.close()
    except ParseError as error:
        line, column = error.position
        raise BrokenFile(path, f"broken XML: {str(error).partition(':')[0]}", line, column + 1) from error
    except DefusedXmlException as error:
        raise BrokenFile(path, "it has a DTD or an entity; a task needs none", builder.position()) from error
    except (ValueError, LookupError) as error:  # an encoding that Python does not have
        raise BrokenFile(path, f"broken XML: {error}") from error
    return builder.root


class _Builder:
    """Builds sections from what the parser finds, and notes on which line each begins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: list[Section] = []
        self._root: Section | None = None
        self.position: Any = lambda: 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if len(self._open) >= DEPTH_LIMIT:
            raise BrokenFile(self._path, "too many elements lie in each other", self.position())
        found = Section(_plain(tag), self.position(), {_plain(name): value for name, value in attributes.items()})
        if self._open:
            self._open[-1].parts.append(found)
        else:
            self._root = found
        self._open.append(found)

    def data(self, text: str) -> None:
        """Add text to the element that is open."""
        self._open[-1].parts.append(text)

    def end(self, tag: str) -> None:  # noqa: ARG002 - the parser's signature
        """End an element."""
        self._open.pop()

    def close(self) -> None:
        """End the file."""

    @property
    def root(self) -> Section:
        """Return the root."""
        if self._root is None:
            raise BrokenFile(self._path, "there is no element in it")
        return self._root


def _plain(tag: str) -> str:
    """Return a tag without its namespace, in small letters, with `-` for `_`."""
    return tag.rpartition("}")[2].lower().replace("_", "-")
