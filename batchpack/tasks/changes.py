"""What may happen to a subtask: the checks of each change and what it sets."""

from __future__ import annotations

from typing import Any

from batchpack.clock import now
from batchpack.tasks.store import DROP, Decide, Update, not_before
from batchpack.tasks.values import Feature, Refused, Subtask, check_name, check_summary


def completing(summary: str, *, force: bool = False) -> Decide:
    """Make the change that completes a subtask whose dependencies are completed."""
    check_summary(summary)

    def decide(feature: Feature, subtask: Subtask) -> Update:
        """Refuse what is completed or blocked, and what waits for others."""
        if not force:
            _check_completable(feature, subtask)
        at = not_before(subtask.data.get("started_at"))
        return {"status": "completed", "completed_at": at, "completion_summary": summary, "blocked_reason": DROP}

    return decide


def _check_completable(feature: Feature, subtask: Subtask) -> None:
    """Raise Refused for a subtask that cannot be completed now."""
    where = f"{feature.name}/{subtask.seq}"
    if subtask.status == "completed":
        raise Refused(
            f"{where} is completed already, at {subtask.text('completed_at')}: {subtask.text('completion_summary')}",
            "there is nothing to do; --force replaces its summary",
        )
    if subtask.status == "blocked":
        reason = subtask.text("blocked_reason")
        raise Refused(
            f"{where} is blocked" + (f": {reason}" if reason else ""),
            f"unblock it first: task-cli unblock {feature.name} {subtask.seq}",
        )
    _check_dependencies(feature, subtask)


def _check_dependencies(feature: Feature, subtask: Subtask) -> None:
    """Raise Refused for a subtask that waits for others."""
    waiting = subtask.waiting(feature.completed)
    if waiting:
        raise Refused(
            f"{feature.name}/{subtask.seq} waits for {', '.join(waiting)}, not completed yet",
            "complete what it depends on first, or use --force",
        )


def starting(agent: str | None, *, force: bool = False) -> Decide:
    """Make the change that gives a pending subtask to an agent; of two that start it, one wins."""
    if agent is not None:
        check_name(agent, "agent name")

    def decide(feature: Feature, subtask: Subtask) -> Update:
        """Refuse what is not pending or waits for others."""
        where = f"{feature.name}/{subtask.seq}"
        if subtask.status == "in_progress" and not force:
            who = subtask.text("agent_id") or "somebody"
            raise Refused(
                f"{where} was started by {who} at {subtask.text('started_at')}",
                "take another (task-cli next), or take it over with --force",
            )
        if subtask.status in {"completed", "blocked"}:
            raise Refused(f"{where} is {subtask.status}", f"see: task-cli status {feature.name}")
        if not force:
            _check_dependencies(feature, subtask)
        return {"status": "in_progress", "agent_id": agent or subtask.data.get("agent_id"), "started_at": now()}

    return decide


def blocking(reason: str) -> Decide:
    """Make the change that blocks an open subtask, with the reason."""
    check_summary(reason, "Reason")

    def decide(feature: Feature, subtask: Subtask) -> Update:
        """Refuse a completed one."""
        if subtask.status == "completed":
            raise Refused(f"{feature.name}/{subtask.seq} is completed", "add a new subtask for what is left to do")
        return {"status": "blocked", "blocked_reason": reason}

    return decide


def unblocking() -> Decide:
    """Make the change that gives a blocked subtask free again."""

    def decide(feature: Feature, subtask: Subtask) -> Update:
        """Refuse one that is not blocked."""
        if subtask.status != "blocked":
            raise Refused(
                f"{feature.name}/{subtask.seq} is not blocked, but {subtask.status}", "there is nothing to do"
            )
        free: dict[str, Any] = {"status": "pending", "blocked_reason": DROP}
        return {**free, **{key: None for key in ("agent_id", "started_at") if key in subtask.data}}

    return decide
