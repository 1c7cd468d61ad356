"""The budget of a run: what an attempt will probably use is reserved before it begins, what it used settled after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from batchpack.errors import UsageError
from batchpack.executor import Usage

UNITS = ("dollars", "tokens", "minutes", "attempts")
"""What a limit can be of. Minutes are those that the run was worked on, whatever ran in them."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an attempt uses, or is reserved for it: dollars and tokens, and minutes until its end."""

    dollars: float = 0.0
    tokens: float = 0.0
    minutes: float = 0.0


class Budget:
    """Limits by unit, what was settled, and what is reserved for attempts that run.

    `elapsed` tells the seconds that the run was worked on so far, those before a resume included. Rebuilt after a crash
    by settling anew what the journal has, and reserving for what still runs. For one thread.
    """

    def __init__(self, limits: Mapping[str, float], elapsed: Callable[[], float] = lambda: 0.0) -> None:
        self.limits, self._elapsed = dict(limits), elapsed
        self.dollars = self.tokens = 0.0
        self.attempts = 0
        self.unpriced = ""
        self._minutes, self._counted, self._programs = 0.0, 0, 0
        self._reserved: dict[str, Cost] = {}

    def refusal(self) -> str:
        """Say why no further attempt may begin, with the limit and what is used; empty while one may."""
        if self.unpriced and "dollars" in self.limits:
            return f"{self.unpriced}, so the limit of {_said('dollars', self.limits['dollars'])} cannot be kept"
        mean = self.mean()
        wanted = {
            "dollars": self.dollars + sum(one.dollars for one in self._reserved.values()) + mean.dollars,
            "tokens": self.tokens + sum(one.tokens for one in self._reserved.values()) + mean.tokens,
            "minutes": self._elapsed() / 60 + mean.minutes,
            "attempts": self.attempts + len(self._reserved) + 1.0,
        }
        used = {"dollars": self.dollars, "tokens": self.tokens, "minutes": self._elapsed() / 60}
        for unit, limit in self.limits.items():
            if wanted[unit] > limit or (unit in used and used[unit] >= limit):
                spent = used.get(unit, float(self.attempts))
                return f"the budget of {_said(unit, limit)} would not hold another attempt ({_said(unit, spent)} used)"
        return ""

    def mean(self) -> Cost:
        """Return what the attempts that ended used on average; nothing before the first."""
        agents = max(1, self._counted)
        return Cost(self.dollars / agents, self.tokens / agents, self._minutes / max(1, self._counted + self._programs))

    def reserve(self, attempt: str) -> str:
        """Reserve for an attempt what those before used on average; returns why not, empty when it was done."""
        refused = "" if attempt in self._reserved else self.refusal()
        if not refused:
            self._reserved.setdefault(attempt, self.mean())
        return refused

    def settle(self, attempt: str, usage: Usage | None, seconds: float, *, agent: bool) -> None:
        """Put what an attempt used in the place of what was reserved for it; unknown usage of an agent is told.

        A plain program uses time only.
        """
        self._reserved.pop(attempt, None)
        self.attempts += 1
        self._minutes += seconds / 60
        self._counted += agent
        self._programs += not agent
        if usage is not None:
            self.tokens += usage.tokens
            self.dollars += usage.dollars or 0.0
        if agent and (usage is None or usage.dollars is None):
            named = f" of {usage.model}" if usage is not None and usage.model else ""
            self.unpriced = f"the price{named} of attempt {attempt} is unknown"

    def release(self, attempt: str) -> None:
        """Give back what was reserved for an attempt that never began, or met a limit before it did anything."""
        self._reserved.pop(attempt, None)


def limits(words: Iterable[str]) -> dict[str, float]:
    """Read limits such as `dollars=5`; raises UsageError."""
    found: dict[str, float] = {}
    for word in words:
        unit, _, value = word.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if unit not in UNITS or not 0 < number < float("inf"):
            raise UsageError(
                f"--budget {word!r} is no limit", f"write for instance dollars=5; units: {', '.join(UNITS)}"
            )
        found[unit] = number
    return found


def _said(unit: str, amount: float) -> str:
    """Say an amount."""
    if unit == "dollars":
        return f"${amount:.2f}"
    number = f"{amount:,.0f}" if unit != "minutes" else f"{amount:.1f}".removesuffix(".0")
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}"
