"""One step of the queue: what is ready is merged or given back to its author, until nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from batchpack import files
from batchpack.errors import BatchpackError
from batchpack.merging import bisect, stacking, wording
from batchpack.merging.gate import Gate
from batchpack.merging.queue import Queue, Settled
from batchpack.merging.stacking import Clash, Stack, Stacker
from batchpack.merging.target import Target
from batchpack.merging.values import Conflict, Culprit, Merged, Queued

MANY_CULPRITS = 3
"""From so many culprits in a step on, no more entries go through the gate at once than one culprit was found among."""
MOST_MOVES = 20
"""How often the branch may move under a step before it gives up."""


class Blocked(Exception):
    """Nothing can be merged now; `stuck` tells that somebody must mend something first."""

    def __init__(self, reason: str, *, stuck: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.stuck = reason, stuck


@dataclass(slots=True)
class Settling:
    """The work of one step; the lists grow as entries are settled, so that they are true when it ends early."""

    target: Target
    queue: Queue
    gate: Gate
    logs: Path
    merged: list[Merged] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    culprits: list[Culprit] = field(default_factory=list)
    flaky: list[str] = field(default_factory=list)
    moves: int = 0
    examined: int = 0
    tip: str = ""
    stacker: Stacker = field(init=False)

    def __post_init__(self) -> None:
        """Have merges made in the repository of the branch."""
        self.stacker = Stacker(self.target.root)

    def run(self) -> None:
        """Settle all entries that are ready. Raises Blocked or Stopped; what is not settled is then still merging."""
        self._check_pause()
        waiting = self.queue.take()
        while waiting:
            waiting = self._round(self._base(), waiting)

    def note_merged(self, tip: str, entries: Sequence[Queued], commits: Sequence[str]) -> None:
        """Write that entries are in, each with the commit that brought it in."""
        pairs = list(zip(entries, commits, strict=True))
        self.queue.settle(*(Settled(one.task, "merged", {"merge": commit, "tip": tip}) for one, commit in pairs))
        self.merged += [Merged(one.task, one.commit, commit, tip) for one, commit in pairs]

    def already_in(self, tip: str, entries: Sequence[Queued]) -> list[Queued]:
        """Note as merged what is in the branch already, be it by a step that was killed; return the others."""
        outside = stacking.outside(self.target.root, tip, [one.commit for one in entries])
        inside = [one for one in entries if one.commit not in outside]
        if inside:
            commits = [self._merge_of(tip, one) for one in inside]
            self.note_merged(tip, inside, commits)
        return [one for one in entries if one.commit in outside]

    def _check_pause(self) -> None:
        """Raise Blocked while the queue is paused."""
        if reason := self.queue.paused:
            raise Blocked(f"the merge queue is paused: {reason}", stuck=self.queue.stuck)

    def _base(self) -> str:
        """Return where the branch is; raises Blocked when nothing may be merged into it now."""
        self._check_pause()
        self.tip, obstacle = self.target.look()
        if obstacle:
            raise Blocked(obstacle)
        return self.tip

    def _round(self, base: str, waiting: Sequence[Queued]) -> list[Queued]:
        """Merge what goes together, settle what is found out on the way, and return what is to be tried again."""
        room = self._room(len(waiting))
        present = self._present(waiting[:room])
        fit = [one for one in self.already_in(base, present) if not self._undoes(base, one)]
        stack = self.stacker.build(base, fit)
        good, finding = self._judged(stack)
        if not self._land(stack, good):
            return [*fit, *waiting[room:]]
        for entry, clash in stack.clashes:
            self._conflict(base, entry, clash)
        if finding is not None:
            self._blame(stack, finding)
        settled = good + (finding is not None)
        self.examined += settled
        rest = (*stack.entries[settled:], *stack.left, *waiting[room:])
        return sorted(rest, key=lambda one: (-one.entry.priority, one.seq))

    def _room(self, waiting: int) -> int:
        """Return how many entries go through the gate at once: all, unless culprits have turned out to be many."""
        many = len(self.culprits) >= MANY_CULPRITS
        return max(1, self.examined // len(self.culprits)) if many else waiting

    def _present(self, entries: Sequence[Queued]) -> list[Queued]:
        """Return the entries whose commits are there; the others go back to their authors."""
        missing = stacking.missing(self.target.root, [one.commit for one in entries])
        for one in entries:
            if one.commit in missing:
                self._conflict("", one, Clash((), f"commit {one.commit[:12]} is not in the repository"))
        return [one for one in entries if one.commit not in missing]

    def _undoes(self, base: str, entry: Queued) -> bool:
        """Give an entry back to its author that would take back what others have merged; tell whether it was one."""
        taken = stacking.undone(self.target.root, base, entry)
        if taken:
            self._conflict(base, entry, Clash(taken, "", undone=True))
        return bool(taken)

    def _judged(self, stack: Stack) -> tuple[int, bisect.Finding | None]:
        """Return how many of a stack's first entries pass the gate together, and who breaks it with them."""
        tasks = tuple(one.task for one in stack.entries)
        if not tasks or self._passes(stack, len(tasks)):
            return len(tasks), None
        finding = bisect.find(len(tasks), lambda chosen: self._fails(stack, chosen))
        if finding.base_red:
            self._pause(stack.commits[0])
        length = finding.good + 1
        if length < len(tasks) and stack.entries[finding.good].entry.flaky and self._passes(stack, length):
            return length, None
        return finding.good, finding

    def _passes(self, stack: Stack, length: int) -> bool:
        """Tell whether a stack's first entries pass together, at the second try where one of them allows that."""
        tasks = tuple(one.task for one in stack.entries[:length])
        if self.gate.passes(stack.commits[length], tasks):
            return True
        allowed = [one.task for one in stack.entries[:length] if one.entry.flaky]
        if not allowed or not self.gate.passes(stack.commits[length], tasks, anew=True):
            return False
        self.flaky += [task for task in allowed if task not in self.flaky]
        return True

    def _fails(self, stack: Stack, chosen: Sequence[int]) -> bool:
        """Tell whether the gate fails with some of a stack's entries; those that do not merge alone do not count."""
        whole = next((n for n, number in enumerate(chosen) if n != number), len(chosen))
        commit = stack.commits[whole]
        for number in chosen[whole:]:
            made = self.stacker.join(commit, stack.entries[number])
            if isinstance(made, Clash):
                return False
            commit = made
        return not self.gate.passes(commit, tuple(stack.entries[number].task for number in chosen))

    def _pause(self, base: str) -> None:
        """Pause the queue: the branch fails its gate without anybody's new work, so nobody can be blamed."""
        verdict = self.gate.last[base]
        reason = f"the gate fails before anything is merged: {verdict.why}"
        self.queue.pause(f"{reason}; output: {verdict.out}", stuck=True)
        raise Blocked(f"the merge queue is paused: {reason}", stuck=True)

    def _land(self, stack: Stack, length: int) -> bool:
        """Move the branch to a stack's first entries; False if it is not any more where the stack was built."""
        base, tip, landed = stack.commits[0], stack.commits[length], stack.entries[:length]
        if not landed:
            return True
        if self.gate.runs and self._base() != base:  # it took a while
            return self._moved_by_others(base)
        if not self.target.move(base, tip):
            return self._moved_by_others(base)
        if stacking.outside(self.target.root, self.target.ref, [one.commit for one in landed]):
            raise BatchpackError(f"{self.target.short} was moved, yet work is not in it", "look at it: git log --graph")
        self.tip = tip
        self.note_merged(tip, landed, stack.commits[1 : length + 1])
        return True

    def _moved_by_others(self, base: str) -> bool:
        """Return False, so that all is built anew; raise Blocked where that leads nowhere."""
        self.moves += 1
        if self._base() == base:
            raise Blocked(f"git does not move {self.target.short}; another git may be working on it")
        if self.moves > MOST_MOVES:
            raise Blocked(f"{self.target.short} is moved by somebody else again and again")
        return False

    def _conflict(self, tip: str, entry: Queued, clash: Clash) -> None:
        """Give an entry back to its author that does not merge."""
        others = self._others(tip, entry, clash) if clash.files else {}
        out = self._keep_conflict(tip, entry, clash)
        reason = wording.conflict_reason(clash, tuple(others))
        feedback = wording.conflict_feedback(self.target.short, tip, clash, others, out)
        facts = {"reason": reason, "files": clash.files, "others": tuple(others), "output": str(out or "")}
        self.queue.settle(Settled(entry.task, "conflict", facts))
        self.conflicts.append(Conflict(entry.task, entry.commit, clash.files, tuple(others), reason, feedback, out))

    def _others(self, tip: str, entry: Queued, clash: Clash) -> dict[str, str]:
        """Return the tasks, with their titles, whose merged work touched the files in conflict."""
        found = stacking.merges(self.target.root, tip, entry.entry.base if clash.undone else entry.commit)
        sides = {merge for merge, (_, changed) in found.items() if changed.intersection(clash.files)}
        return {one.task: one.entry.title for one in self.queue.entries("merged") if one.merge in sides}

    def _keep_conflict(self, tip: str, entry: Queued, clash: Clash) -> Path | None:
        """Write both sides of a conflict to a file."""
        text = stacking.marked(self.target.root, tip, clash)
        if not text:
            return None
        out = self.logs / f"{entry.task}-{entry.commit[:12]}.conflict.diff"
        files.write_atomic(out, text.encode(errors="replace"))
        return out

    def _blame(self, stack: Stack, finding: bisect.Finding) -> None:
        """Give the entry back to its author that makes the gate fail."""
        entry = stack.entries[finding.good]
        others = () if finding.partner is None else (stack.entries[finding.partner].task,)
        verdict = self.gate.last[stack.commits[finding.good + 1]]
        branch, tip = self.target.short, stack.commits[finding.good]
        reason = wording.culprit_reason(verdict, others)
        feedback = wording.culprit_feedback(branch, tip, verdict, finding.sure, others)
        facts = {"reason": reason, "others": others, "output": str(verdict.out or "")}
        self.queue.settle(Settled(entry.task, "culprit", facts))
        self.culprits.append(Culprit(entry.task, entry.commit, others, finding.sure, reason, feedback, verdict.out))

    def _merge_of(self, tip: str, entry: Queued) -> str:
        """Return the commit that brought an entry in; empty where it came otherwise."""
        if entry.commit == entry.entry.base:
            return ""
        found = stacking.merges(self.target.root, tip, entry.entry.base)
        return next((merge for merge, (commit, _) in found.items() if commit == entry.commit), "")
