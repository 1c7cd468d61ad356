"""The attack table: its rows, the ground that they are tried on, the agents that try them, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.model import Answer, Call, Conversation

TABLE = Path(__file__).parents[1] / "hosts" / "attacks.yaml"
ACTS = ("bash", "write", "read", "task", "mcp", "web")
ROLE = "attack table, your part: "
DELEGATED = "delegated: "
MAIN = "main"
SECRET = "PASSWORD=hunter2"


@dataclass(frozen=True)
class Row:
    """One tool call of an agent: an attack, which must have no effect, or work, which must go through."""

    number: int
    attack: bool
    title: str
    agent: str
    act: str
    argument: str
    facts: Mapping[str, Any]

    @property
    def mark(self) -> str:
        """Return the word by which the row's effect is told from all others."""
        return f"mark{self.number:03}x"

    def __str__(self) -> str:
        return f"row {self.number} ({self.agent}, {self.act}): {self.title}"

    def filled(self, words: Mapping[str, str], text: str | None = None) -> str:
        """Return the row's argument, or another text of it, with the words of this ground."""
        return (self.argument if text is None else text).format(mark=self.mark, padding="x " * 3000, **words)


@cache
def rows(host: str) -> tuple[Row, ...]:
    """Read the rows that are for a host; a row keeps its number in all hosts."""
    table = yaml.safe_load(TABLE.read_text())
    return tuple(_row(number, one) for number, one in enumerate(table, 1) if one.get("host", host) == host)


def _row(number: int, one: dict[str, Any]) -> Row:
    """Read a row; exactly one act must be there."""
    (act,) = (act for act in ACTS if act in one)
    attack = "attack" in one
    return Row(number, attack, one["attack" if attack else "work"], one["agent"], act, one[act], one)


class Dialect:
    """How a host's tools are called."""

    def __init__(
        self, tools: Mapping[str, str], keys: Mapping[str, str], more: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self.tools, self.keys, self.more = tools, keys, more

    def call(self, act: str, argument: str, words: Mapping[str, str], text: str = "", folder: str = "") -> Call:
        """Write one tool call; `text` is what an agent is told and what a file gets."""
        key = self.keys[act]
        given: dict[str, Any] = {key: argument, **self.more.get(act, {})}
        if act == "write":
            given |= {key: str(Path(words["project"], argument)), "content": f"{text}\n"}
        elif act == "read":
            given |= {key: str(Path(words["project"], argument))}
        elif act == "task":
            given |= {"prompt": text}
        elif folder:
            given |= {"workdir": str(Path(words["project"], folder))}
        return Call(self.tools[act], given)


OPENCODE = Dialect(
    {"bash": "bash", "write": "write", "read": "read", "task": "task", "mcp": "foreign_touch", "web": "webfetch"},
    {"bash": "command", "write": "filePath", "read": "filePath", "task": "subagent_type", "mcp": "name", "web": "url"},
    {"bash": {"description": "x"}, "task": {"description": "x"}, "web": {"format": "text"}},
)
CLAUDE = Dialect(
    {
        "bash": "Bash",
        "write": "Write",
        "read": "Read",
        "task": "Agent",
        "mcp": "mcp__foreign__touch",
        "web": "WebFetch",
    },
    {
        "bash": "command",
        "write": "file_path",
        "read": "file_path",
        "task": "subagent_type",
        "mcp": "name",
        "web": "url",
    },
    {
        "bash": {"description": "x"},
        "task": {"description": "x", "run_in_background": False},
        "web": {"prompt": "what is there?"},
    },
)


def told_to(conversation: Conversation) -> str:
    """Return all that stands in the user's place."""
    return "\n".join(message.text for message in conversation.messages if message.role == "user")


def agent_of(conversation: Conversation) -> str:
    """Return the attacker that a conversation is of; the main session's has no part of the table as its task."""
    told = told_to(conversation)
    return told.partition(ROLE)[2].split()[0] if ROLE in told else MAIN


@dataclass(frozen=True)
class Attackers:
    """A script for all agents: each makes its rows' calls one after another, a message each, whatever comes back."""

    table: Sequence[Row]
    dialect: Dialect
    words: Mapping[str, str]  # filled after the install, when the paths are known
    names: Mapping[str, str]

    def __call__(self, conversation: Conversation) -> Answer:
        """Answer as the main session, as one of the attackers, or as an agent that one of them started."""
        if not conversation.tools:
            return Answer("A title")
        told = told_to(conversation)
        if DELEGATED in told:
            return self._delegated(conversation, told)
        steps = self.steps(agent_of(conversation))
        done = sum(1 for message in conversation.messages if message.calls)
        return Answer(calls=steps[done]) if done < len(steps) else Answer("done")

    def _delegated(self, conversation: Conversation, told: str) -> Answer:
        """Act as an agent that a row started: one that should not have been leaves the row's mark on the disk."""
        mark = told.partition(DELEGATED)[2].split()[0]
        row = next(row for row in self.table if row.mark == mark)
        if not row.attack or any(message.calls for message in conversation.messages):
            return Answer("done")
        return Answer(calls=(self.dialect.call("write", mark, self.words, mark),))

    def steps(self, agent: str) -> list[tuple[Call, ...]]:
        """List an agent's messages; what is there already is read first, for hosts refuse to overwrite the unread."""
        steps = [step for row in self.table if row.agent == agent for step in self._steps(row)]
        if agent == MAIN:
            others = dict.fromkeys(row.agent for row in self.table if row.agent != MAIN)
            steps.append(tuple(self._start(other, f"{ROLE}{other} .") for other in others))
        return steps

    def _start(self, agent: str, prompt: str) -> Call:
        """Start an agent by the name that the host has for it."""
        return self.dialect.call("task", self.names.get(agent, agent), self.words, prompt)

    def _steps(self, row: Row) -> Iterator[tuple[Call, ...]]:
        """Write a row's call, after one that reads the file it writes to."""
        argument = row.filled(self.words)
        if row.act == "write" and Path(self.words["project"], argument).exists():
            yield (self.dialect.call("read", argument, self.words),)
        yield (self.call(row),)

    def call(self, row: Row) -> Call:
        """Write a row's call."""
        if row.act == "task":
            return self._start(row.filled(self.words), f"{DELEGATED}{row.mark} .")
        argument = row.mark if row.act == "mcp" else row.filled(self.words)
        return self.dialect.call(row.act, argument, self.words, row.mark, row.facts.get("folder", ""))


def outputs(script: Attackers, conversations: Sequence[Conversation]) -> dict[int, str]:
    """Return what each row's call gave; agents are told apart, for two may make the same call."""
    answered: dict[tuple[str, str, str], str] = {}
    for conversation in conversations:
        agent = agent_of(conversation)
        for message in conversation.messages:
            if message.role == "tool" and message.tool is not None:
                answered[agent, *_key(message.tool)] = message.text
    keys = {row.number: (row.agent, *_key(script.call(row))) for row in script.table}
    return {number: answered[key] for number, key in keys.items() if key in answered}


def _key(call: Call) -> tuple[str, str]:
    """Return what tells calls apart: the tool and its words, in whatever order they came back."""
    return call.name, repr(sorted(call.arguments.items(), key=lambda pair: pair[0]))
