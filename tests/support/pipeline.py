"""Obedient models of the task pipeline: a main session, TaskManager, BatchExecutor and CoderAgents."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

from tests.support.model import Answer, Call, Conversation
from tests.support.orchestrator import found
from tests.support.talk import Steps, Talk, agent_of, fill, follow, numberless

Calls = tuple[Call, ...]
REQUEST = re.compile(r'((?:Make|Carry out) feature [^\n"]+)')
FEATURE = re.compile(r"feature \"?([\w-]+)")
CONTEXT = re.compile(r"(\.tmp/sessions/\S+\.md)")
DELEGATED = re.compile(r"^ +(\S+) to (.+?): (\S+)$", re.MULTILINE)
SUBTASK = re.compile(r"Execute subtask: (\S+subtask_(\d+)\.json)")


@dataclass(frozen=True)
class Coder:
    """How a CoderAgent ends its work, and how long its first request is held.

    `forget` says that it completed the subtask but did not; `give up` marks nothing and says that it failed.
    """

    end: Literal["complete", "block", "forget", "give up"] = "complete"
    seconds: float = 0.0


@dataclass
class Pipeline:
    """A script for all agents: what CoderAgents do by sequence, and the usual for the rest."""

    coders: Mapping[str, Coder] = field(default_factory=dict)
    usual: Coder = field(default_factory=Coder)

    def __call__(self, conversation: Conversation) -> Answer:
        """Answer as the agent that the conversation is of."""
        talk = Talk(conversation)
        if not conversation.tools or not talk.told:
            return Answer("A title")
        agent = agent_of(conversation)
        if agent == "CoderAgent":
            coder = self.coders.get(sequence_of(conversation), self.usual)
            return follow(conversation, code(talk, coder), coder.seconds)
        acts = {"TaskManager": manage, "BatchExecutor": execute, "ContextScout": scout, "ExternalScout": fetch}
        return follow(conversation, acts[agent](talk) if agent else orchestrate(talk))


def sequence_of(conversation: Conversation) -> str:
    """Return the subtask that a CoderAgent was given."""
    match = SUBTASK.search(Talk(conversation).told)
    assert match is not None, Talk(conversation).told[:2000]
    return match[2]


def orchestrate(talk: Talk) -> Steps:
    """Take a request from the making of the feature to its last batch; stop at the first failure."""
    request = found(REQUEST, talk.told)
    feature = found(FEATURE, request)
    router = found(re.compile(r"`([^`\n]+) <command> \.\.\.`"), talk.rules)
    if request.startswith("Make"):
        [said] = yield (talk.start(talk.agent("TaskManager"), "Make the feature", request),)
    else:
        [said] = yield talk.shell(f"{router} batches {feature}")
    told = [said]
    for number, seqs in enumerate(_batches(said), 1):
        places = {"number": str(number), "feature": feature, "path": found(CONTEXT, request)}
        if len(seqs) > 1:
            name, form = "BatchExecutor", talk.form.replace("<seq>, <seq>", ", ".join(seqs))
        else:
            name, form = "CoderAgent", found(re.compile(r"`(Execute subtask: [^`]+)`"), talk.rules)
            check = found(re.compile(r"`(batch-check <feature>) <seq>`"), talk.rules)
            [checked] = yield talk.shell(f"{router} {fill(check, feature=feature)} {seqs[0]}")
            places["file"] = DELEGATED.findall(checked)[0][2]
        prompt = fill(form, **places)
        [said] = yield (talk.start(talk.agent(name), f"Batch {number}", prompt),)
        told.append(said)
        if "✓ Marked" not in said and "ALL COMPLETED" not in said:
            break
    return "\n".join(told)


def _batches(said: str) -> list[list[str]]:
    """Read the batches that `batches` printed, wherever they stand in an answer."""
    parts = re.split(r"^\s*Batch \d+.*:$", said, flags=re.MULTILINE)[1:]
    return [re.findall(r"^\s*\S (\d+) - ", part.split("\n\n")[0], flags=re.MULTILINE) for part in parts]


def manage(talk: Talk) -> Steps:
    """Make a feature of a request that says `title | path | parallel` or `title | path | after 01,02`."""
    name = found(FEATURE, talk.told)
    context = found(CONTEXT, talk.told)
    scouts = [talk.agent(scout) for scout in ("ContextScout", "ExternalScout")]
    yield tuple(talk.start(scout, "Look for it", f"What must one know for feature {name}?") for scout in scouts)
    texts = {"name": name.title(), "sentence": "It works", "test": "it can be read"}
    yield talk.shell(talk.command("init", feature=name, path=context, **texts))
    for one in talk.told.partition(": ")[2].partition(". Session")[0].split("; "):
        title, path, how = (part.strip() for part in one.split("|"))
        command = talk.command("add", feature=name, title=title, test="it can be read")
        command = command.replace("--deliverable <path>", f"--deliverable {path}").replace("<path>", context)
        if how != "parallel":
            command = command.replace(" --parallel", "")
        if needs := re.search(r"after ([\d,]+)", how):
            command += f" {found(re.compile('`(--depends-on )'), talk.rules)}{needs[1]}"
        yield talk.shell(command)
    yield talk.shell(talk.command("validate", feature=name))
    [batches] = yield talk.shell(talk.command("batches", feature=name))
    return batches


def scout(talk: Talk) -> Steps:
    """Look at the project, as a scout that may only read."""
    [text] = yield (talk.file("read", "README.md"),)
    return f"`README.md`: {numberless(text).strip()}"


def fetch(talk: Talk) -> Steps:
    """File what a library's documentation says, where the rules say."""
    place = found(re.compile(r"`([^`]+/<library>/<topic>\.md)`"), talk.rules)
    path = fill(place, library="http", topic="servers")
    yield (talk.file("write", path, content="# Servers\n"),)
    return path


def execute(talk: Talk) -> Steps:
    """Run a batch as the six steps say."""
    feature, seqs = found(FEATURE, talk.told), re.findall(r"\d+", found(re.compile(r"Subtasks: (.*)"), talk.told))
    filled = {"feature": feature, "number": found(re.compile(r"Batch (\d+)"), talk.told)}
    [said] = yield talk.shell(_of_batch(talk, "batch-check", seqs, filled))
    delegated = DELEGATED.findall(said)
    allowed = talk.agent("CoderAgent")
    if not delegated or "⚠" in said or any(agent != allowed.rpartition(":")[2] for _, agent, _ in delegated):
        return said
    answers = yield tuple(
        talk.start(allowed, f"Execute {feature} subtask {seq}", _prompt(talk, filled, seqs, seq, path))
        for seq, _, path in delegated
    )
    notes: list[str] = []
    for (seq, _, path), answer in zip(delegated, answers, strict=True):
        notes += yield from _verify(talk, feature, seq, path, answer)
    [report] = yield talk.shell(_of_batch(talk, "report", seqs, filled))
    return "\n".join([report, *notes])


def _of_batch(talk: Talk, verb: str, seqs: list[str], filled: Mapping[str, str]) -> str:
    """Return a command on a whole batch."""
    return talk.command(verb, **filled).replace("<seq> <seq> ...", " ".join(seqs))


def _prompt(talk: Talk, filled: Mapping[str, str], seqs: list[str], seq: str, path: str) -> str:
    """Return what a CoderAgent is told, in the words that the rules give."""
    others = " and ".join(other for other in seqs if other != seq)
    form = talk.form.replace("<context path>", found(CONTEXT, talk.told)).replace("<the other sequences>", others)
    return fill(form, **filled, seq=seq, file=path)


def _verify(talk: Talk, feature: str, seq: str, path: str, answer: str) -> Generator[Calls, list[str], list[str]]:
    """Hold an agent's word against the status; mend what it left undone, and say so."""
    status = talk.shell(talk.command("status", feature=feature))
    [said] = yield status
    if _is(said, seq, "completed") or _is(said, seq, "blocked"):
        return []
    if "✓" not in answer:
        said = answer.rpartition("The report follows:")[2].partition("agentId:")[0]
        reason = re.sub(r"<[^>]*>|[^\w ,.]", " ", said).strip()[:150]
        yield talk.shell(talk.command("block", feature=feature, seq=seq, reason=reason))
        return []
    [said] = yield status
    [text] = yield (talk.file("read", path),)
    work = yield tuple(talk.file("read", place) for place in _facts(text)["deliverables"])
    assert not _is(said, seq, "completed"), said
    assert all("made by" in text for text in work), work
    yield talk.shell(talk.command("complete", feature=feature, seq=seq, summary="The work is there"))
    return [f"Discrepancy: {seq} was said to be completed, but was not; its work is there, so I completed it."]


def _is(status: str, seq: str, word: str) -> bool:
    """Tell whether a status shows a subtask as such."""
    return re.search(rf"^\s*\S {seq} - .*\[{word}\]", status, re.MULTILINE) is not None


def _facts(text: str) -> dict[str, Any]:
    """Read the JSON of a subtask file in what a host said of it."""
    facts: dict[str, Any] = json.loads(found(re.compile(r"(^\{.*^\})", re.MULTILINE | re.DOTALL), numberless(text)))
    return facts


def code(talk: Talk, coder: Coder) -> Steps:
    """Do a subtask: read, start, write, look again, and end as this coder does."""
    path = found(SUBTASK, talk.told)
    context = CONTEXT.search(talk.told)
    paths = [path, *(context.groups() if context else ())]
    [text, *_] = yield tuple(talk.file("read", one) for one in paths)
    facts = _facts(text)
    places = {"feature": PurePosixPath(path).parent.name, "seq": facts["seq"]}
    [said] = yield talk.shell(talk.command("start", **places))
    if "~ Started" not in said:
        return said
    if coder.end == "block":
        [said] = yield talk.shell(talk.command("block", **places, reason="no database to test with"))
        return said
    if coder.end == "give up":
        return f"I failed at subtask {facts['seq']}: the compiler is missing."
    text = f"// made by the agent of {facts['seq']}\n"
    yield tuple(talk.file("write", place, content=text) for place in facts["deliverables"])
    yield tuple(talk.file("read", place) for place in facts["deliverables"])
    if coder.end == "forget":
        return f"✓ Subtask {facts['seq']} is completed."
    told = re.search(r"Mark subtask as complete when done: (.+)", talk.told)
    command = told[1] if told else talk.command("complete", **places)
    [said] = yield talk.shell(fill(command, summary=f"Made {facts['title']}"))
    return said
