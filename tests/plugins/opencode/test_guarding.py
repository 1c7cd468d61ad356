"""The guard's files: a policy of every agent that was written, and a plugin that knows just that policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchpack.files import fingerprint
from batchpack.values import Scope
from tests.support.pack import BASE, host, pack, rendered, target

SCOPES: tuple[Scope, ...] = ("user", "project")


def _read(scope: Scope = "project") -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return the policy, what the plugin knows, and the policy's text."""
    files = rendered("opencode", scope)
    folder = ".opencode" if scope == "project" else ".config/opencode"
    text = files[f"{folder}/batchpack/policy.json"].text
    plugin = files[f"{folder}/plugins/batchpack-guard.js"].text
    return json.loads(text), json.JSONDecoder().raw_decode(plugin.partition("const GUARD = ")[2])[0], text


@pytest.mark.parametrize("scope", SCOPES)
def test_the_plugin_knows_the_policy_by_its_fingerprint(scope: Scope) -> None:
    """Both name the same agents: those with a file, and the orchestrator."""
    policy, facts, text = _read(scope)
    assert fingerprint(text.encode()) == facts["sha256"]
    expected = sorted(["batch-orchestrator", *(agent.matter.name for agent in pack().agents)])
    assert expected == facts["agents"] == list(policy["agents"]) == list(policy["rules"])


def test_the_policy_names_the_script_and_its_text() -> None:
    """The guard knows router.sh by its absolute path and its fingerprint."""
    policy, _, _ = _read()
    path = ".opencode/skill/task-management/router.sh"
    text = rendered("opencode", "project")[path].text
    assert {"path": f"{BASE}/{path}", "sha256": fingerprint(text.encode())} == policy["router"]


def test_every_tool_of_opencodes_own_has_an_act() -> None:
    """Tools that open the disk, the web or other agents are named; the rest is judged as a foreign server's."""
    policy, _, _ = _read()
    own = {"bash", "edit", "glob", "grep", "invalid", "read", "task", "todowrite", "webfetch", "write"}
    assert own <= set(policy["tools"])
    assert not {"question", "skill", "batch"} & set(policy["tools"])


def test_an_agent_of_the_users_own_is_not_in_the_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has an agent by a role's name keeps it as it is."""
    monkeypatch.setenv("HOME", str(tmp_path))
    theirs = tmp_path / ".config/opencode/agents/explorer.md"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("---\ndescription: my own\n---\nhi\n")
    files = host("opencode").hook_files(pack(), target("opencode", "user", tmp_path))
    (text,) = (file.text for file in files if file.path.endswith("policy.json"))
    assert "explorer" not in json.loads(text)["agents"]
