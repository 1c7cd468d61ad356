"""One attempt from its worktree to its verdict; after a crash it is taken up at whichever point it had come to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batchpack.attempts.judge import judge
from batchpack.attempts.ladder import GiveUp, Rung, fingerprint
from batchpack.attempts.verdict import Ended, Verdict
from batchpack.engine import Attempt, Status
from batchpack.errors import BatchpackError
from batchpack.execution import worktree as worktrees
from batchpack.execution.context import Context
from batchpack.execution.history import next_of
from batchpack.execution.journal import Draft
from batchpack.execution.ordering import order_for, write_prompt
from batchpack.execution.pump import Pump
from batchpack.execution.settling import settle
from batchpack.execution.throttle import Throttle
from batchpack.execution.watch import Watch, Watched
from batchpack.executor import Answer, Usage
from batchpack.plaintext import line
from batchpack.worktrees.values import Worktree


class Carrier:
    """Carries attempts; each call is one of them, and many run at once on one event loop."""

    def __init__(self, context: Context, pump: Pump, throttle: Throttle) -> None:
        self.context, self._pump, self._throttle = context, pump, throttle
        repo = context.repository
        self._watch = (
            Watch(repo, context.notes.paths(), context.run.facts.target, self._tell_main_tree) if repo else None
        )
        self._ids: dict[str, str] = {}
        self._cancelled: set[str] = set()

    async def begin(self, name: str) -> None:
        """Begin a task's next attempt and carry it to its verdict."""
        rung = next_of(self.context, name)
        if isinstance(rung, GiveUp):
            settle(self.context, name)
            return
        try:
            worktree = await self._worktree(name, rung.number)
            attempt = await self._attempt(name, rung, worktree)
        except BatchpackError as error:
            if not self.context.stopping:  # else it may be the stop's doing; when the run goes on it begins anew
                self._failed_to_begin(name, rung, error)
            return
        if self.context.stopping:  # it was asked for while the worktree was made
            return
        facts = {"executor": self.context.executor_of(self.context.tasks[name]).NAME, "fresh": rung.fresh}
        self.context.record(Draft("attempt_started", name, rung.number, facts | {"model": rung.model}))
        await self._carry(name, rung.number, attempt, worktree)

    async def go_on(self, name: str, known: Mapping[str, Status]) -> None:
        """Go on with an attempt that was begun before; one that the engine never got is handed to it now."""
        task = self.context.state.tasks[name]
        attempt = None
        try:
            worktree = await self._worktree(name, task.number)
            if self._id(name, task.number) not in known:
                attempt = await self._attempt(name, self._rung_of(name), worktree)
        except BatchpackError as error:  # without its worktree nobody can tell what it did
            if self.context.stopping:
                return
            self._failed_to_begin(name, self._rung_of(name), error)
            return
        await self._carry(name, task.number, attempt, worktree)

    def cancel_all(self) -> None:
        """Ask for the end of all attempts, once each."""
        for name, attempt_id in self._ids.items():
            if name not in self._cancelled:
                self._cancelled.add(name)
                self.context.background(self.context.session.cancel(attempt_id))

    async def _worktree(self, name: str, number: int) -> Worktree | None:
        """Make sure of the task's worktree; it exists before any agent does."""
        repo = self.context.repository
        if repo is None:
            return None
        made = await asyncio.to_thread(worktrees.make, self.context, repo, name, number)
        facts = self.context.state.tasks[name].worktree
        if facts is None or facts["path"] != str(made.path):
            self.context.record(worktrees.made(name, number, made))
        return made

    async def _attempt(self, name: str, rung: Rung, worktree: Worktree | None) -> Attempt:
        """Write the prompt and say how the attempt is launched."""
        context, about = self.context, self.context.tasks[name]
        order, executor = order_for(context, name, rung, worktree), context.executor_of(about)
        if executor.AGENT or rung.number > 1:
            await asyncio.to_thread(write_prompt, context, order, rung, worktree)
        launch = executor.launch(order)
        env: dict[str, str | None] = {"BATCHPACK_RUN": context.run.id, "BATCHPACK_TASK": name, **launch.env}
        return Attempt(
            id=self._id(name, rung.number), run=context.run.id, task=name, number=rung.number, argv=launch.argv,
            cwd=order.folder, env=env, stdin=launch.stdin, timeout=about.timeout,
        )  # fmt: skip

    async def _carry(self, name: str, number: int, attempt: Attempt | None, worktree: Worktree | None) -> None:
        """Hand an attempt to the engine, wait for its end, judge it and draw the consequences."""
        begun = self._throttle.begin(name, number)
        attempt_id = self._ids[name] = self._id(name, number)
        folder = self.context.run.folder / "attempts" / f"{name}-{number}"
        about = self.context.tasks[name]
        try:
            if self._watch is not None:
                await self._watch.begin(Watched(name, about.allowed, about.command, (folder / "out", folder / "err")))
            if attempt is not None:
                await self.context.session.submit(attempt)
            status = await self._pump.end_of(attempt_id)
            blamed = await self._watch.end(name) if self._watch is not None else []
            await self._settle(name, number, status, worktree, blamed, begun)
        finally:
            del self._ids[name]

    async def _settle(
        self, name: str, number: int, status: Status, worktree: Worktree | None, blamed: list[str], begun: float
    ) -> None:
        """Find the verdict on an ended attempt, write it down, and go on from there."""
        facts: dict[str, Any] = {"code": status.code, "seconds": _seconds(status), "bytes": _bytes(status.out)}
        if status.state == "lost":
            facts |= {"verdict": "lost", "reason": status.detail or "it ended without a verdict"}
        elif status.state == "cancelled":
            facts |= {"verdict": "cancelled", "reason": "cancelled"}
        else:
            verdict, answer = await self._judged(name, number, status, worktree, blamed)
            if verdict.state == "stopped":
                return  # it is judged again when the run goes on
            facts |= verdict_facts(verdict, answer)
            if verdict.pause is not None:
                self._throttle.refused(name, number, begun, verdict.pause)
            else:
                self._throttle.answered(name, number, answer.usage, facts["seconds"] or 0.0)
        if status.state in {"lost", "cancelled"}:
            self._throttle.left(name, number)
        self.context.record(Draft("judged", name, number, facts))
        settle(self.context, name)

    async def _judged(
        self, name: str, number: int, status: Status, worktree: Worktree | None, blamed: list[str]
    ) -> tuple[Verdict, Answer]:
        """Read what an attempt left, and judge it in a thread."""
        context, about = self.context, self.context.tasks[name]
        executor = context.executor_of(about)
        order = order_for(context, name, self._rung_of(name), worktree)
        out, err = status.out or Path(), status.err or Path()
        code = status.code if status.code is not None else -1
        answer = await asyncio.to_thread(executor.read, order, out, err, code)
        ended = Ended(
            task=about, attempt=number, folder=order.folder, worktree=worktree, answer=answer, agent=executor.AGENT,
            code=status.code, timed_out=status.timed_out, out=status.out, err=status.err,
            main_tree=tuple(blamed) if context.options.strict else (),
        )  # fmt: skip
        return await asyncio.to_thread(
            judge, ended, context.run.evidence(name, number), allow_expansion=context.options.allow_scope_expansion,
            stop=lambda: context.stopping == 2,
        ), answer  # fmt: skip

    def _failed_to_begin(self, name: str, rung: Rung, error: BatchpackError) -> None:
        """Note an attempt that could not be begun: without isolation no agent works."""
        reason = f"it could not begin: {error.message}" + (f"; {line(error.hint)}" if error.hint else "")
        facts = {"verdict": "failed", "reason": reason, "failure": fingerprint([reason]), "tree": "not begun"}
        self.context.record(Draft("attempt_started", name, rung.number), Draft("judged", name, rung.number, facts))
        settle(self.context, name)

    def _rung_of(self, name: str) -> Rung:
        """Return the rung of the present attempt."""
        rung = next_of(self.context, name)
        number = self.context.state.tasks[name].number
        return Rung(number) if isinstance(rung, GiveUp) else Rung(number, rung.fresh, rung.model, rung.session)

    def _id(self, name: str, number: int) -> str:
        """Return the key of an attempt."""
        return f"{self.context.run.id}.{name}.{number}"

    def _tell_main_tree(self, paths: list[str]) -> None:
        """Note that the main tree changed."""
        self.context.record(Draft("main_tree_changed", facts={"paths": paths}))


def _seconds(status: Status) -> float | None:
    """Return how long an attempt took."""
    if status.started is None or status.ended is None:
        return None
    return round(status.ended - status.started, 3)


def _bytes(path: Path | None) -> int:
    """Return the size of an attempt's output."""
    try:
        return path.stat().st_size if path else 0
    except OSError:
        return 0


def verdict_facts(verdict: Verdict, answer: Answer) -> dict[str, Any]:
    """Return what the journal keeps of a verdict."""
    return {
        "verdict": verdict.state, "commit": verdict.commit, "reason": verdict.reason, "feedback": verdict.feedback,
        "failure": verdict.failure, "tree": verdict.tree, "files": list(verdict.files), "summary": verdict.summary,
        "no_change": verdict.no_change, "session": answer.session, "usage": _usage(answer.usage),
    }  # fmt: skip


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    """Return what an attempt used, with the sum of its tokens."""
    return None if usage is None else {**usage._asdict(), "tokens": usage.tokens}
