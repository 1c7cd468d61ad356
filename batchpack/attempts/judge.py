"""The judge of attempts: what an agent says is a claim; commits, paths, files and the verification decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from batchpack.attempts import checks, evidence, verification
from batchpack.attempts.ladder import fingerprint
from batchpack.attempts.result import Claim, NoResult, read
from batchpack.attempts.verdict import Ended, Problem, State, Verdict
from batchpack.attempts.verification import Verification
from batchpack.errors import BatchpackError
from batchpack.plaintext import line, tail
from batchpack.process import ProgramFailed
from batchpack.worktrees import changes, registry, status
from batchpack.worktrees.changes import Changes, NotCommitted
from batchpack.worktrees.isolation import Isolation, check
from batchpack.worktrees.values import Worktree

Stop = Callable[[], bool]


def judge(ended: Ended, into: Path, *, allow_expansion: bool = False, stop: Stop = lambda: False) -> Verdict:
    """Judge an attempt and write the evidence into a folder: `verdict.json`, `feedback.md`, the output of each line.

    What was left uncommitted within the scope is committed with the task's id and title; the verification runs on
    that commit. It blocks for as long as hooks and verification take and may be called again after a crash. Several
    threads may judge attempts of different worktrees. Raises Unwritable where the evidence cannot be kept.
    """
    if ended.answer.pause is not None:
        verdict = Verdict("paused", pause=ended.answer.pause)
    else:
        verdict = _judged(ended, into, allow_expansion=allow_expansion, stop=stop)
    if verdict.state == "failed":
        told = evidence.feedback(verdict)
        verdict = replace(verdict, feedback=told, failure=_failure(verdict), tree=_tree(ended.worktree))
    if verdict.state != "stopped":
        evidence.write(into, ended, verdict)
    return verdict


def _failure(verdict: Verdict) -> str:
    """Return the fingerprint of a failure: what is wrong, and the end of what the failed line wrote."""
    failed = verdict.verification and verdict.verification.failed
    said = tail(failed.out, 30, 3000) if failed else ""
    return fingerprint([*(f"{one.kind} {one.text}" for one in verdict.problems), said])


def _tree(worktree: Worktree | None) -> str:
    """Return the fingerprint of what a failed attempt leaves; empty where that cannot be told."""
    try:
        return checks.tree_of(worktree, changes.of(worktree)) if worktree is not None else ""
    except (Isolation, ProgramFailed):
        return ""


def _judged(ended: Ended, into: Path, *, allow_expansion: bool, stop: Stop) -> Verdict:
    """Look at all that needs no verification first, and verify only what passed that."""
    said = _said(ended)
    asked = tuple(path for path in said.expansion if _is_plain(path)) if isinstance(said, Claim) else ()
    granted = bool(asked) and allow_expansion
    allowed = ended.task.allowed
    work = _Work(ended, said, checks.from_root(ended, (*allowed, *asked) if granted and allowed else allowed))
    verdict = work.looked_at(asked=bool(asked) and not granted)
    if not verdict.problems:
        verdict = work.settled(verdict, into, stop)
    return replace(verdict, expansion=asked, granted=granted, said=said)


def _said(ended: Ended) -> Claim | NoResult | None:
    """Return what the attempt says of itself; a plain program need not say anything."""
    said = read(ended.answer.text, ended.task.id)
    return None if isinstance(said, NoResult) and not ended.agent else said


def _is_plain(path: str) -> bool:
    """Tell whether a path that an agent asks for may be allowed at all: below the root, and not all of it."""
    pure = PurePosixPath(path)
    parts = pure.parts
    return (
        bool(parts) and not pure.is_absolute() and not {"..", ".git"} & set(parts) and not set(parts[0]) <= set("*?.")
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """An ended attempt, what it said, and the paths that it may change (none: any)."""

    ended: Ended
    said: Claim | NoResult | None
    allowed: Sequence[str]

    def looked_at(self, *, asked: bool) -> Verdict:
        """Return a verdict with all that is wrong before anything is committed or run."""
        ended, problems = self.ended, list(checks.of_program(self.ended))
        problems += [*checks.of_claim(self.said), *checks.of_main_tree(ended.main_tree)]
        found = None
        if ended.worktree is not None:
            try:
                found = self._changes(ended.worktree)
            except (Isolation, ProgramFailed) as error:
                problems.append(Problem("isolation", line(f"{error.message}: {error.hint}", 1000)))
            else:
                problems += checks.of_changes(found, self.allowed)
                problems += [] if problems else checks.of_no_change(ended, found, self.said)
        problems += checks.of_deliverables(ended)
        if asked and problems:
            text = "it asked for a wider scope, which `--allow-scope-expansion` would grant"
            problems.append(Problem("expansion", text))
        files = found.paths if found else ()
        state: State = "failed" if problems else "verified"
        return Verdict(state, problems=tuple(problems), files=files, no_change=self._no_change(found))

    def _changes(self, worktree: Worktree) -> Changes:
        """Return what was changed in the worktree, after caches were swept away."""
        found = changes.of(worktree)
        return changes.of(worktree) if checks.sweep_caches(worktree, found.uncommitted) else found

    def _no_change(self, found: Changes | None) -> str:
        """Return why nothing was changed, where that is so and was said."""
        untouched = found is not None and not found.paths
        return self.said.no_change if untouched and isinstance(self.said, Claim) else ""

    def settled(self, verdict: Verdict, into: Path, stop: Stop) -> Verdict:
        """Commit what was left, verify the commit, and say what came of it."""
        worktree, commit = self.ended.worktree, ""
        if worktree is not None:
            try:
                commit = self._committed(worktree)
            except NotCommitted as error:
                wrong = Problem(
                    "commit", f"what was left could not be committed: {line(error.message, 500)}", error.hint
                )
                return replace(verdict, state="failed", problems=(wrong,))
            except (Isolation, ProgramFailed) as error:
                return replace(verdict, state="failed", problems=(Problem("isolation", line(error.message, 1000)),))
        return self._verified(replace(verdict, commit=commit), into, stop)

    def _committed(self, worktree: Worktree) -> str:
        """Commit what is left, and return the commit that is to be verified."""
        made = changes.commit(worktree, f"{self.ended.task.id}: {line(self.ended.task.title)}")
        return made or registry.tip(worktree.common, worktree.branch) or ""

    def _verified(self, verdict: Verdict, into: Path, stop: Stop) -> Verdict:
        """Run the verification, and see that it left the work alone."""
        ended = self.ended
        done = verification.run(ended.task.verify, ended.folder, into, ended.task.verify_timeout, ended.env, stop)
        if done.stopped:
            return Verdict("stopped", files=verdict.files, verification=done)
        problems = [*_red(done), *(self._moved(verdict.commit) if done.steps else ())]
        state: State = "failed" if problems else "verified"
        return replace(verdict, state=state, problems=tuple(problems), verification=done)

    def _moved(self, commit: str) -> list[Problem]:
        """Find fault with a verification that moved the branch; what it left in the worktree is taken away."""
        worktree = self.ended.worktree
        if worktree is None:
            return []
        try:
            check(worktree)
            found = status.read(worktree.path)
            if found.head == commit:
                checks.put_back(worktree, found)
                return []
        except BatchpackError as error:
            return [Problem("isolation", f"the verification broke its worktree: {line(error.message, 500)}")]
        return [Problem("isolation", f"the verification moved the branch from {commit[:12]} to {found.head[:12]}")]


def _red(done: Verification) -> list[Problem]:
    """Find fault with the line that failed."""
    if done.failed is None:
        return []
    said = f"`{line(done.failed.command)}` {verification.explain(done.failed)} ({done.summary})"
    return [Problem("verification", said, verification.told(done.failed))]
