"""What a command printed, read as an orchestrating model reads it: calls to make, and the command that comes next."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from batchpack.errors import BatchpackError

CALLS = re.compile(r"calls? together in one message and wait for all of them:$")
PROMPT = re.compile(r"(\S+\.md)$")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an agent: its name, and the file that it is told to follow."""

    agent: str
    prompt: Path


@dataclass(frozen=True, slots=True)
class Printed:
    """The calls, and the words of the next command (none: the run is over)."""

    calls: tuple[Call, ...]
    command: tuple[str, ...]


def read(text: str, folder: Path) -> Printed:
    """Read a printed text; prompts are looked for below `folder`."""
    lines = text.splitlines()
    calls: list[Call] = []
    command: tuple[str, ...] = ()
    for at, line in enumerate(lines):
        if CALLS.search(line):
            end = lines.index("", at + 2)
            calls += [_call(one, folder) for one in lines[at + 2 : end]]
        if line.endswith("run:") and lines[at + 1 : at + 2]:
            command = tuple(shlex.split(lines[at + 1]))
    return Printed(tuple(calls), command)


def _call(line: str, folder: Path) -> Call:
    """Read a call: a tool's name and one line of JSON, in which one value ends with the path of a prompt."""
    try:
        said = json.loads(line.partition(" ")[2])
        [prompt] = [found[1] for value in said.values() if (found := PROMPT.search(str(value)))]
    except ValueError as error:
        raise BatchpackError(f"the demo cannot follow this call: {line}", "please report it") from error
    path = folder / prompt
    return Call(path.stem, path)
