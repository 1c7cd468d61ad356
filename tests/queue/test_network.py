"""Folders on a network are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.queue import network

MOUNTS = """\
20 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 20 0:40 / /data rw,relatime shared:1 - nfs4 server:/data rw
31 30 8:2 / /data/own\\040disk rw - ext4 /dev/sdb1 rw
32 20 0:41 / /over rw - ext4 /dev/sdc1 rw
33 20 0:42 / /over rw - fuse.sshfs me@box: rw
"""


@pytest.mark.parametrize("folder", ["/data", "/data/project", "/over/x"])
def test_a_folder_on_a_network_is_refused(tmp_path: Path, folder: str) -> None:
    """What lies below a network mount, or below one that was put over a disk, is refused with its kind."""
    (tmp_path / "mounts").write_text(MOUNTS)

    with pytest.raises(network.OnNetwork, match=r"\((nfs4|fuse\.sshfs)\)"):
        network.check_local(Path(folder), tmp_path / "mounts")


@pytest.mark.parametrize("folder", ["/", "/home", "/database", "/data/own disk/x"])
def test_a_disk_of_the_machine_is_fine(tmp_path: Path, folder: str) -> None:
    """A disk is fine, also one that is mounted below a network folder; so is a system that tells nothing."""
    (tmp_path / "mounts").write_text(MOUNTS)

    network.check_local(Path("/data"), tmp_path / "none")
    network.check_local(Path(folder), tmp_path / "mounts")  # raises nothing
