"""The hosts on this machine: found or not, which version, and where the pack is installed in them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack import places, process
from batchpack.errors import BatchpackError
from batchpack.host import Host
from batchpack.installer import receipts
from batchpack.mirror import mirrored
from batchpack.values import SCOPES, Detection

SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Found:
    """A host that Batchpack knows; `installed` names scopes of this user and project."""

    host: Host
    detection: Detection | None
    version: str | None
    installed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        seen = self.detection
        return {
            "host": self.host.NAME, "title": self.host.TITLE, "found": seen is not None,
            "program": seen.program if seen else None, "version": self.version,
            "evidence": seen.evidence if seen else "", "installed": list(self.installed),
            "project_scope": self.host.PLACES.project is not None, "limits": list(self.host.CAPABILITIES.limits),
        }  # fmt: skip


def look_around(hosts: Mapping[str, Host], project: Path) -> list[Found]:
    """Look for every host; their programs are asked for their versions at the same time."""
    detections = {name: host.detect(places.home()) for name, host in hosts.items()}
    with ThreadPoolExecutor() as pool:
        versions = dict(zip(hosts, pool.map(version_of, detections.values()), strict=True))
    return [Found(host, detections[name], versions[name], _scopes(name, project)) for name, host in hosts.items()]


def _scopes(name: str, project: Path) -> tuple[str, ...]:
    """Name the scopes in which a host has the pack."""
    bases = {places.home(): "user", project: "project"}
    found = {one.scope for one in receipts.read_all()[0] if one.host == name and bases.get(one.base) == one.scope}
    return tuple(scope for scope in SCOPES if scope in found)


def version_of(detection: Detection | None) -> str | None:
    """Ask a program for its version, in a home of its own: programs write there even for that."""
    if detection is None or detection.program is None:
        return None
    try:
        with mirrored(places.home(), None, from_home=(), from_project=()) as mirror:
            program = [detection.program, "--version"]
            done = process.run(program, cwd=mirror.project, env=mirror.environment(), timeout=SECONDS, check=False)
    except BatchpackError:
        return None
    lines = (done.out or done.err).strip().splitlines()
    return lines[0].strip() if done.code == 0 and lines else None
