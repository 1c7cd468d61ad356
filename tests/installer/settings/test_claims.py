"""Claims: written to and read from receipts."""

from __future__ import annotations

from typing import Any

import pytest

from batchpack.installer.settings.claims import Claim, claim_from_json

CLAIM = Claim(("a", "b.c"), "append", {"x": [1, None]}, 1, had=True, old="was")


def test_a_claim_is_read_as_it_was_written() -> None:
    """Every field comes back; its name is the way to it."""
    assert CLAIM == claim_from_json(CLAIM.to_json())
    assert "a.b.c" == CLAIM.name


@pytest.mark.parametrize("wrong", [{"keys": []}, {"keys": "a"}, {"keys": [1]}, {"action": "burn"}, {"created": "x"}])
def test_what_is_no_claim_is_refused(wrong: dict[str, Any]) -> None:
    """Keys are words, at least one; the action is known."""
    with pytest.raises((ValueError, TypeError)):
        claim_from_json({**CLAIM.to_json(), **wrong})
