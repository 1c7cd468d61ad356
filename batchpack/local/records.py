"""The files of an attempt's folder, by which its keeper and a session agree; the standard library alone.

`lock` is held by the keeper as long as it lives. `keeper` says who that is; at the end it becomes `verdict` by one
rename. `cancel` asks for the end. Whoever holds the lock and finds no verdict may write one: nobody else is at work.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from typing import Any

LOCK, KEEPER, VERDICT, CANCEL = "lock", "keeper", "verdict", "cancel"
SIZE = 2048
"""Bytes of a keeper's file from the first: so that a verdict can be written where the disk is full by then."""
DETAIL = 300
OPEN = os.O_CLOEXEC | os.O_NOFOLLOW
PAUSE, TRIES = 0.005, 400
"""A session that looks whether a keeper lives holds the lock for less than a millisecond; here are two seconds."""


def lock(folder: str, tries: int = 1) -> int | None:
    """Take the lock of an attempt; returns None where another has it after all tries. Raises OSError."""
    handle = os.open(f"{folder}/{LOCK}", os.O_RDWR | os.O_CREAT | OPEN, 0o600)
    for left in range(tries, 0, -1):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                os.close(handle)
                raise
            time.sleep(PAUSE if left > 1 else 0)
        else:
            return handle
    os.close(handle)
    return None


def present(folder: str, name: str) -> bool:
    """Tell whether one of the files is there, be it broken or a link."""
    try:
        os.lstat(f"{folder}/{name}")
    except OSError:
        return False
    return True


def read(folder: str, name: str) -> dict[str, Any] | None:
    """Return the facts of a keeper's file or a verdict, {} for one that cannot be understood, None for none."""
    try:
        handle = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_NONBLOCK | OPEN)
    except FileNotFoundError:
        return None
    except OSError:
        return {}
    try:
        facts = json.loads(os.read(handle, 2 * SIZE))
    except (OSError, ValueError, RecursionError):
        return {}
    finally:
        os.close(handle)
    return facts if isinstance(facts, dict) else {}


def begin(folder: str, facts: dict[str, Any]) -> int:
    """Make the keeper's file with all the room that it will need; returns it open. Raises OSError."""
    handle = os.open(f"{folder}/{KEEPER}", os.O_RDWR | os.O_CREAT | os.O_EXCL | OPEN, 0o600)
    try:
        write(handle, facts)
    except OSError:
        os.unlink(f"{folder}/{KEEPER}")
        os.close(handle)
        raise
    return handle


def write(handle: int, facts: dict[str, Any]) -> None:
    """Replace what a keeper's file says."""
    if "detail" in facts:
        facts = {**facts, "detail": str(facts["detail"])[:DETAIL]}
    os.pwrite(handle, json.dumps(facts).encode().ljust(SIZE - 1) + b"\n", 0)


def finish(folder: str, handle: int, facts: dict[str, Any]) -> None:
    """Turn the keeper's file into the verdict, safe on the disk when this returns. Raises OSError."""
    write(handle, facts)
    os.fsync(handle)
    os.rename(f"{folder}/{KEEPER}", f"{folder}/{VERDICT}")
    entries = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | OPEN)
    try:
        os.fsync(entries)
    finally:
        os.close(entries)


def ask_to_end(folder: str) -> None:
    """Leave the word that an attempt is to end. Raises OSError."""
    os.close(os.open(f"{folder}/{CANCEL}", os.O_WRONLY | os.O_CREAT | OPEN, 0o600))


def wake(path: str, name: str) -> None:
    """Tell a session, where one listens, whose verdict there is; nobody waits for it, and it may get lost."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | OPEN)
    except OSError:
        return
    try:
        os.write(handle, f"{name}\n".encode())
    except OSError:
        return
    finally:
        os.close(handle)
