"""What `doctor` looks at: the machine, and every install that receipts name."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchpack import git, places, process
from batchpack.app import App
from batchpack.content import Pack
from batchpack.errors import BatchpackError
from batchpack.host import Host
from batchpack.installer import receipts, service, targets
from batchpack.installer.outcomes import check_json
from batchpack.installer.plan import Plan, plan_install
from batchpack.installer.receipts import Receipt
from batchpack.values import Check

GIT = (2, 31)
"""The oldest git whose `rev-parse` knows `--path-format`."""
SWITCH = "BATCHPACK_NO_PLUGINS"


@dataclass(frozen=True, slots=True)
class Section:
    """Checks that belong together, and what a host cannot enforce."""

    title: str
    checks: tuple[Check, ...]
    limits: tuple[str, ...] = ()
    is_install: bool = True

    @property
    def failed(self) -> bool:
        """Tell whether something has to be mended."""
        return any(check.ok is False for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "title": self.title,
            "checks": [check_json(check) for check in self.checks],
            "limits": list(self.limits),
        }


def diagnose(app: App, pack: Pack) -> Iterator[Section]:
    """Look at the machine, then at each install; sections come as soon as they are known."""
    found, broken = receipts.read_all()
    yield Section("this machine", tuple(_machine(found, broken)), is_install=False)
    for receipt in found:
        yield _install(app, pack, receipt)


def _machine(found: Iterable[Receipt], broken: Iterable[BatchpackError]) -> Iterator[Check]:
    """Check what all installs need."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("Python", sys.version_info >= (3, 11), f"{version}, {sys.executable}")
    yield _program(any(receipt.scope == "project" for receipt in found))
    yield _git()
    for folder in (places.home(), places.state_folder(), places.config_folder()):
        yield _writable(folder)
    if os.environ.get(SWITCH, "0") not in {"", "0"}:
        yield Check("plugins of others", None, f"switched off by {SWITCH}")
    for error in broken:
        yield Check("receipts", False, f"{error.message}; {error.hint}")


def _program(needed: bool) -> Check:
    """Check that a shell finds this installation; installs in projects call `batchpack` by its bare name."""
    found, ours = targets.on_path()
    if ours:
        return Check("batchpack on PATH", True, str(found))
    what = f"PATH has another one, {found}" if found else "not on PATH"
    mend = f"put {_folder_for_path()} first on PATH"
    need = "projects call it by name" if needed else "installs for you use the absolute path; projects would need it"
    return Check("batchpack on PATH", False if needed else None, f"{what}; {need}: {mend}")


def _folder_for_path() -> Path:
    """Return the folder of links that install.py made for this installation, else its programs' own."""
    own = targets.own_program()
    links = [folder / "bin" for folder in own.parents if (folder / "bin" / own.name).is_symlink()]
    return next((folder for folder in links if (folder / own.name).resolve() == own.resolve()), own.parent)


def _git() -> Check:
    """Check that git is there and new enough."""
    if process.find("git") is None:
        return Check("git", False, "not on PATH: install it")
    said = git.ask(places.home(), "--version", check=False).out.strip()
    numbers = tuple(map(int, re.findall(r"\d+", said)[:2]))
    fine = numbers >= GIT
    return Check("git", fine, said if fine else f"{said}: at least {'.'.join(map(str, GIT))} is needed")


def _writable(folder: Path) -> Check:
    """Check that a folder, or the one in which it would be made, can be written."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    fine = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    return Check(f"{folder} writable", fine, "" if fine else f"{there} is not: change its owner or mode")


def _install(app: App, pack: Pack, receipt: Receipt) -> Section:
    """Look at one install."""
    title = f"{receipt.host} ({receipt.scope} scope, {receipt.target.folder})"
    host = app.registry.hosts.get(receipt.host)
    if host is None:
        detail = "no plugin offers this host any more; `batchpack uninstall` still takes the install back"
        return Section(title, (Check("host", False, detail),))
    if not receipt.base.is_dir():
        detail = f"{receipt.base} is gone; forget it with: batchpack uninstall --project {receipt.base}"
        return Section(title, (Check("folder", False, detail),))
    try:
        checks = [*_files(host, pack, receipt), _writable(receipt.target.folder)]
        checks += service.checks_of(host, pack, receipt.scope, receipt.base)
    except BatchpackError as error:
        checks = [Check("files", False, f"{error.message}; {error.hint}".rstrip("; "))]
    return Section(title, tuple(checks), host.CAPABILITIES.limits)


def _files(host: Host, pack: Pack, receipt: Receipt) -> Iterator[Check]:
    """Compare an install with what this version of the pack would install."""
    again = f"run: batchpack install --host {host.NAME} --scope {receipt.scope}"
    if receipt.state == "pending":
        yield Check("install complete", False, f"it was interrupted; {again}")
    if receipt.pack != pack.version:
        yield Check("version", False, f"installed by {receipt.pack}, this is {pack.version}; {again}")
    target = targets.target_for(host, receipt.scope, receipt.base, targets.program_for(receipt.scope))
    edits = host.settings_edits(pack, target)
    plan = plan_install(target, targets.render_host(host, pack, target), edits, receipt)
    yield from _differences(plan, again)


def _differences(plan: Plan, again: str) -> Iterator[Check]:
    """Tell files and settings that are not as they should be."""
    known = {entry.path for entry in plan.receipt.files} if plan.receipt else set()
    missing = [f.path for f in plan.writes if f.path in known and not (plan.target.base / f.path).exists()]
    stale = [f.path for f in plan.writes if f.path not in missing] + list(plan.removes)
    stale += [change.path for change in plan.settings if change.is_change and not change.is_optional]
    for paths, what in ((missing, "missing"), (stale, "not as this version would write them")):
        if paths:
            yield Check("files", False, f"{what}: {', '.join(paths)}; {again}")
    if not missing and not stale:
        yield Check("files", True, f"{len(plan.unchanged)} up to date")
    kept = [*plan.changed, *plan.abandoned, *(change.path for change in plan.settings if change.kept)]
    if kept:
        yield Check("changed by you", None, f"left as they are: {', '.join(kept)}")
    if plan.foreign:
        yield Check("not ours", None, f"left as they are: {', '.join(plan.foreign)}")
