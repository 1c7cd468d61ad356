"""Splits a command into words when it is a single plain one; whatever a shell could read otherwise is refused."""

from __future__ import annotations

import re

from batchpack.guard.refusal import Refused, shown

LONGEST, LONGEST_LINE = 1_000_000, 20_000
TOKEN = re.compile(r" +|[A-Za-z0-9_./:,@%+=-]+|'[^']*'|\"[^\"]*\"")
HANDED_IN = re.compile(r"(.*) << ?(?:'([A-Za-z0-9_]+)'|\"([A-Za-z0-9_]+)\") *")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
CONTROL_IN_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
KEYWORDS = frozenset(
    {"if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "select", "end"}
    | {"function", "time", "coproc", "foreach", "repeat", "nocorrect", "noglob", "always"}
)
"""What shells take for something else than a program in a command's first place."""
INSTEAD = {
    **dict.fromkeys("<>", "run the command alone, without redirection; only <<'WORD' at the end of the line is known"),
    **dict.fromkeys(";&|(){}", "run one command at a time, alone"),
    **dict.fromkeys("$`\\!~", "write values out, and put text in single quotes"),
    **dict.fromkeys("*?[]", "name files one by one, or put the text in single quotes"),
    **dict.fromkeys("'\"", "close the quote"),
    "#": "leave comments out, or put the text in single quotes",
    "=": "begin the word with something else, or put it in single quotes",
    "\t": "put one space between words",
}
PLAIN = "give one plain command in one line"


class Command:
    """A plain command: its words, and whether a text follows for its standard input."""

    __slots__ = ("text", "words")

    def __init__(self, words: list[str], *, text: bool) -> None:
        self.words, self.text = words, text


def parse(command: str) -> Command:
    """Split a command; raises Refused for all but one plain command, which may end in a quoted here-document."""
    first, newline, rest = command.strip("\n").partition("\n")
    if len(command) > LONGEST or len(first) > LONGEST_LINE:
        raise Refused("the command is too long", "give a shorter one")
    line = _handed_in(first, rest) if newline else first
    words = split(line)
    if not words:
        raise Refused("the command is empty", PLAIN)
    _check_program(words[0])
    return Command(words, text=bool(newline))


def _handed_in(first: str, rest: str) -> str:
    """Return the command that a here-document follows; the word that ends it must be the last line of all."""
    found = HANDED_IN.fullmatch(first)
    if not found:
        raise Refused("a second line is allowed only as text behind <<'WORD'", PLAIN)
    word = found[2] or found[3]
    lines = rest.split("\n")
    if word not in lines or lines.index(word) != len(lines) - 1:
        raise Refused(f"{word} must stand alone in the last line, and nowhere before", "end the text with that line")
    if CONTROL_IN_TEXT.search(rest):
        raise Refused("the text has control characters", "leave them out")
    return found[1]


def split(line: str) -> list[str]:
    """Split a line into words as every shell does; raises Refused where one would do more than that."""
    if control := CONTROL.search(line):
        raise Refused(f"the character {control[0]!a} is not allowed in a command", INSTEAD.get(control[0], PLAIN))
    words: list[list[str]] = [[]]
    at = 0
    while at < len(line):
        found = TOKEN.match(line, at)
        if not found or (found[0][0] == "=" and not any(words[-1])):  # zsh looks for `=x` on PATH
            raise _sign(line[at])
        if found[0][0] != " ":
            words[-1].append(_unquoted(found[0]))
        elif words[-1]:
            words.append([])
        at = found.end()
    return ["".join(parts) for parts in words if parts]


def _unquoted(part: str) -> str:
    """Return what a part of a word stands for."""
    if part[0] == '"' and (signs := sorted(set("$`\\") & set(part))):
        raise Refused(f"{signs[0]} is not allowed in double quotes", "use single quotes")
    return part[1:-1] if part[0] in "'\"" else part


def _sign(sign: str) -> Refused:
    """Say which sign is not allowed."""
    if not sign.isascii():
        return Refused(f"{shown(sign)} is not allowed outside of quotes", "put the text in single quotes")
    what = f"{sign} is not allowed here" if sign not in "'\"" else f"the quote {sign} is not closed"
    return Refused(what, INSTEAD.get(sign, PLAIN))


def _check_program(word: str) -> None:
    """Refuse what a shell takes for something else than a program in a command's first place."""
    if "=" in word:
        raise Refused("a variable before the command is not allowed", "run the command without it")
    if word in KEYWORDS or not re.match(r"[A-Za-z0-9_./]", word):
        raise Refused(f"{shown(word)} is no program", PLAIN)
