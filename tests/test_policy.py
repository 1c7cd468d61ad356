"""The guard's policy: the same block as the agents', with its fingerprint, and what is the pack's own."""

from __future__ import annotations

import json
from pathlib import Path

from batchpack.content import Permissions
from batchpack.files import fingerprint
from batchpack.policy import make_policy
from batchpack.values import Target

TARGET = Target(
    "osa", "user", Path("/home/user"), Path("/home/user/.osa"), "batchpack", "/opt/b/bin/python", "/opt/b/lib/batchpack"
)


def test_a_policy_is_the_agents_own_block() -> None:
    """Each agent's permissions stand in the policy as they were declared, patterns in their order."""
    rules = Permissions(edit={"*": "allow", "docs/*": "deny"}, bash={"task-cli status *": "allow"})

    policy = make_policy(TARGET, {"B": rules, "A": Permissions()}, {"bash": {"act": "bash"}})

    facts = json.loads(policy.text)
    assert ("A", "B") == policy.agents == tuple(facts["agents"])
    assert rules.model_dump() == facts["agents"]["B"]
    assert ["*", "docs/*"] == list(facts["agents"]["B"]["edit"])
    assert fingerprint(policy.text.encode()) == policy.sha256


def test_the_packs_own_folders_are_named() -> None:
    """The host's folder, the engine's and its environment's are the pack's; router.sh comes with its fingerprint."""
    policy = make_policy(TARGET, {}, {}, router=("/home/user/.osa/router.sh", "echo\n"), more={"rules": {}})

    facts = json.loads(policy.text)
    assert ["/home/user/.osa", "/opt/b/lib/batchpack", "/opt/b"] == facts["own"]
    assert {"path": "/home/user/.osa/router.sh", "sha256": fingerprint(b"echo\n")} == facts["router"]
    assert {} == facts["rules"]


def test_an_interpreter_without_a_folder_is_named_itself() -> None:
    """A bare `python3` has no environment to protect, and is not cut to nothing."""
    bare = Target("osa", "user", Path("/home/user"), Path("/home/user/.osa"))

    assert "python3" == json.loads(make_policy(bare, {}, {}).text)["own"][2]
