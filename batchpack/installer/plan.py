"""What an install would do, worked out by looking only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from batchpack.files import fingerprint
from batchpack.installer.disk import look
from batchpack.installer.paths import leads_out, locate, parents
from batchpack.installer.receipts import FileEntry, Receipt
from batchpack.installer.settings_plan import SettingsChange, plan_settings
from batchpack.values import Edit, File, Target


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a host's page says for a target."""

    target: Target
    files: Sequence[File]
    edits: Sequence[Edit]


@dataclass(frozen=True, slots=True)
class Plan:
    """An install before it happens; paths are relative to the target's base."""

    target: Target
    receipt: Receipt | None
    writes: tuple[File, ...] = ()
    unchanged: tuple[File, ...] = ()
    changed: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    abandoned: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    settings: tuple[SettingsChange, ...] = field(default=())
    through: Path | None = None

    @property
    def nothing_to_do(self) -> bool:
        """Tell whether everything is there already."""
        done = self.receipt is not None and self.receipt.state == "complete"
        return done and not (self.writes or self.removes or self.abandoned or any(s.is_change for s in self.settings))

    @property
    def touches_users_files(self) -> bool:
        """Tell whether a file that was there before would change, or a link leads out of the project."""
        return self.through is not None or any(s.is_change and s.touches_users for s in self.settings)


def plan_install(target: Target, files: Sequence[File], edits: Sequence[Edit], receipt: Receipt | None) -> Plan:
    """Compare what a host wants with what is there.

    `changed` are our files that the user changed, `foreign` files that somebody else wrote at a path we want,
    `present` those that hold just what we want (neither is ever ours), `removes` and `abandoned` files of an older
    version of the pack, untouched and changed by the user. Raises BrokenFile, UnsafePath, DanglingLink, Unwritable.
    """
    known = {entry.path: entry for entry in receipt.files} if receipt else {}
    sorted_out: dict[str, list[File]] = {"write": [], "unchanged": [], "changed": [], "foreign": [], "present": []}
    for file in files:
        sorted_out[_judge(target, file, known.get(file.path))].append(file)
    removes, abandoned = _leftovers(target, files, known.values())
    settings = plan_settings(target, edits, receipt)
    made = [file.path for file in sorted_out["write"]] + [change.path for change in settings if change.data is not None]
    return Plan(
        target, receipt, tuple(sorted_out["write"]), tuple(sorted_out["unchanged"]), _paths(sorted_out["changed"]),
        _paths(sorted_out["foreign"]), _paths(sorted_out["present"]), removes, abandoned,
        _missing_folders(target.base, made), settings, leads_out(target),
    )  # fmt: skip


def _paths(files: Iterable[File]) -> tuple[str, ...]:
    """Return the paths of files."""
    return tuple(file.path for file in files)


def _judge(target: Target, file: File, entry: FileEntry | None) -> str:
    """Say what is to be done with one file."""
    path = locate(target, file.path)
    found = look(path)
    wanted = fingerprint(file.text.encode())
    if found is None:
        return "write"
    if entry is None:
        return "present" if found == wanted else "foreign"
    if found == wanted:
        return "unchanged"
    return "write" if entry.is_ours(found) or file.sealed else "changed"


def _leftovers(
    target: Target, files: Sequence[File], entries: Iterable[FileEntry]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sort files that this version of the pack has no more into untouched and changed ones."""
    wanted = {file.path for file in files}
    old = [entry for entry in entries if entry.path not in wanted]
    found = {entry.path: look(locate(target, entry.path)) for entry in old}
    gone = tuple(entry.path for entry in old if found[entry.path] is None or entry.is_ours(found[entry.path] or ""))
    return gone, tuple(entry.path for entry in old if entry.path not in gone)


def _missing_folders(base: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the folders that have to be made, outermost first."""
    ways = dict.fromkeys(folder for path in paths for folder in parents(path))
    return tuple(sorted(folder for folder in ways if not (base / folder).exists()))
