"""A host's tree written into a folder for a look, without a receipt."""

from __future__ import annotations

from pathlib import Path

from batchpack.content import Pack
from batchpack.errors import BatchpackError
from batchpack.files import fingerprint, inside, write_atomic
from batchpack.host import Host
from batchpack.installer import settings, targets
from batchpack.installer.disk import look
from batchpack.installer.paths import locate
from batchpack.values import Target


def write_tree(host: Host, pack: Pack, target: Target) -> list[str]:
    """Write files and fresh settings files below the target's base, where nothing else may stand; returns the paths."""
    if target.base.exists() and not target.base.is_dir():
        raise BatchpackError(f"{target.base} is a file", "name a folder")
    edits = host.settings_edits(pack, target)
    contents = {file.path: (file.text.encode(), file.executable) for file in targets.render_host(host, pack, target)}
    for path in dict.fromkeys(edit.path for edit in edits):
        wanted = [edit for edit in edits if edit.path == path]
        data = settings.merge(wanted[0].format, None, wanted, target.base / path).data
        contents[path] = (data, False)
    places = {path: _free(target, path, data) for path, (data, _) in contents.items()}
    for path, (data, executable) in contents.items():
        write_atomic(places[path], data, executable=executable)
    return sorted(contents)


def _free(target: Target, path: str, data: bytes) -> Path:
    """Return where a file goes, if there is nothing else yet."""
    place = inside(target.base, path)
    locate(target, path)
    if place.is_symlink() or (place.exists() and look(place) != fingerprint(data)):
        raise BatchpackError(f"{place} is there already and holds something else", "name a new folder")
    return place
