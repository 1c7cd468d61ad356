"""What pages may do is said to the browser by the fingerprints of what stands in them."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from batchpack.metrics.allowed import policy


def _word(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_page_without_a_script_may_have_its_style_alone() -> None:
    """Nothing may be fetched, run, framed by it or sent."""
    wanted = f"default-src 'none'; style-src {_word('a {}')}; base-uri 'none'; form-action 'none'"

    assert wanted == policy("a {}")


def test_a_page_with_a_script_may_ask_its_own_server() -> None:
    """Its own script alone runs, and reaches no other server."""
    found = policy("a {}", "look()").split("; ")

    assert f"script-src {_word('look()')}" in found
    assert "connect-src 'self'" in found
    assert not any("unsafe" in rule or "http" in rule or "*" in rule for rule in found)
