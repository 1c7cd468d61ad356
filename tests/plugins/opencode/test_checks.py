"""What is made of opencode's answers: agents held, held tighter, held otherwise, and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from batchpack.host import Names
from batchpack.values import Check
from tests.support.pack import files_at, host, pack, working, write

Config = dict[str, Any]
NAMES = Names(("batch-run",), tuple(agent.matter.name for agent in pack().agents), ("batch-run",))


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install the pack's files into a project, with a program that answers as it is told on PATH."""
    project = tmp_path / "home/project"
    write(files_at(working("opencode", "project", project)), project)
    program = tmp_path / "opencode"
    program.write_text(f'#!/bin/sh\n[ "$2" = skill ] && echo "[]" || cat {tmp_path}/config.json\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    rules = json.loads((project / ".opencode/batchpack/policy.json").read_text())["rules"]
    config: Config = {
        "agent": {name: {"permission": rule} for name, rule in rules.items()},
        "command": {"batch-run": {}},
        "plugin": [f"file:///x/batchpack-{name}.js" for name in ("request", "marks", "guard")],
        "subagent_depth": 2,
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    return project


def _asked(base: Path, change: Callable[[Config], object] | None = None) -> dict[str, Check]:
    """Have opencode answer what it would with all unlocked, changed in one thing, and return the checks."""
    answer = base.parents[1] / "config.json"
    if change is not None:
        config: Config = json.loads(answer.read_text())
        change(config)
        answer.write_text(json.dumps(config))
    checks = host("opencode").verify(working("opencode", "project", base), NAMES)
    return {check.name: check for check in checks if not check.name.startswith(("skill", "ripgrep"))}


def _failed(checks: dict[str, Check]) -> dict[str, str]:
    """Return what failed, with what is said of it."""
    return {name: check.detail for name, check in checks.items() if not check.ok}


def test_all_is_well(base: Path) -> None:
    """Every agent is held by its rules and guarded, and the guard answers for its policy."""
    checks = _asked(base)
    assert {} == _failed(checks)
    assert "loaded with its permission rules, and guarded" == checks["agent BatchExecutor"].detail
    assert {"guard", "subagent_depth", "plugin batchpack-guard", "agent batch-orchestrator"} <= set(checks)


def _explorer(config: Config) -> dict[str, Any]:
    """Return the explorer's rules."""
    rules: dict[str, Any] = config["agent"]["explorer"]["permission"]
    return rules


@pytest.mark.parametrize(
    "change",
    [
        lambda rules: rules.update(edit="allow"),
        lambda rules: rules["bash"].update({"touch *": "allow"}),
        lambda rules: rules["bash"].update({"*": "allow"}),
        lambda rules: rules.update(lsp="allow"),
        lambda rules: rules.pop("external_directory"),
        lambda rules: rules.update(read={"*": "allow"}),
        lambda rules: rules["read"].update({"*": rules["read"].pop("*")}),
    ],
)
def test_rules_that_allow_more_are_found(base: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """A rule that is gone, stands elsewhere or allows more is a failure, of that agent alone."""
    failed = _failed(_asked(base, lambda config: change(_explorer(config))))
    assert ["agent explorer"] == list(failed)
    assert "other permission rules" in failed["agent explorer"]


@pytest.mark.parametrize(
    "change",
    [
        lambda rules: rules.update(webfetch="deny"),
        lambda rules: rules["bash"].update({"git show *": "deny", "rg -z *": "ask"}),
        lambda rules: rules.update(lsp="deny", todowrite={"*": "allow", "x": "deny"}),
        lambda rules: rules["read"].update({"*.secret": "***"}),
    ],
)
def test_what_the_user_forbids_beyond_is_fine(base: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Rules of the user's that take more away, and values that opencode masks, are no failure."""
    assert {} == _failed(_asked(base, lambda config: change(_explorer(config))))


def test_a_locked_agent_is_told_as_refused(base: Path) -> None:
    """Where the guard did not unlock an agent, it is said that it has no tools, and what to do."""

    def lock(config: Config) -> None:
        """Put the denial back to the end."""
        rules = _explorer(config)
        rules["*"] = rules.pop("*")

    failed = _failed(_asked(base, lock))
    assert ["agent explorer"] == list(failed)
    assert "no tools" in failed["agent explorer"]
    assert "batchpack install" in failed["agent explorer"]


def test_a_missing_plugin_and_a_low_depth_are_told(base: Path) -> None:
    """A plugin that is not loaded is a failure; the depth is the user's choice."""
    checks = _asked(base, lambda config: config.update(plugin=["batchpack-request.js"], subagent_depth=1))
    assert {"plugin batchpack-guard", "plugin batchpack-marks", "subagent_depth"} == set(_failed(checks))
    assert (False, None) == (checks["plugin batchpack-guard"].ok, checks["subagent_depth"].ok)


@pytest.mark.parametrize("path", [".opencode/plugins/batchpack-guard.js", ".opencode/batchpack/policy.json"])
@pytest.mark.parametrize("change", [lambda text: text + " ", None])
def test_a_guard_that_is_not_as_written_is_found(base: Path, path: str, change: Callable[[str], str] | None) -> None:
    """A plugin or a policy that is gone or was altered fails the guard's check."""
    if change is None:
        (base / path).unlink()
    else:
        (base / path).write_text(change((base / path).read_text()))
    checks = _asked(base)
    assert checks["guard"].ok is False
    assert "refused" in checks["guard"].detail
    assert "batchpack install" in checks["guard"].detail
