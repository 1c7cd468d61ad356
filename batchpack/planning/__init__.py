"""The planner: a description in, a plan out, each decision with its reason."""

from __future__ import annotations

from batchpack.planning.codec import NotAPlan, plan_from_json, plan_to_json
from batchpack.planning.description import clean, unquoted
from batchpack.planning.plan import make_plan
from batchpack.planning.roster import BrokenRoster, load_roster
from batchpack.planning.rules import Role, Roster
from batchpack.planning.values import (
    Assignment,
    Batch,
    Complexity,
    Cost,
    Estimate,
    Exclusion,
    Match,
    Options,
    Plan,
    Range,
    Signal,
)

__all__ = [
    "Assignment",
    "Batch",
    "BrokenRoster",
    "Complexity",
    "Cost",
    "Estimate",
    "Exclusion",
    "Match",
    "NotAPlan",
    "Options",
    "Plan",
    "Range",
    "Role",
    "Roster",
    "Signal",
    "clean",
    "load_roster",
    "make_plan",
    "plan_from_json",
    "plan_to_json",
    "unquoted",
]
