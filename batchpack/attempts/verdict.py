"""An ended attempt, and the verdict on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from batchpack.attempts.result import Claim, NoResult
from batchpack.attempts.verification import Verification
from batchpack.executor import Answer, Pause
from batchpack.workplan.values import WorkTask
from batchpack.worktrees.values import Worktree

State = Literal["verified", "failed", "paused", "stopped"]


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt whose program ended: how, what it said, and where it worked.

    `worktree` is None where the run has none; then `folder` is the project itself, and nothing is committed.
    `agent` says that a model did the work. `out` and `err` are its output, `main_tree` are paths of the main tree
    that it is held to have changed. `env` adds to the environment of the verification.
    """

    task: WorkTask
    attempt: int
    folder: Path
    worktree: Worktree | None
    answer: Answer
    agent: bool
    code: int | None
    timed_out: bool = False
    out: Path | None = None
    err: Path | None = None
    main_tree: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: its kind, a sentence, and what the next attempt should see beside it."""

    kind: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an attempt.

    `verified`: `commit` holds work that passed all checks (empty without worktrees). `failed`: `problems` say why,
    `feedback` is what the next attempt is told, `failure` the failure's fingerprint, `tree` that of the work left.
    `paused`: it says nothing on the task, `pause` tells why. `stopped`: the run was ended during the verification.
    `expansion` are paths outside the scope that it asked for, `granted` whether they were allowed.
    """

    state: State
    commit: str = ""
    problems: tuple[Problem, ...] = ()
    feedback: str = ""
    failure: str = ""
    tree: str = ""
    files: tuple[str, ...] = ()
    no_change: str = ""
    expansion: tuple[str, ...] = ()
    granted: bool = False
    said: Claim | NoResult | None = None
    verification: Verification | None = None
    pause: Pause | None = None

    @property
    def reason(self) -> str:
        """Return what is wrong, in a line; empty for work that passed."""
        if self.pause is not None:
            return self.pause.reason
        return "; ".join(problem.text for problem in self.problems)

    @property
    def summary(self) -> str:
        """Return what the verification came to, as `3/3 steps passed`."""
        return self.verification.summary if self.verification else "nothing verified"

    def to_json(self) -> dict[str, Any]:
        """Return all of it for the records."""
        said = self.said
        return {
            "state": self.state, "commit": self.commit, "reason": self.reason, "failure": self.failure,
            "tree": self.tree, "files": list(self.files), "no_change": self.no_change,
            "expansion": list(self.expansion), "granted": self.granted,
            "problems": [asdict(problem) for problem in self.problems],
            "claim": said.raw if isinstance(said, Claim) else said and asdict(said),
            "verification": self.verification and self.verification.to_json(),
            "pause": self.pause and self.pause._asdict(), "feedback": self.feedback,
        }  # fmt: skip
