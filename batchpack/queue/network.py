"""Folders on a network, where the locks and the shared memory of SQLite do not reach from machine to machine."""

from __future__ import annotations

import re
from pathlib import Path

from batchpack.errors import BatchpackError

MOUNTS = Path("/proc/self/mountinfo")
KINDS = frozenset({
    "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "glusterfs", "gpfs",
    "lustre", "nfs", "nfs4", "smb3", "smbfs",
})  # fmt: skip
_OCTAL = re.compile(r"\\([0-7]{3})")


class OnNetwork(BatchpackError):
    """A folder on a network file system."""

    def __init__(self, folder: Path, kind: str) -> None:
        super().__init__(
            f"{folder} is on a network file system ({kind}), where workers of two machines could both claim a task",
            "use a project on a disk of this machine: --project FOLDER",
        )


def check_local(folder: Path, mounts: Path = MOUNTS) -> None:
    """Refuse a folder that is on a network; where the system does not tell, nothing is refused."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return
    kind = _kind(folder.resolve(), lines)
    if kind in KINDS:
        raise OnNetwork(folder, kind)


def _kind(folder: Path, lines: list[str]) -> str:
    """Return the kind of the file system that a folder is on: of the deepest mount above it, the last one made."""
    found = ("", "")
    for line in lines:
        words, _, source = line.partition(" - ")
        point = _OCTAL.sub(lambda octal: chr(int(octal[1], 8)), words.split(" ")[4])
        if folder.is_relative_to(point) and len(point) >= len(found[0]):
            found = (point, source.split(" ")[0])
    return found[1]
