"""A conversation as an obedient agent sees it: commands, names and tools are taken from what the host sends.

An agent is a generator: it yields the calls of a message, is sent their outputs, and returns its last message.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from functools import cache
from textwrap import dedent

from tests.support.model import Answer, Call, Conversation
from tests.support.orchestrator import LINE_NUMBER, REMINDER, found
from tests.support.pack import pack

Steps = Generator[tuple[Call, ...], list[str], str]
SHELL = re.compile(r"(?:Run each(?: command)?|here it is\s+run,|Take the subtask,)\s+with `(\w+)`")
AGENT_TOOL = re.compile(r"one `(\w+)` call")
FENCE = re.compile(r"^ *```\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


@cache
def _openings() -> dict[str, str]:
    """Return the first line of each agent's text."""
    return {agent.matter.name: agent.body.text.strip().splitlines()[0] for agent in pack().agents}


def agent_of(conversation: Conversation) -> str | None:
    """Return the pack's agent that a conversation is of, or None for the main session."""
    return next((name for name, opening in _openings().items() if opening in conversation.system), None)


def follow(conversation: Conversation, steps: Steps, seconds: float = 0.0) -> Answer:
    """Lead an agent through what was answered so far and return what it does next; only its first step is held."""
    try:
        calls = next(steps)
        for outputs in _answered(conversation):
            seconds = 0.0
            calls = steps.send(outputs)
    except StopIteration as end:
        return Answer(str(end.value))
    return Answer(calls=calls, seconds=seconds)


def _answered(conversation: Conversation) -> list[list[str]]:
    """Return the outputs of each message's calls, in the order of the calls: hosts send them as they come."""
    groups: list[dict[int, str]] = []
    calls: tuple[Call, ...] = ()
    for message in conversation.messages:
        if message.calls:
            calls = message.calls
            groups.append({})
        elif message.role == "tool" and message.tool is not None:
            groups[-1][calls.index(message.tool)] = message.text
    return [[group[place] for place in sorted(group)] for group in groups]


@dataclass(frozen=True)
class Talk:
    """A conversation with what an agent finds in it and the calls that it makes of that."""

    conversation: Conversation

    @property
    def told(self) -> str:
        """What the host said first, in the user's place."""
        first = []
        for message in self.conversation.messages:
            if message.role != "user":
                break
            first.append(REMINDER.sub("", message.text))
        return "\n".join(first).strip()

    @property
    def rules(self) -> str:
        """The agent's own text, or in the main session that of the skill."""
        return self.conversation.system if agent_of(self.conversation) else self.told

    @property
    def form(self) -> str:
        """The text that the rules give for whom they let start."""
        return dedent(found(FENCE, self.rules)).strip()

    def call(self, tool: str, **arguments: object) -> Call:
        """Call a tool, with a word for each further parameter that it requires."""
        missing = {name: "as told" for name in self.conversation.tools[tool] if name not in arguments}
        return Call(tool, {**missing, **arguments})

    def shell(self, command: str) -> tuple[Call]:
        """Run a command with the tool that the rules name."""
        return (self.call(found(SHELL, self.rules), command=command),)

    def command(self, verb: str, **filled: str) -> str:
        """Return the command that the rules give for a verb, its places filled in."""
        return fill(found(re.compile(rf"`([^`\n]+ {verb} <[^`\n]*)`"), self.rules), **filled)

    def file(self, word: str, path: str, **more: str) -> Call:
        """Read or write a file with the host's tool, whatever it calls the path."""
        tool = next(name for name in self.conversation.tools if name.lower() == word)
        parameter = next(name for name in self.conversation.tools[tool] if "path" in name.lower())
        return self.call(tool, **{parameter: path}, **more)

    def agent(self, name: str) -> str:
        """Return an agent's name as the rules write it."""
        return found(re.compile(rf"`((?:\w+:)?{name})`"), self.rules)

    def start(self, agent: str, description: str, prompt: str) -> Call:
        """Start an agent in the foreground."""
        tool = found(AGENT_TOOL, self.rules)
        ground = {"run_in_background": False} if "run_in_background" in self.conversation.parameters[tool] else {}
        return self.call(tool, subagent_type=agent, description=description, prompt=prompt, **ground)


def fill(template: str, **filled: str) -> str:
    """Fill the places of a template."""
    for place, text in filled.items():
        template = template.replace(f"<{place}>", text)
    return template


def numberless(output: str) -> str:
    """Return what a host read of a file, without the line numbers that it puts before."""
    return LINE_NUMBER.sub("", output)
