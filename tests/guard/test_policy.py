"""The policy is read only when it is the one that was installed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from batchpack.content import Permissions
from batchpack.guard import policy
from batchpack.guard.refusal import Refused
from tests.guard.conftest import Ground


def test_a_policy_is_read(ground: Ground) -> None:
    """What was installed is what is read; the fingerprint's letter case does not count."""
    path = str(ground.project.folder.parent / "policy.json")

    assert (
        json.loads(ground.made.text)
        == policy.load(path, ground.made.sha256)
        == policy.load(path, ground.made.sha256.upper())
    )


def test_a_wrong_fingerprint_is_refused(ground: Ground) -> None:
    """A policy is not read under another fingerprint, nor under none."""
    path = str(ground.project.folder.parent / "policy.json")
    for wrong in ("", "0" * 64, ground.made.sha256[:-1]):
        with pytest.raises(Refused, match="was changed"):
            policy.load(path, wrong)


def test_a_fingerprint_is_a_sha256() -> None:
    """The quick way gives what hashlib gives."""
    for data in (b"", b"a" * 1000):
        assert hashlib.sha256(data).hexdigest() == policy.fingerprint(data)


def test_the_keys_are_those_of_the_block() -> None:
    """The guard knows every key of the neutral block and no other, so that a new one cannot be overlooked."""
    assert set(Permissions.model_fields) == set(policy.KEYS)


def test_every_word_of_the_block_is_known() -> None:
    """What the block accepts, the guard reads."""
    rules: list[Any] = ["allow", "ask", "deny", {"a": "allow"}, "project", "worktree", "read-only", "x", 1, {"a": "x"}]
    for key, words in policy.KEYS.items():
        known = [rule for rule in rules if _accepts(key, rule)]
        assert set(words) == {rule for rule in known if isinstance(rule, str)} - set(policy.ACTIONS)
        block = dict.fromkeys(policy.KEYS, "deny")
        assert known == [rule for rule in rules if policy._is_block({**block, key: rule})], key


def _accepts(key: str, rule: object) -> bool:
    """Tell whether the neutral block accepts a value of a key."""
    try:
        Permissions.model_validate({key: rule})
    except ValueError:
        return False
    return True
