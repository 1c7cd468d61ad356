"""The guard's policy of one host: its restricted agents, its tools as acts, and what the pack put where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from batchpack.files import fingerprint
from batchpack.values import Target

if TYPE_CHECKING:  # content needs pydantic, which commands that only plan should not pay for
    from batchpack.content import Permissions

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as a file's text, its fingerprint, and the agents that it restricts."""

    text: str
    sha256: str
    agents: tuple[str, ...]


def make_policy(
    target: Target,
    agents: Mapping[str, Permissions],
    tools: Mapping[str, Mapping[str, object]],
    *,
    router: tuple[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Policy:
    """Write a policy; `router` is the absolute path and the text of router.sh, `more` what only this host's part reads.

    The engine's own folder and the host's are named as the pack's: no restricted agent edits below them.
    """
    facts: dict[str, Any] = {
        "schema": SCHEMA,
        "host": target.host,
        "agents": {name: agents[name].model_dump() for name in sorted(agents)},
        "tools": {name: dict(tools[name]) for name in sorted(tools)},
        "program": target.program,
        "router": router and {"path": router[0], "sha256": fingerprint(router[1].encode())},
        "own": [target.folder.as_posix(), target.package, _environment(target.python)],
        **(more or {}),
    }
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    return Policy(text, fingerprint(text.encode()), tuple(sorted(agents)))


def _environment(python: str) -> str:
    """Return the folder of an interpreter's environment: `/x/bin/python` is of `/x`."""
    return python.rsplit("/", 2)[0] if python.count("/") > 1 else python
