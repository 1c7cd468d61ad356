"""The shapes in which a run tells its reader what to do next; programs and models follow them to the letter."""

from __future__ import annotations

from collections.abc import Sequence

from batchpack.runs import program


def step(lead: str, *words: str) -> list[str]:
    """Say a command to give: a line that ends with `run:` and the command alone, indented by four spaces."""
    return [f"{lead} run:", f"    {command(*words)}"]


def command(*words: str) -> str:
    """Write a command of ours; the words are ids and numbers, which need no quotes."""
    return " ".join([program.word(), *words])


def fenced(fence: int) -> tuple[str, ...]:
    """Return the words that carry a fence once a run was taken over."""
    return ("--fence", str(fence)) if fence > 1 else ()


def calls(lines: Sequence[str]) -> list[str]:
    """Say the calls to make: a heading, an empty line, one line a call, an empty line."""
    word = "call" if len(lines) == 1 else "calls"
    return [f"Make {len(lines)} {word} together in one message and wait for all of them:", "", *lines, ""]


def cut(text: str, most: int) -> str:
    """Return a text in one line of at most that many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
