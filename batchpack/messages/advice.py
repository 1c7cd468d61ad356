"""The words of `batchpack choose`: facts for programs, lines for people, and the command that comes next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from batchpack.messages.choose import METHODS, Choice, Method, Question, Verdict
from batchpack.messages.forecast import Figure, Forecast
from batchpack.prices import Prices

MAX_TOKENS = 1024
STEP = 256
UNITS = ((86400, "days"), (3600, "h"), (60, "min"), (1, "s"))


def facts(
    question: Question, choice: Choice, ahead: Mapping[Method, Forecast], prices: Prices, program: str
) -> dict[str, Any]:
    """Return all that is known as JSON: dollars and seconds, each range with its kind and where it comes from."""
    return {
        "question": question._asdict(),
        "best": choice.best,
        "reasons": list(choice.reasons),
        "conflicts": list(choice.conflicts),
        "methods": [
            {
                "method": verdict.method,
                "title": METHODS[verdict.method],
                "fit": verdict.fit,
                "reasons": list(verdict.reasons),
                "dollars": ahead[verdict.method].cost._asdict(),
                "seconds": ahead[verdict.method].seconds._asdict(),
                "next": following(verdict.method, question, program),
            }
            for verdict in choice.verdicts
        ],
        "prices": {"as_of": prices.as_of, "source": prices.source},
    }


def lines(
    question: Question, choice: Choice, ahead: Mapping[Method, Forecast], prices: Prices, program: str
) -> Iterator[str]:
    """Yield the lines for a person."""
    many = "1 item" if question.items == 1 else f"{question.items:,} items"
    yield f"{many}: {METHODS[choice.best]}"
    yield from (f"  - {reason}" for reason in choice.reasons)
    if choice.conflicts:
        yield "Conflicts"
        yield from (f"  - {conflict}" for conflict in choice.conflicts)
    yield ""
    yield from _table(choice, ahead)
    yield ""
    yield "Where the figures come from (~ assumed; nothing was measured)"
    yield from _sources(ahead, question, prices)
    yield ""
    yield from _after(question, choice, program)


def _table(choice: Choice, ahead: Mapping[Method, Forecast]) -> list[str]:
    """Write all methods side by side."""
    head = ("METHOD", "FIT", "COST", "TIME", "")
    rows = [head, *(_cells(verdict, ahead[verdict.method]) for verdict in choice.verdicts)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _cells(verdict: Verdict, ahead: Forecast) -> tuple[str, ...]:
    """Write one method's cells."""
    cost, time = _span(ahead.cost, dollars), _span(ahead.seconds, duration)
    return METHODS[verdict.method], verdict.fit, cost, time, "; ".join(verdict.reasons)


def _span(figure: Figure, shape: Any) -> str:
    """Write a range; `~` marks what is assumed."""
    if figure.low is None or figure.high is None:
        return "unknown"
    low, high = shape(figure.low), shape(figure.high)
    mark = "~" if figure.kind == "assumed" else ""
    return mark + (low if low == high else f"{low} to {high}")


def dollars(amount: float) -> str:
    """Write dollars: to the cent, small ones to two digits that say something."""
    if amount >= 1 or amount == 0:
        return f"${amount:,.2f}"
    return f"${amount:.2f}" if amount >= 0.1 else f"${float(f'{amount:.2g}'):f}".rstrip("0")


def duration(seconds: float) -> str:
    """Write a length of time in the largest unit of which there are two or more, or exactly one hour or minute."""
    fits = ((size, name) for size, name in UNITS if seconds >= 2 * size or (seconds == size and size < UNITS[0][0]))
    size, name = next(fits, UNITS[-1])
    return f"{max(1, round(seconds / size)):,} {name}"


def _sources(ahead: Mapping[Method, Forecast], question: Question, prices: Prices) -> Iterator[str]:
    """Yield where the figures of each method come from, those of the cost only where there are any."""
    unknown = {one.cost.why for one in ahead.values() if one.cost.kind == "unknown"}
    yield from (f"  cost: {why}" for why in unknown)
    for method, one in ahead.items():
        whys = [figure.why for figure in one if figure.kind != "unknown"]
        yield f"  {METHODS[method]}: {'; '.join(whys)}"
    if not unknown:
        yield f"  list prices of {question.model}, {prices.as_of}; a host on a subscription takes from its limits"


def _after(question: Question, choice: Choice, program: str) -> Iterator[str]:
    """Yield what to do next: the best method first, then the others that fit."""
    fitting = sorted((each for each in choice.verdicts if each.fit != "unfit"), key=lambda each: each.fit != "best")
    shown = [(verdict, following(verdict.method, question, program)) for verdict in fitting]
    for verdict, command in shown:
        title = METHODS[verdict.method]
        if command is None:
            yield f"{title}: no command; give the items to the agent, one after another"
        else:
            yield "To start it, run:" if verdict.fit == "best" else f"{title}:"
            yield f"    {command}"
    yield from _notes(" ".join(command for _, command in shown if command))


def _notes(commands: str) -> Iterator[str]:
    """Yield what stands for what in the commands, and that they can be tried without cost."""
    if " messages " in commands:
        yield "ITEMS: a JSONL or CSV file, or a glob of files; prompt.j2: your template; --dry-run sends nothing"
    if "request.md" in commands:
        yield "request.md: what the agents are to do; in a host the same is /batch-run"


def following(method: Method, question: Question, program: str) -> str | None:
    """Return the command that starts a method; None where a person or an agent just goes on talking."""
    if method == "conversation" or (method == "loop" and question.needs_tools):
        return None
    if method == "agents":
        return f"{program} start --next --file request.md"
    verb = "submit" if method == "batch" else method
    model = shlex.quote(question.model) if question.model else "MODEL"
    return f"{program} messages {verb} ITEMS --template prompt.j2 --model {model} --max-tokens {_most(question)}"


def _most(question: Question) -> int:
    """Return a limit for answers: twice what is expected, in whole steps, so that none is cut off."""
    wanted = question.tokens_out
    return MAX_TOKENS if wanted is None else -(-2 * wanted // STEP) * STEP
