"""Obedient models: all they do is what the text that was sent to them says; no command or path is known here.

The orchestrator reads the first command from the skill's fenced block and every further one from what commands print.
A subagent reads the file that it is told to read and hands in with the command that it finds there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.model import Answer, Call, Conversation, Message

FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
REQUEST_WORD = re.compile(r"the text after `([^`]+)`")
INSTEAD = re.compile(r"If it is `(\w+)`[^`]*?start\s+with `([^`\[]+)", re.DOTALL)
TOOL = re.compile(r"Run this with `(\w+)`")
END_WORD = re.compile(r"If the request itself has the line `(\w+)`, use another word in both places")
READ_TOOL = re.compile(r"Read it\s+first, with `(\w+)`")
FILE = re.compile(r"(\S+\.md)")
REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>", re.DOTALL)
LINE_NUMBER = re.compile(r"^ *\d+(?:→|\t|: |\| ?)", re.MULTILINE)


@dataclass(frozen=True)
class Behaviour:
    """How a subagent acts: what it hands in (None: nothing), how long its requests are held, what else it reports."""

    status: str | None = "DONE"
    seconds: float = 0.0
    report: str = ""


@dataclass
class Obedient:
    """A script for all agents of a run: behaviours by role, the usual one for the rest."""

    behaviours: Mapping[str, Behaviour] = field(default_factory=dict)
    usual: Behaviour = field(default_factory=Behaviour)

    def __call__(self, conversation: Conversation) -> Answer:
        """Answer as the agent that the conversation is of."""
        if not conversation.tools or not conversation.messages:
            return Answer("A title")
        told = _told(conversation)
        if REQUEST_WORD.search(told):
            return _orchestrate(conversation, told)
        file = FILE.search(told)
        if file is None:
            return Answer("Nothing to do.")
        role = Path(file[1]).stem
        return _serve(conversation, file[1], role, self.behaviours.get(role, self.usual))


def role_of(conversation: Conversation) -> str | None:
    """Return the role of the agent that a conversation is of, or None for the orchestrator's and others."""
    told = _told(conversation)
    file = None if REQUEST_WORD.search(told) else FILE.search(told)
    return Path(file[1]).stem if file and conversation.tools else None


def _told(conversation: Conversation) -> str:
    """Return what the host said first, in the user's place."""
    texts = []
    for message in conversation.messages:
        if message.role != "user":
            break
        texts.append(REMINDER.sub("", message.text))
    return "\n".join(texts)


def _call(conversation: Conversation, tool: str, **arguments: object) -> Call:
    """Call a tool, with a word for each further parameter that it requires."""
    required = conversation.tools[tool]
    return Call(tool, {**{name: "as told" for name in required if name not in arguments}, **arguments})


def _shell(conversation: Conversation, told: str) -> str:
    """Return the tool that the skill runs commands with."""
    return found(TOOL, told)


def found(pattern: re.Pattern[str], text: str) -> str:
    """Return what a pattern captures; a text without it is a fault of the pack, said in full."""
    match = pattern.search(text)
    assert match is not None, f"{pattern.pattern} is not in:\n{text[:6000]}"
    return match[1]


def _orchestrate(conversation: Conversation, told: str) -> Answer:
    """Start the run, or do the next thing that was printed, or end with what was printed last."""
    shell = _shell(conversation, told)
    printed = [at for at, message in enumerate(conversation.messages) if _is_output(message, shell)]
    if not printed:
        return Answer(calls=(_call(conversation, shell, command=_first_command(told)),))
    steps: list[tuple[Call, ...]] = []
    for message in conversation.messages:
        if _is_output(message, shell):
            steps = printed_steps(conversation, message.text, shell) or steps
        elif message.calls and steps and steps[0] == message.calls:
            steps = steps[1:]
    return Answer(calls=steps[0]) if steps else Answer(conversation.messages[printed[-1]].text)


def _is_output(message: Message, shell: str) -> bool:
    """Tell the output of a command from the answers of agents, which nobody is told to follow."""
    return message.role == "tool" and message.tool is not None and message.tool.name == shell


def _first_command(told: str) -> str:
    """Return the command of the skill's fenced block with the request in it, or what it names instead."""
    word = found(REQUEST_WORD, told)
    request = told.rsplit(f"\n{word} ", 1)[1].strip()
    instead = INSTEAD.search(told)
    if instead and request.split()[0] == instead[1]:
        return instead[2].strip() + request.removeprefix(instead[1])
    command = found(FENCE, told).strip("\n")
    word = found(END_WORD, told)
    if word in request.splitlines():
        command = command.replace(word, "ANOTHER_WORD")
    return command.replace("<request>", request)


def printed_steps(conversation: Conversation, text: str, shell: str) -> list[tuple[Call, ...]]:
    """Return what a printed text says to do: commands to run, and calls to make together, in its order."""
    steps: list[tuple[Call, ...]] = []
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if line.endswith(" run:") and lines[at + 1 : at + 2] and lines[at + 1].startswith("    "):
            steps.append((_call(conversation, shell, command=lines[at + 1].strip()),))
        if line.endswith("wait for all of them:"):
            rest = lines[at + 2 :]
            named = rest[: rest.index("")] if "" in rest else rest
            steps.append(tuple(_named_call(one) for one in named))
    return steps


def _named_call(line: str) -> Call:
    """Read a call written as a tool's name and its parameters as JSON."""
    tool, parameters = line.split(" ", 1)
    return Call(tool, json.loads(parameters))


def _serve(conversation: Conversation, file: str, role: str, behaviour: Behaviour) -> Answer:
    """Read the prompt, make what the role makes, hand in, and end with one line."""
    outputs = [message for message in conversation.messages if message.role == "tool"]
    if not outputs:
        named = READ_TOOL.search(f"{conversation.system}\n{_told(conversation)}")
        reader = named[1] if named else next(name for name in conversation.tools if name.lower() == "read")
        return Answer(calls=(_reading(conversation, reader, file),), seconds=behaviour.seconds)
    if behaviour.status is None:
        return Answer("I looked around.")
    prompt = LINE_NUMBER.sub("", outputs[0].text)
    command = hand_in(prompt, role, behaviour.status, behaviour.report)
    edits = "--changed" in command
    done = len(outputs) - 1
    if edits and done == 0:
        return Answer(calls=(_writing(conversation, prompt, role),))
    if done == int(edits):
        shell = next(name for name in conversation.tools if name.lower() == "bash")
        return Answer(calls=(_call(conversation, shell, command=command),))
    return Answer(f"{role} {behaviour.status}")


def _reading(conversation: Conversation, tool: str, file: str) -> Call:
    """Read a file with the host's tool, whatever it calls the path."""
    return _call(conversation, tool, **{_parameter(conversation, tool, "path"): file})


def _writing(conversation: Conversation, prompt: str, role: str) -> Call:
    """Write the small file that a role which edits makes."""
    tool = next(name for name in conversation.tools if name.lower() == "write")
    path = f"{found(re.compile(r'Folder to work in: (.+)'), prompt).strip()}/{_made(role)}"
    return _call(conversation, tool, **{_parameter(conversation, tool, "path"): path, "content": f"by {role}\n"})


def _parameter(conversation: Conversation, tool: str, word: str) -> str:
    """Return the required parameter of a tool whose name has this word."""
    return next(name for name in conversation.tools[tool] if word in name.lower())


def _made(role: str) -> str:
    """Name the file that a role makes."""
    return f"made/{role}.txt"


def hand_in(prompt: str, role: str, status: str, more: str = "") -> str:
    """Fill in the hand-in command of a prompt: status, summary, file and report; a failing role changed nothing."""
    command = found(FENCE, prompt).strip("\n")
    head, report, *rest = command.split("\n")
    head = head.replace("--status DONE", f"--status {status}")
    head = re.sub(r"--summary '[^']*'", f"--summary 'what {role} did'", head)
    changed = f"--changed {_made(role)}" if status == "DONE" else ""
    head = re.sub(r"--changed '[^']*'", changed, head)
    del report
    signs = 'Signs: `tick` $(none) $HOME > x --output && it\'s "quoted"'
    return "\n".join([head, f"# {role}", signs, *more.splitlines(), *rest])
