"""Members between brackets and commas, as JSON and flow YAML have them: put in and taken out by offset."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

INDENT = "  "


@dataclass(frozen=True, slots=True)
class Brackets:
    """A container in a text: offsets of its opening bracket, of the place behind its closing one, and of its members.

    `skip` matches one piece of white space or comment.
    """

    start: int
    end: int
    members: Sequence[tuple[int, int]]
    skip: re.Pattern[str]

    def pieces(self, text: str, begin: int, stop: int) -> Iterator[tuple[int, str]]:
        """Walk what stands between two members: comments and blanks in one piece each, other signs one by one."""
        at = begin
        while at < stop:
            match = self.skip.match(text, at, stop)
            piece = match.group() if match and match.group() else text[at]
            yield at, piece
            at += len(piece)

    def comma(self, text: str, member: int) -> int | None:
        """Return the offset of the comma behind a member, or None."""
        begin, stop = self.members[member][1], self._next(member)
        return next((at for at, piece in self.pieces(text, begin, stop) if piece == ","), None)

    def _next(self, member: int) -> int:
        """Return where the member after this one begins, or the closing bracket."""
        return self.members[member + 1][0] if member + 1 < len(self.members) else self.end - 1


def line_indent(text: str, at: int) -> str | None:
    """Return the blanks before an offset when nothing else stands before it on its line."""
    lead = text[text.rfind("\n", 0, at) + 1 : at]
    return lead if not lead.strip(" \t") else None


def own_indent(text: str, at: int) -> str:
    """Return the blanks with which the line of an offset begins."""
    begin = text.rfind("\n", 0, at) + 1
    return text[begin : begin + len(text[begin:]) - len(text[begin:].lstrip(" \t"))]


def indent_unit(text: str) -> str:
    """Return the blanks of the first indented line, as the document's own step."""
    found = re.search(r"\n([ \t]+)[^\s]", text)
    return found.group(1) if found else INDENT


def add(text: str, box: Brackets, one_line: str, lines: str) -> str:
    """Add a member at the end of a container: `lines` where members stand on lines of their own, else `one_line`."""
    return _add_first(text, box, one_line, lines) if not box.members else _add_last(text, box, one_line, lines)


def _shift(lines: str, indent: str) -> str:
    """Indent every line of a member but its first."""
    return lines.replace("\n", "\n" + indent)


def _add_first(text: str, box: Brackets, one_line: str, lines: str) -> str:
    """Add the only member; comments that stand in the empty container stay before it."""
    inside = text[box.start + 1 : box.end - 1]
    if not inside.strip() and "\n" not in text.strip() and text.strip() != "{}":
        return text[: box.start + 1] + one_line + text[box.end - 1 :]
    outer = own_indent(text, box.start)
    inner = outer + indent_unit(text)
    kept = inside.rstrip()
    return f"{text[: box.start + 1]}{kept}\n{inner}{_shift(lines, inner)}\n{outer}{text[box.end - 1 :]}"


def _add_last(text: str, box: Brackets, one_line: str, lines: str) -> str:
    """Add a member behind the last one, with a trailing comma where the last one had it."""
    start, end = box.members[-1]
    comma = box.comma(text, len(box.members) - 1)
    behind = end if comma is None else comma + 1
    indent = line_indent(text, start)
    if indent is None:
        inserted = f", {one_line}" if comma is None else f" {one_line},"
        return text[:behind] + inserted + text[behind:]
    at = _end_of_line(text, box, behind)
    member = f"\n{indent}{_shift(lines, indent)}"
    if comma is None:
        return text[:end] + "," + text[end:at] + member + text[at:]
    return text[:at] + member + "," + text[at:]


def _end_of_line(text: str, box: Brackets, begin: int) -> int:
    """Return where the line of the last member ends, its comment included; directly behind it when there is no end."""
    for at, piece in box.pieces(text, begin, box.end - 1):
        if piece == "\n":
            return at
    return begin


def remove(text: str, box: Brackets, member: int) -> str:
    """Take a member out with its comma, and with its line where nothing else is left on it."""
    start, end = box.members[member]
    comma = box.comma(text, member)
    around = text[box.start + 1 : start] + text[end if comma is None else comma + 1 : box.end - 1]
    if len(box.members) == 1 and not around.strip():
        return text[: box.start + 1] + text[box.end - 1 :]
    last = member == len(box.members) - 1
    cuts = [(start, end if comma is None else comma + 1)]
    if comma is not None and end != comma:
        cuts = [(start, end), (comma, comma + 1)]
    if last and comma is None and member > 0:
        before = box.comma(text, member - 1)
        if before is not None:
            cuts.insert(0, (before, before + 1))
    return _cut(text, cuts)


def _cut(text: str, cuts: Sequence[tuple[int, int]]) -> str:
    """Cut pieces out, from the end; a line that is left blank goes too, and so do blanks left between two members."""
    for start, end in reversed(cuts):
        lead = line_indent(text, start)
        stop = end + len(text[end:]) - len(text[end:].lstrip(" \t"))
        if lead is not None and text[start:end] != "," and text[stop : stop + 1] in {"\n", ""}:
            begin = max(0, start - len(lead) - 1)
            text = text[:begin] + text[stop:]
        elif text[start:end] == ",":
            text = text[:start] + text[end:]
        else:
            text = text[:start].rstrip(" ") + text[end:] if text[end : end + 1] in "]} " else text[:start] + text[end:]
    return text
