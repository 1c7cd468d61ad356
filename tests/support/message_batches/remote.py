"""The stand-in in a process of its own, so that tests can fork, kill and order faults from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from typing import Any, Self

from tests.support.project import ROOT


class Remote:
    """The same as `Service`, from outside: `with Remote(duration=0.1) as service: service.url, service.stats()`."""

    def __init__(self, **options: Any) -> None:
        self._words = [f"{name}={json.dumps(value)}" for name, value in options.items()]
        self.url = ""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.support.message_batches", "until-eof", *self._words]
        pipe = subprocess.PIPE
        self._child = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        assert self._child.stdout is not None
        self.url = json.loads(self._child.stdout.readline())["url"]
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._child.pid, signal.SIGKILL)
        self._child.communicate()

    def fault(self, kind: str, route: str = "create", **facts: Any) -> None:
        """Order a fault."""
        self._order("fault", {"kind": kind, "route": route, **facts})

    def advance(self, seconds: float) -> None:
        """Set the service's clock forward."""
        self._order("clock", {"advance": seconds})

    def options(self, **values: Any) -> None:
        """Change options."""
        self._order("options", values)

    def decoy(self, size: int, key: str = "") -> None:
        """Let somebody else send a batch of this many requests."""
        self._order("decoy", {"size": size, "key": key})

    def reset(self) -> None:
        """Begin with empty books."""
        self._order("reset", {})

    def stats(self) -> dict[str, Any]:
        """Return the books."""
        return self._order("stats", {})

    def used(self) -> dict[str, int]:
        """Return the tokens that were charged for, by kind."""
        return self._order("used", {})

    def _order(self, what: str, facts: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}/_fake/{what}", json.dumps(facts).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found
