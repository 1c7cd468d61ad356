"""A plan carried out so that a crash at any moment leaves something that can be repeated or undone."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from batchpack.errors import BatchpackError
from batchpack.files import Changed, fingerprint, sync_folder, write_atomic
from batchpack.installer import disk, receipts
from batchpack.installer.disk import Content
from batchpack.installer.paths import DanglingLink, FileInTheWay, locate, locate_settings
from batchpack.installer.plan import Plan
from batchpack.installer.receipts import FileEntry, Receipt


def apply(plan: Plan, pack_version: str) -> Receipt:
    """Carry a plan out under the installer's lock and return the receipt.

    The receipt of what is going to happen is on the disk before the first change. Then every new content is written
    beside its place; only when all of them are there do they get their names, settings last, for they name the files.
    Raises Unwritable or Changed with all as it was.
    """
    pending = _intent(plan, pack_version)
    contents = _contents(plan)
    try:
        _clear(plan.receipt)
        _back_up(plan, pending)
        receipts.write(pending)
        _make_folders(plan)
        disk.stage(contents, pending.transaction)
        _check_settings(plan)
    except (OSError, BatchpackError) as error:
        _go_back(plan, pending)
        raise disk.unwritable(error, plan.target.folder) if isinstance(error, OSError) else error from error
    try:
        _settle(plan, contents, pending.transaction)
    except OSError as error:
        raise disk.unwritable(error, plan.target.folder) from error
    done = _finish(plan, pending)
    receipts.write(done)
    _drop_old_backups(done)
    return done


def _intent(plan: Plan, pack_version: str) -> Receipt:
    """Make the receipt of what is going to happen: old and new fingerprints both count as ours until it has."""
    target, old = plan.target, plan.receipt
    known = {entry.path: entry for entry in old.files} if old else {}
    for file in (*plan.writes, *plan.unchanged):
        was = known.get(file.path)
        former = (was.sha256, *was.former) if was else ()
        known[file.path] = FileEntry(file.path, fingerprint(file.text.encode()), former)
    folders = dict.fromkeys([*(old.folders if old else ()), *plan.folders])
    return Receipt(
        target.host, target.scope, target.base, target.folder.relative_to(target.base).as_posix(), pack_version,
        secrets.token_hex(4), target.program, "pending", tuple(known[path] for path in sorted(known)), tuple(folders),
        tuple(change.to_entry() for change in plan.settings), plan.foreign,
    )  # fmt: skip


def _clear(old: Receipt | None) -> None:
    """Remove what an interrupted install left half written."""
    if old is not None and old.state == "pending":
        disk.clear(waiting(old), old.transaction)


def waiting(receipt: Receipt) -> list[Path]:
    """Return the paths beside which a receipt's new contents may wait."""
    paths = []
    for file in receipt.files:
        with suppress(FileInTheWay):
            paths.append(locate(receipt.target, file.path))
    for entry in receipt.settings:
        with suppress(DanglingLink, FileInTheWay):
            paths.append(locate_settings(receipt.target, entry.path))
    return paths


def _contents(plan: Plan) -> list[Content]:
    """Return what is to be written, settings last."""
    files = plan.writes
    contents = [
        Content(locate(plan.target, file.path), file.text.encode(), 0o755 if file.executable else 0o644)
        for file in files
    ]
    changes = [change for change in plan.settings if change.is_change]
    return contents + [Content(c.real, c.data, c.mode or 0o644) for c in changes if c.data is not None]


def _make_folders(plan: Plan) -> None:
    """Make the folders that are missing."""
    for folder in plan.folders:
        (plan.target.base / folder).mkdir(exist_ok=True)


def _back_up(plan: Plan, pending: Receipt) -> None:
    """Keep the bytes of each settings file as it was before us."""
    for change in plan.settings:
        if change.entry is None and change.before is not None:
            write_atomic(pending.home / fingerprint(change.before), change.before)


def _check_settings(plan: Plan) -> None:
    """Refuse to go on when somebody changed a settings file since it was read."""
    for change in plan.settings:
        if change.is_change and disk.read_bytes(change.real) != change.now:
            raise Changed(change.real)


def _settle(plan: Plan, contents: Sequence[Content], transaction: str) -> None:
    """Give the new contents their names and remove what is not wanted any more; then force the folders to disk."""
    paths = [content.path for content in contents]
    disk.settle(paths, transaction)
    unwanted = [locate(plan.target, path) for path in plan.removes]
    unwanted += [change.real for change in plan.settings if change.is_change and change.data is None]
    for path in unwanted:
        path.unlink(missing_ok=True)
    for folder in dict.fromkeys(path.parent for path in [*paths, *unwanted]):
        if folder.is_dir():
            sync_folder(folder)


def _go_back(plan: Plan, pending: Receipt) -> None:
    """Take back what was prepared: no file has its name yet."""
    with suppress(OSError):
        disk.clear(waiting(pending), pending.transaction)
        for folder in reversed(plan.folders):
            with suppress(OSError):
                (plan.target.base / folder).rmdir()
        if plan.receipt is None:
            receipts.forget(pending)
        else:
            receipts.write(plan.receipt)


def _finish(plan: Plan, pending: Receipt) -> Receipt:
    """Make the receipt of what has happened; emptied folders of an older version go."""
    gone = {*plan.removes, *plan.abandoned}
    files = tuple(entry for entry in pending.files if entry.path not in gone)
    folders = tuple(_still_used(plan, pending, [entry.path for entry in files]))
    settings = tuple(entry for entry in pending.settings if entry.claims)
    return receipts.complete(replace(pending, files=files, folders=folders, settings=settings))


def _still_used(plan: Plan, pending: Receipt, paths: list[str]) -> Iterable[str]:
    """Yield the folders that we made and still need, after removing those that an older version left empty."""
    for folder in sorted(pending.folders, reverse=True):
        path = plan.target.base / folder
        if plan.removes and not any(name.startswith(f"{folder}/") for name in paths):
            with suppress(OSError):
                path.rmdir()
        if path.is_dir():
            yield folder


def _drop_old_backups(done: Receipt) -> None:
    """Remove backups that no settings entry names any more."""
    wanted = {receipts.RECEIPT, *(entry.before for entry in done.settings)}
    for path in done.home.iterdir():
        if path.name not in wanted:
            path.unlink()
