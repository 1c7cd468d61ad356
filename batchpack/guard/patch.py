"""The files that a text in the form of `apply_patch` writes to."""

from __future__ import annotations

from batchpack.guard.refusal import Refused, shown

HEADS = ("*** Add File:", "*** Update File:", "*** Delete File:", "*** Move to:")
FRAMES = ("*** Begin Patch", "*** End Patch", "*** End of File")
INSTEAD = "send a patch from *** Begin Patch to *** End Patch, with *** Add File:, *** Update File: or *** Delete File:"


def paths(text: object) -> list[str]:
    """Return every path that a patch names; raises Refused when a line could be read as another one."""
    if not isinstance(text, str) or FRAMES[0] not in text:
        raise Refused("the patch cannot be read", INSTEAD)
    found: list[str] = []
    for line in text.split("\n"):
        plain = line.strip()
        head = next((head for head in HEADS if plain.startswith(head)), None)
        if head:
            found.append(_path(plain.removeprefix(head).strip()))
        elif line.startswith("***") and plain not in FRAMES:
            raise Refused(f"the patch has an unknown line {shown(plain)}", INSTEAD)
    if not found:
        raise Refused("the patch names no file", INSTEAD)
    return found


def _path(path: str) -> str:
    """Return a path as it is written; a colon ends it for some readers."""
    if ":" in path:
        raise Refused(f"the path {shown(path)} can be read in two ways", "write it plainly, from the project's root")
    return path
