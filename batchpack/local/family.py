"""The processes of an attempt: whose child is whose, what belongs to which attempt, and their end; standard library."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

MARK = "BATCHPACK_ATTEMPT"
"""The variable that all processes of an attempt inherit: its folder, which no other attempt has."""
CHILD_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of Linux's prctl(2)."""
QUIET_LOOKS, LOOK_PAUSE = 2, 0.02


def _find_prctl() -> Callable[..., int] | None:
    """Return Linux's prctl, None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        import ctypes

        return ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None


_prctl = _find_prctl()


def adopt_orphans() -> bool:
    """Have descendants whose parent dies become children of this process; tells whether the system can."""
    return _prctl is not None and _prctl(CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def boot() -> str:
    """Return what names this start of the machine; empty where the system does not tell."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as stream:
            return stream.read().strip()
    except OSError:
        return ""


def _words(pid: int | str) -> list[str] | None:
    """Return the words of a process's record after its name: state, parent, group, session and so on."""
    try:
        handle = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(handle, 4096).rpartition(b")")[2].decode().split()
    except OSError:
        return None
    finally:
        os.close(handle)


def start_time(pid: int) -> str:
    """Return when a living process began, in the kernel's ticks: with the number it names one process for good."""
    words = _words(pid)
    return words[19] if words and words[0] not in "ZX" else ""


def _all() -> Iterator[int]:
    """List the processes of the machine; none where there is no /proc."""
    with contextlib.suppress(OSError):
        yield from (int(name) for name in os.listdir("/proc") if name.isdigit())


def descendants(parent: int) -> list[int]:
    """List all processes below one, those nearest first, dead ones left out."""
    children: dict[int, list[int]] = {}
    for pid in _all():
        words = _words(pid)
        if words and words[0] not in "ZX":
            children.setdefault(int(words[1]), []).append(pid)
    found = [parent]
    for pid in found:
        found += children.get(pid, [])
    return found[1:]


def marked(folder: str) -> list[int]:
    """List the living processes that inherited an attempt's mark, wherever they went."""
    sought = f"{MARK}={folder}".encode(errors="surrogateescape")
    return [pid for pid in _all() if pid != os.getpid() and sought in _environment(pid)]


def _environment(pid: int) -> list[bytes]:
    """Return the variables that a process began with; none of one that is dead or another's."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as stream:
            return stream.read().split(b"\0")
    except OSError:
        return []


def tell(pid: int, number: int, began: str = "") -> bool:
    """Send a signal to a process, to that which began then where it is given; tells whether it was there."""
    if not hasattr(os, "pidfd_open"):
        return (not began or start_time(pid) == began) and _send(os.kill, pid, number)
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        return (not began or start_time(pid) == began) and _send(signal.pidfd_send_signal, handle, number)
    finally:
        os.close(handle)


def tell_group(pid: int, number: int) -> bool:
    """Send a signal to a process group; tells whether there was one."""
    return _send(os.killpg, pid, number)


def _send(send: Callable[[int, int], None], to: int, number: int) -> bool:
    """Send; one that is gone or another's is none."""
    try:
        send(to, number)
    except OSError:
        return False
    return True


def end_rest(folder: str, leader: int, began: str, seconds: float) -> list[int]:
    """Kill what is left of an attempt whose keeper is dead; returns those that would not go in this time.

    That is what carries its mark, and what descends from its program where that still runs, marks or not. Two looks
    must find nothing: a program that is just being started carries no mark yet.
    """
    end, quiet = time.monotonic() + seconds, 0
    while quiet < QUIET_LOOKS:
        left = set(marked(folder))
        if leader > 1 and began and start_time(leader) == began:
            left |= {leader, *descendants(leader)}
        if left and time.monotonic() >= end:
            return sorted(left)
        for pid in left:
            tell(pid, signal.SIGKILL)
        quiet = 0 if left else quiet + 1
        time.sleep(LOOK_PAUSE)
    return []
