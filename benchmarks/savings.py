"""The table of savings for ten agents, with what was really sent: through the real opencode and a scripted model.

Three ways of one request with ten agents: all at once, each agent told the whole request, each report returned to the
session; the same in the batches of the plan, with the reports before it in each agent's prompt; and `/batch-run`. The
first argument is the bytes of a report (20,000). Agents do nothing but read what they are given and report, so that
the table has the cost of working together alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass, replace
from decimal import Decimal

import context
from context import REQUEST, of_naive_agent, role_of_naive, run_naive, run_ours

from batchpack import prices
from batchpack.metrics import handed
from tests.support.model import Answer, Call, Conversation, Exchange, Log
from tests.support.orchestrator import LINE_NUMBER, Obedient, role_of

MODEL = "claude-sonnet-5-5"
OWN_WORK = 45_000
"""Tokens of an agent's own work: what the table that this answers has for each of its ten."""
SEED = (("all at once", 2_000_000, 85.0), ("two batches", 450_000, 19.0))
SESSION = "session"
NEEDED = re.compile(r"^- [\w.-]+: (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Sum:
    """Bytes that models read for the first time, read again in later turns, and wrote."""

    first: int = 0
    again: int = 0
    written: int = 0
    requests: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.first + other.first, self.again + other.again, self.written + other.written,
            self.requests + other.requests,
        )  # fmt: skip

    @property
    def tokens(self) -> int:
        """Estimate all tokens."""
        return (self.first + self.again + self.written) // 4

    @property
    def dollars(self) -> Decimal:
        """Price it: what is new is written to the cache, what is old is read from it."""
        table = prices.shipped()
        usage = prices.Usage(output=self.written // 4, cache_read=self.again // 4, write_5m=self.first // 4)
        found = prices.cost(MODEL, usage, table, batch=False)
        assert found is not None
        return found.dollars


class Reading(Obedient):
    """As obedient, and its agents read the reports that their task builds on before they do anything else."""

    def __call__(self, conversation: Conversation) -> Answer:
        """Read what is still to be read, and answer as if that were not in the conversation."""
        outputs = [message for message in conversation.messages if message.role == "tool"]
        if role_of(conversation) is None or not outputs:
            return super().__call__(conversation)
        prompt = LINE_NUMBER.sub("", outputs[0].text)
        wanted = NEEDED.findall(prompt.partition("## Read first")[2].partition("\n## ")[0])
        calls = tuple(Call("read", {"filePath": path}) for path in wanted)
        if not calls:
            return super().__call__(conversation)
        if not any(message.calls == calls for message in conversation.messages):
            return Answer(calls=calls)
        rest = [one for one in conversation.messages if one.calls != calls and one.tool not in calls]
        return super().__call__(replace(conversation, messages=tuple(rest)))


def main() -> None:
    """Run the three ways and print the table."""
    report = (context.REPORT * 10)[: int(sys.argv[1]) if len(sys.argv) > 1 else len(context.REPORT)]
    ran = run_ours(report, Reading)
    roles = [role for batch in ran.batches for role in batch]
    edits = [
        role for role, facts in json.loads((ran.folder / "run.json").read_text())["roles"].items() if facts["edits"]
    ]

    def inline(_: str, before: list[str]) -> str:
        return "\n\n".join(["", REQUEST, *(f"Report of {role}:\n{report}" for role in before)])

    ways = {
        "all at once, inline": run_naive([roles], report, inline, edits),
        f"{len(ran.batches)} batches, inline": run_naive(ran.batches, report, inline, edits),
        f"{len(ran.batches)} batches, by files (batchpack)": ran.log,
    }
    print(f"{len(roles)} agents, {len(report):,} bytes a report; tokens are bytes / 4, dollars those of {MODEL}")
    sums = {name: table(name, log) for name, log in ways.items()}
    compare(sums, len(roles))
    formula(handed.read(ran.folder), *list(sums.values())[1:])


def table(name: str, log: Log) -> Sum:
    """Print what one way took and return its sum."""
    of = by_part(log)
    session, agents = of.pop(SESSION), sum(of.values(), Sum())
    for part, found in (("session", session), (f"{len(of)} agents", agents), ("together", session + agents)):
        print(
            f"{name:<32} {part:<10} {found.requests:>3} requests  read {found.first:>9,}  again {found.again:>9,}"
            f"  wrote {found.written:>9,} bytes  = {found.tokens:>9,} tokens  ${found.dollars:.3f}"
        )
    return session + agents


def by_part(log: Log) -> dict[str, Sum]:
    """Add up the requests of each conversation: the session's, and each agent's by its role."""
    found, before = dict[str, Sum](), dict[str, int]()
    for one in log.exchanges:
        if not one.conversation.tools:  # a title
            continue
        part, size = part_of(one.conversation), len(json.dumps(one.body, ensure_ascii=False).encode())
        known = min(size, before.get(part, 0))
        found[part] = found.get(part, Sum()) + Sum(size - known, known, wrote(one), 1)
        before[part] = size
    return found


def part_of(conversation: Conversation) -> str:
    """Say whose request it is."""
    if of_naive_agent(conversation):
        return role_of_naive(conversation)
    return role_of(conversation) or SESSION


def wrote(one: Exchange) -> int:
    """Count the bytes of an answer."""
    calls = "".join(json.dumps(dict(call.arguments), ensure_ascii=False) for call in one.answer.calls)
    return len((one.answer.text + calls).encode())


def compare(sums: dict[str, Sum], agents: int) -> None:
    """Print each way against the others, alone and with the agents' own work, and the table that this answers."""
    *naive, ours = sums.items()
    work = agents * OWN_WORK
    for name, found in naive:
        tokens, dollars = ours[1].tokens / found.tokens, ours[1].dollars / found.dollars
        whole = (ours[1].tokens + work) / (found.tokens + work)
        print(
            f"batchpack / {name}: tokens {tokens:.2f}, dollars {dollars:.2f};"
            f" tokens with {OWN_WORK:,} of own work an agent on both sides {whole:.2f}"
        )
    (_, most, high), (_, least, low) = SEED
    print(f"the table that this answers: {most:,} tokens, ${high:.0f} against {least:,}, ${low:.0f}: 77 % of both;")
    per = ", ".join(f"${money / count * 1_000_000:.2f}" for _, count, money in SEED)
    dearest = max(rate.output for rates in prices.shipped().models.values() for rate in rates)
    print(f"that is {per} a million tokens of any kind; the dearest output of the price table costs ${dearest}")


def formula(found: handed.Handed, inline: Sum, ours: Sum) -> None:
    """Print what `batch-metrics` says of the same run beside what was sent."""
    said = found.inline.total - found.by_files.total
    print(f"the same run by its records: {found.by_files.total:,} bytes against {found.inline.total:,} inline;")
    print(f"difference {said:,} bytes, as sent {inline.first - ours.first:,}")


if __name__ == "__main__":
    os.environ.setdefault("BATCHPACK_REQUIRE_HOSTS", "0")
    main()
