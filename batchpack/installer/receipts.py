"""Receipts: what was installed where, with fingerprints; one a host, scope and base folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal, get_args

from batchpack import places
from batchpack.errors import BatchpackError
from batchpack.files import fingerprint, write_atomic
from batchpack.installer.settings.claims import Claim, claim_from_json
from batchpack.values import SCOPES, Scope, SettingsFormat, Target

VERSION = 1
RECEIPT = "receipt.json"


class BrokenReceipt(BatchpackError):
    """A receipt that cannot be trusted: unreadable, of another version, or naming paths outside its base."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"receipt {path}: {reason}; nothing that it names was touched",
            f"look at {path.parent}; if you remove that folder, Batchpack forgets what it installed there",
        )


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that we wrote: its fingerprint, and those it may still have when an install was interrupted."""

    path: str
    sha256: str
    former: tuple[str, ...] = ()

    def is_ours(self, sha256: str) -> bool:
        """Tell whether a file with this fingerprint is as we left it."""
        return sha256 == self.sha256 or sha256 in self.former


@dataclass(frozen=True, slots=True)
class SettingsEntry:
    """A settings file that we changed: fingerprints before and after (None: no file), and what in it is ours.

    The bytes before lie beside the receipt, in a file named by their fingerprint.
    """

    path: str
    format: SettingsFormat
    before: str | None
    after: str | None
    mode: int | None
    claims: tuple[Claim, ...]
    former: tuple[str, ...] = ()

    def is_ours(self, sha256: str | None) -> bool:
        """Tell whether a file with this fingerprint is as we left it."""
        return sha256 == self.after or (sha256 is not None and sha256 in self.former)


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that an install did; `folder` is relative to `base`, `state` is pending until the last file stands."""

    host: str
    scope: Scope
    base: Path
    folder: str
    pack: str
    transaction: str
    program: str
    state: Literal["pending", "complete"]
    files: tuple[FileEntry, ...] = ()
    folders: tuple[str, ...] = ()
    settings: tuple[SettingsEntry, ...] = ()
    foreign: tuple[str, ...] = ()

    @property
    def target(self) -> Target:
        """Return where it was installed."""
        return Target(self.host, self.scope, self.base, self.base / self.folder, self.program)

    @property
    def home(self) -> Path:
        """Return the folder that holds the receipt and its backups."""
        return home_of(self.host, self.scope, self.base)

    def written_ns(self) -> int:
        """Return when the receipt was written, in nanoseconds."""
        return (self.home / RECEIPT).stat().st_mtime_ns

    def backup(self, sha256: str) -> bytes:
        """Return the bytes of a backup, checked against their fingerprint."""
        path = self.home / sha256
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BrokenReceipt(self.home / RECEIPT, f"its backup {path.name[:12]}… cannot be read") from error
        if fingerprint(data) != sha256:
            raise BrokenReceipt(self.home / RECEIPT, f"its backup {path.name[:12]}… was changed")
        return data


def folder() -> Path:
    """Return the folder of all receipts."""
    return places.state_folder() / "receipts"


def home_of(host: str, scope: Scope, base: Path) -> Path:
    """Return the folder of one receipt."""
    return folder() / f"{host}-{scope}-{fingerprint(str(base).encode())[:12]}"


def to_json(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as it is written."""
    return {
        "receipt": VERSION, "pack": receipt.pack, "host": receipt.host, "scope": receipt.scope,
        "base": str(receipt.base), "folder": receipt.folder, "program": receipt.program, "state": receipt.state,
        "transaction": receipt.transaction,
        "files": [{"path": f.path, "sha256": f.sha256, "former": list(f.former)} for f in receipt.files],
        "folders": list(receipt.folders),
        "settings": [_settings_json(entry) for entry in receipt.settings],
        "foreign": list(receipt.foreign),
    }  # fmt: skip


def _settings_json(entry: SettingsEntry) -> dict[str, Any]:
    """Return a settings entry as it is written."""
    return {
        "path": entry.path, "format": entry.format, "before": entry.before, "after": entry.after, "mode": entry.mode,
        "former": list(entry.former), "claims": [claim.to_json() for claim in entry.claims],
    }  # fmt: skip


def write(receipt: Receipt) -> None:
    """Write a receipt and force it to disk."""
    write_atomic(receipt.home / RECEIPT, json.dumps(to_json(receipt), ensure_ascii=False, indent=1) + "\n")


def complete(receipt: Receipt) -> Receipt:
    """Return a receipt whose install came to its end."""
    files = tuple(replace(entry, former=()) for entry in receipt.files)
    settings = tuple(replace(entry, former=()) for entry in receipt.settings)
    return replace(receipt, state="complete", files=files, settings=settings)


def forget(receipt: Receipt) -> None:
    """Remove a receipt and its backups; the receipt goes first, so that it never stands without its backups."""
    (receipt.home / RECEIPT).unlink(missing_ok=True)
    shutil.rmtree(receipt.home, ignore_errors=True)


def read(host: str, scope: Scope, base: Path) -> Receipt | None:
    """Return the receipt of a host, scope and base, or None; raises BrokenReceipt."""
    path = home_of(host, scope, base) / RECEIPT
    return _read(path) if path.is_file() else None


def read_all() -> tuple[list[Receipt], list[BrokenReceipt]]:
    """Return all receipts of this user, and the complaints about those that cannot be trusted."""
    good: list[Receipt] = []
    broken: list[BrokenReceipt] = []
    for path in sorted(folder().glob(f"*/{RECEIPT}")):
        try:
            good.append(_read(path))
        except BrokenReceipt as error:
            broken.append(error)
    return good, broken


def _read(path: Path) -> Receipt:
    """Read a receipt and check that it stays inside its base and stands where it belongs."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or data.get("receipt") != VERSION:
            raise BrokenReceipt(path, f"it is not of version {VERSION}")
        receipt = _from_json(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenReceipt(path, f"it cannot be understood ({type(error).__name__}: {error})") from error
    if receipt.home != path.parent or not receipt.base.is_absolute():
        raise BrokenReceipt(path, "it stands in the wrong place")
    named = [receipt.folder, *receipt.folders, *(f.path for f in receipt.files), *(s.path for s in receipt.settings)]
    for name in named:
        if not _is_plain(name):
            raise BrokenReceipt(path, f"it names {name!r}, which lies outside {receipt.base}")
    return receipt


def _is_plain(name: str) -> bool:
    """Tell whether a path is relative, goes down only and is written in one way only."""
    pure = PurePosixPath(name)
    return str(pure) == name and bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts


def _from_json(data: Mapping[str, Any]) -> Receipt:
    """Make a receipt of its JSON; raises ValueError, KeyError or TypeError when it is none."""
    if data["scope"] not in SCOPES or data["state"] not in {"pending", "complete"}:
        raise ValueError("scope or state")
    files = tuple(FileEntry(str(f["path"]), _sha(f["sha256"]), tuple(map(_sha, f["former"]))) for f in data["files"])
    return Receipt(
        str(data["host"]), data["scope"], Path(data["base"]), str(data["folder"]), str(data["pack"]),
        _word(data["transaction"]), str(data["program"]), data["state"], files,
        tuple(map(str, data["folders"])), tuple(map(_settings_from_json, data["settings"])),
        tuple(map(str, data["foreign"])),
    )  # fmt: skip


def _settings_from_json(data: Mapping[str, Any]) -> SettingsEntry:
    """Make a settings entry of its JSON."""
    if data["format"] not in get_args(SettingsFormat):
        raise ValueError("format of a settings file")
    before, after = (None if data[key] is None else _sha(data[key]) for key in ("before", "after"))
    mode = None if data["mode"] is None else int(data["mode"]) & 0o777
    claims = tuple(map(claim_from_json, data["claims"]))
    return SettingsEntry(
        str(data["path"]), data["format"], before, after, mode, claims, tuple(map(_sha, data["former"]))
    )


def _sha(text: object) -> str:
    """Check a fingerprint, which also serves as a file name."""
    return _word(text, 64)


def _word(text: object, length: int = 8) -> str:
    """Check a word of hexadecimal digits that becomes part of a file name."""
    if not isinstance(text, str) or len(text) != length or not set(text) <= set("0123456789abcdef"):
        raise ValueError(f"{text!r} is no fingerprint")
    return text
