"""Which method fits many items: pure rules on their number and their needs, each decision with its reasons.

The bounds 5, 20 and 100 each open the row that begins with them: 5 items are agents' work, 100 a batch's.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Method = Literal["conversation", "agents", "stream", "batch", "loop"]
Fit = Literal["best", "possible", "unfit"]

AGENTS_FROM, STREAM_FROM, BATCH_FROM = 5, 20, 100
MANY = 1000
"""From so many items on, agents are no answer any more, unless nothing else has tools."""
SIDE_BY_SIDE = 8
"""How many agents work at the same time at most, as the planner has it."""
QUEUE = 200_000
"""Requests that the smallest published tier lets an organisation have in the queue of batches."""

METHODS: dict[Method, str] = {
    "conversation": "direct conversation",
    "agents": "agent swarm",
    "stream": "API streaming",
    "batch": "API batch",
    "loop": "sequential loop",
}


class Question(NamedTuple):
    """How many items there are and what they need; tokens are an item's, None where nobody said."""

    items: int
    urgent: bool = False
    dependent: bool = False
    needs_tools: bool = False
    tokens_in: int | None = None
    tokens_out: int | None = None
    model: str | None = None


class Verdict(NamedTuple):
    """How a method fits, and why."""

    method: Method
    fit: Fit
    reasons: tuple[str, ...]


class Choice(NamedTuple):
    """The best method, how all of them fit, and where wishes contradict each other."""

    best: Method
    reasons: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    conflicts: tuple[str, ...]


def choose(question: Question) -> Choice:
    """Choose a method: dependencies rule first, then tools, then urgency, then the number of items.

    Source: the decision tree for batch processing; where two of its questions disagree, the order above decides.
    """
    best, *reasons = _best(question)
    verdicts = tuple(_verdict(method, best, question) for method in METHODS)
    return Choice(best, tuple(reasons), verdicts, tuple(_conflicts(question)))


def by_number(items: int) -> Method:
    """Choose by the number of items alone, as long as nothing else speaks against it."""
    rows: tuple[tuple[int, Method], ...] = ((BATCH_FROM, "batch"), (STREAM_FROM, "stream"), (AGENTS_FROM, "agents"))
    return next((method for least, method in rows if items >= least), "conversation")


def _best(question: Question) -> tuple[Method, *tuple[str, ...]]:
    """Return the method and the reasons for it."""
    items, number = question.items, by_number(question.items)
    if question.dependent:
        return "loop", "an item that builds on the answer of an earlier one has to wait for it"
    if question.needs_tools:
        few = items < AGENTS_FROM and (items == 1 or not question.urgent)
        why = "items that need tools or files are work for agents: a request to the API opens no file and runs nothing"
        return ("conversation" if few else "agents"), why, _row(items if few else max(items, AGENTS_FROM))
    if question.urgent and items > 1:
        quick: Method = "agents" if items < STREAM_FROM else "stream"
        return quick, "answers are needed soon, so nothing that may wait for hours", f"{_many(items)}: {_QUICK[quick]}"
    return number, _row(items), *(("nobody waits for the answers: half the price",) if number == "batch" else ())


_QUICK = {
    "agents": "agents work side by side",
    "stream": "direct requests run side by side and answer one by one",
}


def _many(items: int) -> str:
    """Say a number of items."""
    return "1 item" if items == 1 else f"{items:,} items"


def _row(items: int) -> str:
    """Say the row of the tree that a number of items is in."""
    if items < AGENTS_FROM:
        return f"fewer than {AGENTS_FROM} items: setting up anything else takes longer than the work"
    if items < STREAM_FROM:
        return f"{AGENTS_FROM} to {STREAM_FROM - 1} items: an agent for each, and their findings can be looked through"
    if items < BATCH_FROM:
        return f"{STREAM_FROM} to {BATCH_FROM - 1} items: direct requests; agents also do where each needs thought"
    return f"{BATCH_FROM} items or more: one submission instead of {items:,} rounds"


def _verdict(method: Method, best: Method, question: Question) -> Verdict:
    """Say how one method fits."""
    against = tuple(_against(method, question))
    if method == best:
        return Verdict(method, "best", tuple(_but(method, question)))
    return Verdict(method, "unfit" if against else "possible", against or tuple(_but(method, question)))


def _against(method: Method, question: Question) -> list[str]:
    """List what rules a method out."""
    found = []
    if question.dependent and method in ("agents", "stream", "batch"):
        found.append("no item sees another's answer")
    if question.needs_tools and method in ("stream", "batch"):
        found.append("requests have no tools and open no files")
    if question.urgent and method == "batch":
        found.append("may take 24 hours")
    if method == "conversation" and question.items >= BATCH_FROM:
        found.append(f"{question.items:,} rounds, one after another, each reading all before it again")
    if method == "agents" and question.items >= MANY:
        found.append(_rounds(question.items))
    return found


def _but(method: Method, question: Question) -> list[str]:
    """List what a method has against it without being ruled out."""
    items, found = question.items, []
    if method == "conversation" and items >= AGENTS_FROM:
        found.append("every item reads all before it again; one after another")
    if method == "agents" and items > SIDE_BY_SIDE:
        found.append(_rounds(items))
    if method == "loop" and not question.dependent:
        found.append("waits for nothing that it needs: slower than stream at the same price")
    if method == "loop" and question.needs_tools:
        found.append("requests have no tools: give the loop to the conversation")
    if method == "stream" and not question.urgent and items >= BATCH_FROM:
        found.append("twice the price of a batch")
    if method == "batch" and items < BATCH_FROM:
        found.append("half price, but may take 24 hours")
    if method == "batch" and items > QUEUE:
        found.append(f"in waves: a small organisation may queue {QUEUE:,} requests")
    return found


def _rounds(items: int) -> str:
    """Say how many rounds of agents so many items are."""
    return f"{-(-items // SIDE_BY_SIDE):,} rounds of at most {SIDE_BY_SIDE} agents"


def _conflicts(question: Question) -> list[str]:
    """List the wishes that cannot all be had, each with the way out."""
    items, found = question.items, []
    if question.dependent and question.urgent and items > 1:
        found.append(
            "urgent and dependent: nothing runs side by side. If only some items depend on others, do the rest at once"
        )
    elif question.dependent and items >= BATCH_FROM:
        found.append(
            f"{items:,} dependent items are {items:,} rounds. If they depend in stages only, make each stage a batch"
        )
    if question.dependent and question.needs_tools:
        found.append("dependent and with tools: the loop runs in the conversation, not in the API")
    elif question.needs_tools and items >= BATCH_FROM:
        found.append(
            f"{items:,} items with tools are {_rounds(items)}. "
            "If an item only has to read its own file, give the files as items: then a batch fits"
        )
    if question.urgent and items >= BATCH_FROM and not (question.dependent or question.needs_tools):
        found.append(_hurried(items))
    return found


def _hurried(items: int) -> str:
    """Say what urgency costs with so many items."""
    if items < 100 * BATCH_FROM:
        return "urgent: costs twice what a batch would"
    return (
        f"urgent, but {items:,} direct requests take hours themselves, at twice the price of a batch, and most batches "
        "end within an hour: stream those that cannot wait, and submit the rest as a batch"
    )
