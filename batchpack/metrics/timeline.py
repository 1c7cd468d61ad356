"""The Gantt chart: where each attempt and merge lies on the line of time, in hundredths of the run."""

from __future__ import annotations

from dataclasses import dataclass

from batchpack.metrics import wording
from batchpack.metrics.figures import widths
from batchpack.metrics.values import GOOD, Record, Task

STEPS = (
    0.05,
    0.1,
    0.2,
    0.5,
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14400,
    28800,
    86400,
    604800,
    2592000,
    31536000,
)
MOST_TICKS = 6
SHORTEST = 0.3
"""Hundredths of the run that a bar takes at least, so that it can be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a row: `x` and `width` in hundredths of the line, `kind` for its look, `says` for who points at it."""

    x: float
    width: float
    kind: str
    says: str


class Line:
    """The line of time of a run."""

    def __init__(self, record: Record) -> None:
        moments = [record.begun, *(one.begun for one in record.attempts)]
        self.begun = min(moments)
        ends = [one.last for one in record.attempts]
        ends += [one.at for task in record.tasks for one in task.merges]
        self.seconds = max(max([record.begun, *moments, *ends]) - self.begun, 0.001)

    def at(self, moment: float) -> float:
        """Return where a moment lies, 0 to 100."""
        return round(min(max((moment - self.begun) / self.seconds * 100, 0.0), 100.0), 3)

    def ticks(self) -> list[tuple[float, str]]:
        """Return marks at round seconds, minutes or hours, with their words; at most six behind the first."""
        step = next((one for one in STEPS if self.seconds / one <= MOST_TICKS), STEPS[-1])
        marks = [round(step * number, 2) for number in range(MOST_TICKS + 1)]
        return [(self.at(self.begun + mark), _short(mark)) for mark in marks if mark <= self.seconds]

    def bars(self, task: Task) -> list[Bar]:
        """Return what a task's row shows: attempts, waiting for the merge, merges."""
        found = []
        for one in task.attempts:
            took = f"{one.last - one.begun:.1f} s" if one.seconds is None else wording.duration(one.seconds)
            says = f"attempt {one.number}: {one.end}, {took} from {_short(one.begun - self.begun)}"
            found.append(self._bar(one.begun, one.last, kind_of(one.end), says))
        for merge in task.merges:
            before = [one.last for one in task.attempts if one.last <= merge.at]
            if before:
                found.append(self._bar(max(before), merge.at, "waits", "until its merge"))
            word = f"merged as {merge.commit[:12]}" if merge.commit else "not merged"
            kind = "merge" if merge.commit else "clash"
            x = min(self.at(merge.at), 100 - SHORTEST)
            found.append(Bar(x, SHORTEST, kind, f"{word} at {_short(merge.at - self.begun)}"))
        return found

    def _bar(self, begun: float, end: float, kind: str, says: str) -> Bar:
        """Place a piece; it never leaves the line."""
        x = min(self.at(begun), 100 - SHORTEST)
        return Bar(x, round(max(self.at(end) - x, SHORTEST), 3), kind, says)


def kind_of(end: str) -> str:
    """Return the look of an attempt's bar by its end."""
    if end in GOOD:
        return "good"
    return {"failed": "bad", "running": "runs"}.get(end, "bad" if end in {"blocked", "needs context"} else "other")


def curve(record: Record, line: Line, height: int = 100) -> tuple[str, int]:
    """Return how many attempts were at work over time, as the path of an area 1000 by `height`, and the most.

    Attempts without a measured end are left out, but for those that run now.
    """
    known = [one for one in record.attempts if one.seconds is not None or one.end == "running"]
    steps = widths((one.begun, one.last) for one in known if one.last > one.begun)
    most = max((many for _, many in steps), default=0)
    if not most:
        return "", 0
    points = [f"M{line.at(steps[0][0]) * 10:.1f} {height}"]
    for at, many in steps:
        points.append(f"H{line.at(at) * 10:.1f}V{height - many / most * height:.1f}")
    return "".join([*points, "Z"]), most


def glance(record: Record, line: Line) -> dict[str, str]:
    """Return all attempts in little, a row of height 1 a task and a width of 1000, as a path for each look."""
    parts: dict[str, list[str]] = {}
    for row, task in enumerate(record.tasks):
        for bar in line.bars(task):
            parts.setdefault(bar.kind, []).append(
                f"M{bar.x * 10:.1f} {row}h{bar.width * 10:.1f}v.9h-{bar.width * 10:.1f}z"
            )
    return {kind: "".join(pieces) for kind, pieces in parts.items()}


def _short(seconds: float) -> str:
    """Write a mark of the line in few letters."""
    whole = round(seconds)
    if seconds < 10 and abs(seconds - whole) > 0.004:
        return f"{seconds:.2f}".rstrip("0") + " s"
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min" if whole % 60 == 0 else f"{whole // 60} min {whole % 60} s"
    days, rest = divmod(whole, 86400)
    hours = f"{rest // 3600} h" + (f" {rest % 3600 // 60} min" if rest % 3600 >= 60 else "")
    return f"{days} d {hours}" if days else hours
