"""Outcomes as plain values."""

from __future__ import annotations

import json
from pathlib import Path

from batchpack.errors import BatchpackError
from batchpack.host import Host
from batchpack.installer import service
from batchpack.installer.outcomes import Installed, Uninstalled
from batchpack.values import Check
from tests.installer.conftest import PACK


def test_states_of_an_install(toy: Host, base: Path) -> None:
    """Planned, installed, unchanged, failed; all of it can be written as JSON."""
    [planned] = service.prepare([toy], PACK, "project", base)
    assert "planned" == planned.to_json()["state"]
    service.install([planned], PACK, agreed=False)
    [again] = service.prepare([toy], PACK, "project", base)
    failed = Installed(toy, "user", error=BatchpackError("what", "how"))

    assert ["installed", "unchanged", "failed"] == [one.to_json()["state"] for one in (planned, again, failed)]
    assert {"message": "what", "hint": "how"} == failed.to_json()["error"]
    assert json.loads(json.dumps(planned.to_json())) == planned.to_json()


def test_only_a_failed_check_is_a_failure(toy: Host) -> None:
    """One that could not be made is none."""
    fine, bad = Check("a", None), Check("b", False)
    assert [False, True] == [Installed(toy, "user", checks=checks).failed for checks in ((fine,), (fine, bad))]


def test_an_uninstall_as_values(toy: Host, base: Path) -> None:
    """What was removed, kept and restored."""
    service.install(service.prepare([toy], PACK, "project", base), PACK, agreed=False)
    [outcome] = service.plan_undo(service.installed([], None, base)[0], {"toy": toy})
    facts = outcome.to_json()
    assert (5, [], 3) == (len(facts["removed"]), facts["kept"], len(facts["settings"]))
    assert {"name": "x", "applied": False} == Uninstalled("x").to_json()
