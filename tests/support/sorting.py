"""Obedient models of a batch of items: a main session that follows the skill, workers that follow their prompt."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tests.support.model import Answer, Conversation
from tests.support.orchestrator import found, printed_steps
from tests.support.talk import SHELL, Steps, Talk, agent_of, fill, follow, numberless

REQUEST = re.compile(r'((?:Sort|Go on with) [^\n"]+)')
SOURCE = re.compile(r"Sort (\S+) as batch (\S+) with (\d) workers: ([^\n\"]+)")
ONWARDS = re.compile(r"Go on with (\S+): (\w+) what is (\w+)")
ORDERS = re.compile(r"Your NAME is (\S+)\. Read `([^`]+)`")
YOURS = re.compile(r"^\s*(\S+) is yours until \S+, with token (\d+)", re.MULTILINE)
LISTED = re.compile(r"Items, one a line:\n(.*?)\n\s*While you work", re.DOTALL)
FENCES = re.compile(r"^ *```\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
MOST_ASKED = 20


@dataclass
class Sorting:
    """A script for all agents; the first request of each worker is held for some seconds."""

    seconds: float = 1.0

    def __call__(self, conversation: Conversation) -> Answer:
        """Answer as the agent that the conversation is of."""
        talk = Talk(conversation)
        if not conversation.tools or not talk.told:
            return Answer("A title")
        if agent_of(conversation) == "batch-worker":
            return follow(conversation, work(talk), self.seconds)
        if not REQUEST.search(talk.told):
            return Answer("A title")
        return follow(conversation, lead(talk))


def lead(talk: Talk) -> Steps:
    """Take a batch from its source to the checkpoint, or from its approval to the last summary."""
    if new := SOURCE.search(talk.told):
        source, batch, number, wanted = new.groups()
        yield talk.shell(_command(talk, "items add", source=source, batch=batch))
        yield talk.shell(_command(talk, "items chunk", rule="size", batch=batch).replace("<20 to 50>", "20"))
        option = fill(found(re.compile(r"`(--workers <number>)`"), talk.rules), number=number)
        command = _block(talk, "items prompt", batch=batch, wanted=wanted).replace(" --file", f" {option} --file")
        said = yield from _onwards(talk, command)
        return said
    batch, word, category = found_all(ONWARDS, talk.told)
    said = yield from _onwards(talk, _command(talk, "items status", batch=batch))
    if "This is approved." not in said:
        return said
    act = _block(talk, "items act", word=word, category=category, batch=batch, act=f"Write the file {word}/ITEM.txt.")
    said = yield from _onwards(talk, act)
    [verified] = yield talk.shell(_command(talk, "receipts verify", batch=batch))
    return f"{said}\n{verified}"


def found_all(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    """Return all that a pattern captures."""
    match = pattern.search(text)
    assert match is not None, f"{pattern.pattern} is not in:\n{text[:6000]}"
    return match.groups()


def _onwards(talk: Talk, command: str) -> Steps:
    """Run a command, then whatever is printed to be next; an approval is not a model's to give."""
    shell = found(SHELL, talk.rules)
    [said] = yield talk.shell(command)
    for _ in range(MOST_ASKED):
        steps = [step for step in printed_steps(talk.conversation, said, shell) if "items approve" not in str(step)]
        if not steps:
            return said
        for step in steps:
            answers = yield step
            said = answers[0] if step[0].name == shell else said
    raise AssertionError(f"there is no end of steps:\n{said}")


def _command(talk: Talk, words: str, **filled: str) -> str:
    """Return the command that the skill gives, its places filled in."""
    return fill(found(re.compile(rf"`([^`\n]+ {words} [^`\n]*)`"), talk.rules), **filled)


def _block(talk: Talk, words: str, **filled: str) -> str:
    """Return the command with a text that the skill gives in a block."""
    block = next(one for one in FENCES.findall(talk.rules) if f" {words} " in one)
    return fill("\n".join(line.strip() for line in block.strip().splitlines()), **filled)


def work(talk: Talk) -> Steps:
    """Claim, judge, record and report until nothing is left."""
    name, path = found_all(ORDERS, talk.told)
    [text] = yield (talk.file("read", path),)
    rules, done, asked = numberless(text), 0, 0
    while asked < MOST_ASKED:
        [said] = yield talk.shell(_rule(rules, "items claim", NAME=name))
        if "Nothing is left to claim" in said:
            return f"{name}: {done} tasks completed, 0 failed."
        if not (yours := YOURS.search(said)):
            asked += 1
            continue
        task = {"TASK": yours[1], "TOKEN": yours[2], "NAME": name}
        listed = LISTED.search(said)
        evidence = yield from (
            _act(talk, rules, task, listed[1].split()) if listed else _judge(talk, rules, task, said)
        )
        evidence = evidence or "nothing"
        [ended] = yield talk.shell(_rule(rules, "items complete", **task).replace("WHAT SHOWS IT", evidence))
        done += "is done." in ended
    raise AssertionError(f"{name} asked {asked} times")


def _rule(rules: str, words: str, **filled: str) -> str:
    """Return the command that the prompt gives, the words in capitals replaced."""
    command = found(re.compile(rf"`([^`\n]+ {words}[^`\n]*)`"), rules)
    for word, value in filled.items():
        command = re.sub(rf"\b{word}\b", value, command)
    return command


def _judge(talk: Talk, rules: str, task: dict[str, str], said: str) -> Steps:
    """Judge the items of a chunk: an offer says so in its subject."""
    chunk = found(re.compile(r"list --chunk (\d+)"), said)
    [listed] = yield talk.shell(_rule(rules, "items list", CHUNK=chunk))
    items = [json.loads(line) for line in listed.splitlines() if line.startswith("{")]
    records = [
        {"item": one["item"], "category": "offer" if "Offer" in one["subject"] else "other", "rationale": "its subject"}
        for one in items
    ]
    block = next(one for one in FENCES.findall(rules) if " items record " in one)
    head, _, *rest = (line.strip() for line in block.strip().splitlines())
    for word in ("TASK", "TOKEN"):
        head = re.sub(rf"\b{word}\b", task[word], head)
    [told] = yield talk.shell("\n".join([head, *map(json.dumps, records), *rest]))
    return told.strip().splitlines()[0]


def _act(talk: Talk, rules: str, task: dict[str, str], items: list[str]) -> Steps:
    """Act on each item, with a receipt before and one after."""
    before = _rule(rules, "receipts append before", **task)
    after = _rule(rules, "receipts append after")
    for item in items:
        words = {"WORD": "archive", "ITEM": item, "UNDO": f"rm archive/{item}.txt"}
        command = before
        for word, value in words.items():
            command = re.sub(rf"\b{word}\b", value, command)
        [said] = yield talk.shell(command)
        act = found(re.compile(r"act ([0-9a-f]{12}) begins"), said)
        yield (talk.file("write", f"archive/{item}.txt", content=f"{item}\n"),)
        yield talk.shell(re.sub(r"\bACT\b", act, after))
    return f"{len(items)} files are written"
