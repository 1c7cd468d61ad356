"""What happened to each host, as values for the reader and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from batchpack.errors import BatchpackError
from batchpack.host import Host
from batchpack.installer.plan import Plan, Wanted
from batchpack.installer.undo import Undo
from batchpack.values import Check, Scope


@dataclass(slots=True)
class Installed:
    """One host on the way through an install: what it wants, what that changes, and whether it was carried out."""

    host: Host
    scope: Scope
    wanted: Wanted | None = None
    plan: Plan | None = None
    applied: bool = False
    error: BatchpackError | None = None
    note: str = ""
    own_agents: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def failed(self) -> bool:
        """Tell whether the reader has to do something."""
        return self.error is not None or any(check.ok is False for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        facts: dict[str, Any] = {"host": self.host.NAME, "scope": self.scope, "state": self._state()}
        if self.plan is not None:
            facts |= _plan_json(self.plan)
        facts |= {"note": self.note, "own_agents": list(self.own_agents), "declined": list(self.declined)}
        facts["checks"] = [check_json(check) for check in self.checks]
        facts["limits"] = list(self.host.CAPABILITIES.limits)
        return facts | error_json(self.error)

    def _state(self) -> str:
        """Say in one word how far it came."""
        if self.error is not None or self.plan is None:
            return "failed"
        if self.applied:
            return "installed"
        return "unchanged" if self.plan.nothing_to_do else "planned"


@dataclass(slots=True)
class Uninstalled:
    """One receipt on the way through an uninstall."""

    name: str
    plan: Undo | None = None
    applied: bool = False
    error: BatchpackError | None = None

    @property
    def failed(self) -> bool:
        """Tell whether the reader has to do something."""
        return self.error is not None or bool(self.plan and self.plan.errors)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        facts: dict[str, Any] = {"name": self.name, "applied": self.applied}
        if self.plan is not None:
            receipt = self.plan.receipt
            facts |= {"host": receipt.host, "scope": receipt.scope, "base": str(receipt.base)}
            facts |= {"removed": list(self.plan.removes), "gone": list(self.plan.gone)}
            facts["kept"] = list(self.plan.changed)
            facts["settings"] = [
                {"path": one.path, "restored": not one.surgical, "removed": one.data is None, "kept": list(one.kept)}
                for one in self.plan.settings
            ]
            facts["errors"] = [error.message for error in self.plan.errors]
        return facts | error_json(self.error)


def _plan_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values."""
    return {
        "base": str(plan.target.base), "folder": str(plan.target.folder),
        "through": str(plan.through) if plan.through else None,
        "written": [file.path for file in plan.writes], "unchanged": [file.path for file in plan.unchanged],
        "removed": list(plan.removes), "foreign": list(plan.foreign), "present": list(plan.present),
        "changed": list(plan.changed), "abandoned": list(plan.abandoned),
        "settings": [
            {"path": change.path, "written": change.is_change, "kept": list(change.kept),
             "edits": [{"keys": list(edit.keys), "action": edit.action, "value": edit.value, "reason": edit.reason}
                       for edit in change.edits]}
            for change in plan.settings
        ],
    }  # fmt: skip


def check_json(check: Check) -> dict[str, Any]:
    """Return a check as plain values."""
    return {"name": check.name, "ok": check.ok, "detail": check.detail}


def error_json(error: BatchpackError | None) -> dict[str, Any]:
    """Return an error as plain values, or nothing."""
    return {} if error is None else {"error": {"message": error.message, "hint": error.hint}}
