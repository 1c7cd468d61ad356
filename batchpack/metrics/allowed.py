"""What a page may do, said to the browser: its own style, its own script, and nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode


def policy(style: str, script: str = "") -> str:
    """Return the content security policy of a page with this style; with a script it may ask its own server."""
    rules = ["default-src 'none'", f"style-src '{_hash(style)}'"]
    if script:
        rules += [f"script-src '{_hash(script)}'", "connect-src 'self'", "img-src data:"]
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _hash(text: str) -> str:
    """Return the word that allows exactly this text."""
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()
