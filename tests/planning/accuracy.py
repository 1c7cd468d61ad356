"""How often the planner chooses as a sensible lead would: `python -m tests.planning.accuracy`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from batchpack.planning import Plan, Roster, load_roster, make_plan
from batchpack.planning.complexity import band
from tests.support.project import ROOT

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """A description with the label and the plan made of it."""

    text: str
    agents: frozenset[str]
    band: str
    plan: Plan

    @property
    def agents_right(self) -> bool:
        """Tell whether the exact set of agents was chosen."""
        return self.agents == {agent.name for agent in self.plan.agents}

    @property
    def band_right(self) -> bool:
        """Tell whether the score lies in the labelled band."""
        return self.band == band(self.plan.complexity.score)


def rows(name: str, roster: Roster | None = None) -> list[Row]:
    """Plan every description of a labelled file."""
    used = roster or load_roster([ROOT])
    labels: list[dict[str, Any]] = yaml.safe_load((HERE / name).read_text())
    return [
        Row(item["text"], frozenset(item["agents"]), item["band"], make_plan(item["text"], used)) for item in labels
    ]


def share(hits: Sequence[bool]) -> float:
    """Return the share of hits."""
    return sum(hits) / len(hits)


def _misses(row: Row) -> Iterator[str]:
    """Yield what is off in a row."""
    if not row.agents_right:
        got = ", ".join(agent.name for agent in row.plan.agents)
        yield f"agents  {row.text!r}\n        wanted {', '.join(sorted(row.agents))}; planned {got}"
    if not row.band_right:
        points = ", ".join(f"{signal.name} {signal.points:+d}" for signal in row.plan.complexity.signals)
        yield f"band    {row.text!r}\n        wanted {row.band}; scored {row.plan.complexity.score} ({points})"


def report(name: str) -> str:
    """Return what is off in a file and its two shares."""
    found = rows(name)
    agents, bands = share([row.agents_right for row in found]), share([row.band_right for row in found])
    total = f"{name:<22} {len(found):>4} texts   agents {agents:6.1%}   band {bands:6.1%}"
    return "\n".join([*(miss for row in found for miss in _misses(row)), total])


if __name__ == "__main__":
    for file in sys.argv[1:] or ["labelled.yaml", "labelled_fresh.yaml"]:
        sys.stdout.write(f"{report(file)}\n\n")
