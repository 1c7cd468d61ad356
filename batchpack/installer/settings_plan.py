"""What an install would do to settings files: from the bytes as they were before us to those with our values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from batchpack.errors import BatchpackError
from batchpack.files import fingerprint
from batchpack.installer import settings
from batchpack.installer.disk import read_bytes
from batchpack.installer.paths import locate_settings
from batchpack.installer.receipts import Receipt, SettingsEntry
from batchpack.values import Edit, SettingsFormat, Target


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """A settings file: its bytes before us, now and afterwards (None: no file), and what of it is ours.

    `entry` is set when nothing is to be done: what the receipt says already stays.
    """

    path: str
    real: Path
    format: SettingsFormat
    before: bytes | None
    now: bytes | None
    data: bytes | None
    mode: int | None
    claims: tuple[settings.Claim, ...]
    edits: tuple[Edit, ...]
    former: tuple[str, ...] = ()
    entry: SettingsEntry | None = None
    kept: tuple[str, ...] = ()

    @property
    def is_change(self) -> bool:
        """Tell whether the file has to be written or removed."""
        return self.entry is None and self.data != self.now

    @property
    def touches_users(self) -> bool:
        """Tell whether the file held something before us."""
        return self.before is not None

    @property
    def is_optional(self) -> bool:
        """Tell whether it would change what the user has for the sake of values that the pack can do without."""
        return self.is_change and self.touches_users and bool(self.edits) and all(edit.optional for edit in self.edits)

    @property
    def missing(self) -> tuple[Edit, ...]:
        """Return the edits that the file as it is does not satisfy."""
        now = self.now or b""
        return tuple(edit for edit in self.edits if not settings.wanted_there(self.format, now, [edit], self.real))

    def to_entry(self) -> SettingsEntry:
        """Return what the receipt says of it."""
        if self.entry is not None:
            return self.entry
        now = fingerprint(self.now) if self.now is not None else None
        former = tuple(dict.fromkeys(sha for sha in (*self.former, now) if sha is not None))
        return SettingsEntry(self.path, self.format, _sha(self.before), _sha(self.data), self.mode, self.claims, former)


def _sha(data: bytes | None) -> str | None:
    """Return the fingerprint of bytes that may be missing."""
    return None if data is None else fingerprint(data)


def plan_settings(target: Target, edits: Sequence[Edit], receipt: Receipt | None) -> tuple[SettingsChange, ...]:
    """Plan every settings file that the host edits, and those that an older version of the pack edited."""
    entries = {entry.path: entry for entry in receipt.settings} if receipt else {}
    ways = dict.fromkeys([*(edit.path for edit in edits), *entries])
    changes = [
        _plan(target, path, [edit for edit in edits if edit.path == path], receipt, entries.get(path)) for path in ways
    ]
    return tuple(change for change in changes if change.entry or change.claims or change.is_change)


class _SettingsFile:
    """A settings file that is there or is going to be."""

    def __init__(self, target: Target, path: str, kind: SettingsFormat, edits: Sequence[Edit]) -> None:
        self.path, self.kind, self.edits = path, kind, tuple(edits)
        self.real = locate_settings(target, path)
        self.now = read_bytes(self.real)
        self.mode = self.real.stat().st_mode & 0o777 if self.now is not None else None

    def change(self, before: bytes | None, data: bytes | None, claims: Sequence[settings.Claim]) -> SettingsChange:
        """Return the change from the bytes before us to the data."""
        return SettingsChange(
            self.path, self.real, self.kind, before, self.now, data, self.mode, tuple(claims), self.edits
        )

    def merge(self, before: bytes | None, edits: Sequence[Edit]) -> SettingsChange:
        """Plan the merge of edits into the bytes before us."""
        merged = settings.merge(self.kind, before, edits, self.real)
        return self.change(before, merged.data if merged.claims else before, merged.claims)


def _plan(
    target: Target, path: str, edits: list[Edit], receipt: Receipt | None, entry: SettingsEntry | None
) -> SettingsChange:
    """Plan one settings file."""
    kinds = {edit.format for edit in edits} | ({entry.format} if entry else set())
    if len(kinds) != 1:
        raise BatchpackError(f"host {target.host} edits {path} in two formats", "mend its plugin")
    file = _SettingsFile(target, path, kinds.pop(), edits)
    if entry is None or receipt is None:
        return file.merge(file.now, edits)
    found = _sha(file.now)
    if found is not None and found != entry.before and not entry.is_ours(found):
        return _changed(file, entry)
    return _again(file, receipt, entry)


def _again(file: _SettingsFile, receipt: Receipt, entry: SettingsEntry) -> SettingsChange:
    """Plan a file that is as we left it, is as it was before us, or is gone."""
    found = _sha(file.now)
    if found is None or entry.before is None:
        before = None
    else:
        before = file.now if found == entry.before else receipt.backup(entry.before)
    change = file.merge(before, file.edits)
    if change.data == file.now and change.claims == entry.claims and receipt.state == "complete":
        return replace(change, entry=entry)
    former = tuple(sha for sha in (entry.after, *entry.former) if sha is not None)
    return replace(change, former=former, mode=entry.mode if entry.mode is not None else change.mode)


def _changed(file: _SettingsFile, entry: SettingsEntry) -> SettingsChange:
    """Plan a file that the user changed after us: values that are no longer as we put them are the user's now."""
    now = file.now or b""
    before, lost = settings.take_out(entry.format, now, entry.claims, file.real)
    wanted = [edit for edit in file.edits if edit.keys not in {claim.keys for claim in lost}]
    ours = {(claim.keys, claim.action) for claim in entry.claims if claim not in lost}
    kept = tuple(claim.name for claim in lost)
    satisfied = settings.wanted_there(entry.format, now, wanted, file.real)
    if satisfied and ours <= {(edit.keys, edit.action) for edit in wanted}:
        return replace(file.change(before, now, entry.claims), entry=entry, kept=kept)
    return replace(file.merge(before, wanted), former=(fingerprint(now),), kept=kept)
