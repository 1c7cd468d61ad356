"""A host's tree written into a folder for a look, without a receipt."""

from __future__ import annotations

from batchpack.content import Pack
from batchpack.errors import BatchpackError
from batchpack.files import write_atomic
from batchpack.host import Host
from batchpack.installer import settings, targets
from batchpack.installer.paths import locate, locate_settings
from batchpack.values import Target


def write_tree(host: Host, pack: Pack, target: Target) -> list[str]:
    """Write files and fresh settings files below the target's base; a folder that holds other files is refused."""
    files = targets.render_host(host, pack, target)
    edits = host.settings_edits(pack, target)
    if target.base.exists() and not target.base.is_dir():
        raise BatchpackError(f"{target.base} is a file", "name a folder")
    for file in files:
        write_atomic(locate(target, file.path), file.text, executable=file.executable)
    paths = dict.fromkeys(edit.path for edit in edits)
    for path in paths:
        wanted = [edit for edit in edits if edit.path == path]
        real = locate_settings(target, path)
        write_atomic(real, settings.merge(wanted[0].format, None, wanted, real).data)
    return sorted([*(file.path for file in files), *paths])
