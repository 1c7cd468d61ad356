"""An install taken back: the byte-for-byte former state, except for what the user has changed since."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from batchpack.errors import BrokenFile
from batchpack.files import Changed, fingerprint, sync_folder
from batchpack.host import Places
from batchpack.installer import disk, receipts, settings
from batchpack.installer.apply import waiting
from batchpack.installer.paths import FileInTheWay, locate, locate_settings
from batchpack.installer.receipts import Receipt, SettingsEntry
from batchpack.installer.settings.merge import Refused, is_empty


@dataclass(frozen=True, slots=True)
class SettingsUndo:
    """What becomes of a settings file (None: it goes); `kept` names values that are no longer ours."""

    path: str
    real: Path
    now: bytes
    data: bytes | None
    mode: int | None
    kept: tuple[str, ...] = ()
    surgical: bool = False


@dataclass(frozen=True, slots=True)
class Undo:
    """An uninstall before it happens; paths are relative to the base."""

    receipt: Receipt
    removes: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    settings: tuple[SettingsUndo, ...] = ()
    errors: tuple[BrokenFile | Refused, ...] = field(default=())
    places: Places | None = None


def plan_uninstall(receipt: Receipt, host_places: Places | None = None) -> Undo:
    """Compare a receipt with what is there; the host's places name what the host itself makes in its config folder."""
    removes: list[str] = []
    gone: list[str] = []
    changed: list[str] = []
    for entry in receipt.files:
        found = _look(receipt, entry.path)
        into = gone if found is None else removes if entry.is_ours(found) else changed
        into.append(entry.path)
    undone: list[SettingsUndo] = []
    errors: list[BrokenFile | Refused] = []
    for settings_entry in receipt.settings:
        try:
            undo = _plan_settings(receipt, settings_entry)
        except (BrokenFile, Refused) as error:
            errors.append(error)
            continue
        undone += [undo] if undo else []
    return Undo(receipt, tuple(removes), tuple(gone), tuple(changed), tuple(undone), tuple(errors), host_places)


def _look(receipt: Receipt, path: str) -> str | None:
    """Return a file's fingerprint; one whose folder became a file is gone."""
    try:
        return disk.look(locate(receipt.target, path))
    except FileInTheWay:
        return None


def _plan_settings(receipt: Receipt, entry: SettingsEntry) -> SettingsUndo | None:
    """Plan one settings file: its former bytes when it is as we left it, else our values taken out of it."""
    try:
        real = locate_settings(receipt.target, entry.path)
    except FileInTheWay:
        return None
    now = disk.read_bytes(real)
    if now is None or fingerprint(now) == entry.before:
        return None
    if entry.is_ours(fingerprint(now)):
        before = None if entry.before is None else receipt.backup(entry.before)
        return SettingsUndo(entry.path, real, now, before, entry.mode)
    data, lost = settings.take_out(entry.format, now, entry.claims, real)
    kept = tuple(claim.name for claim in lost)
    if entry.before is None and is_empty(entry.format, data, real):
        return SettingsUndo(entry.path, real, now, None, None, kept, surgical=True)
    return SettingsUndo(entry.path, real, now, data, None, kept, surgical=True)


def undo(plan: Undo) -> None:
    """Carry an uninstall out under the installer's lock; cut short, it can be repeated.

    Settings come first, for they name the files. With errors in a settings file the receipt stays.
    """
    receipt = plan.receipt
    try:
        disk.clear(waiting(receipt), receipt.transaction)
        for one in plan.settings:
            _restore(one, receipt.transaction)
        for path in plan.removes:
            locate(receipt.target, path).unlink(missing_ok=True)
        _remove_folders(plan)
    except OSError as error:
        raise disk.unwritable(error, receipt.target.folder) from error
    if not plan.errors:
        _hand_over(receipt)
        receipts.forget(receipt)


def _hand_over(receipt: Receipt) -> None:
    """Give folders of ours that another install still needs to its receipt, so that they go with it."""
    left = [folder for folder in receipt.folders if (receipt.base / folder).is_dir()]
    for other in receipts.read_all()[0] if left else []:
        names = [*other.folders, *(entry.path for entry in other.files), *(entry.path for entry in other.settings)]
        needed = [f for f in left if f not in other.folders and any(name.startswith(f"{f}/") for name in names)]
        if needed and other.base == receipt.base and other.home != receipt.home:
            receipts.write(replace(other, folders=(*needed, *other.folders)))


def _restore(one: SettingsUndo, transaction: str) -> None:
    """Give a settings file its bytes back, or remove it, if it still is as it was when we looked."""
    if disk.read_bytes(one.real) != one.now:
        raise Changed(one.real)
    if one.data is None:
        one.real.unlink()
        return
    mode = one.mode if one.mode is not None else one.real.stat().st_mode & 0o777
    try:
        disk.stage([disk.Content(one.real, one.data, mode)], transaction)
    except OSError:
        disk.clear([one.real], transaction)
        raise
    disk.settle([one.real], transaction)
    sync_folder(one.real.parent)


def _remove_folders(plan: Undo) -> None:
    """Remove the folders that we made and that are empty, or hold nothing but what the host itself made there."""
    receipt = plan.receipt
    if receipt.folder in receipt.folders and plan.places is not None:
        _remove_litter(receipt, plan.places)
    data = [receipt.target.folder / name for name in (plan.places.data if plan.places else ())]
    for path in [*data, *(receipt.base / folder for folder in sorted(receipt.folders, reverse=True))]:
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):
                path.rmdir()


def _remove_litter(receipt: Receipt, places: Places) -> None:
    """Remove a host's own files from the config folder when we made it and nothing but them would be left in it."""
    top = receipt.target.folder
    if not top.is_dir() or top.is_symlink():
        return
    inner = [receipt.base / folder for folder in sorted(receipt.folders, reverse=True)]
    for path in inner:
        if path != top and path.is_relative_to(top) and path.is_dir() and not path.is_symlink():
            with suppress(OSError):
                path.rmdir()
    left = list(top.iterdir())
    if not all(path.name in places.litter or _is_stub(path, places) for path in left):
        return
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _is_stub(path: Path, places: Places) -> bool:
    """Tell whether a settings file says no more than what its host begins it with."""
    text = dict(places.stubs).get(path.name)
    data = disk.read_bytes(path) if text is not None and path.is_file() and not path.is_symlink() else None
    return text is not None and data is not None and data.strip() == text.strip().encode()
