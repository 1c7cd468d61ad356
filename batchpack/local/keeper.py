"""The keeper of an attempt: starts its program, takes its output, ends it in time, writes the verdict.

It is a process of its own, in a session of its own, made by the server's fork; standard library alone. It holds the
lock of the attempt's folder from its first act to its last, so that whoever gets the lock knows that it is gone.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from typing import Any

from batchpack.local import family, records
from batchpack.local.streams import Stream

GRACE_SECONDS = 5.0
"""Between the request to end and the kill."""
LEFTOVER_SECONDS = 1.0
"""The same for what a program that ended by itself left behind."""
STUBBORN_SECONDS = 30.0
"""How long after the kill processes are waited for that the kernel does not let go."""
LONGEST_WAIT = 3600.0
SHAKEN = "its keeper was asked to end by another program, or the machine went down"


class Keeper:
    """What a keeper needs for one attempt after another."""

    def __init__(self) -> None:
        """Prepare the process: it hears signals, and orphans of its attempt become its children."""
        self.asked = False
        self.env = dict(os.environb)
        self.adopts = family.adopt_orphans()
        self.who = {"pid": os.getpid(), "start": family.start_time(os.getpid()), "boot": family.boot()}
        self.signals, writer = os.pipe()
        os.set_blocking(self.signals, False)
        os.set_blocking(writer, False)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)  # not ignored: the program would inherit that
        signal.signal(signal.SIGTERM, self._ask)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def _ask(self, *_: object) -> None:
        """Remember that somebody may want the end."""
        self.asked = True

    def keep(self, order: dict[str, Any]) -> bool:
        """Carry out an attempt to its verdict, unless another did or does; tells whether it is fit for one more.

        Keys of the order: folder, argv, cwd, env, stdin, timeout, limit, wake. Raises OSError where not even a verdict
        can be written.
        """
        folder = order["folder"]
        handle = records.lock(folder, records.TRIES)
        if handle is None:
            return True
        self.asked = False
        fit = True
        if not any(records.present(folder, name) for name in (records.KEEPER, records.VERDICT)):
            fit = Work(self, order).run()
            records.wake(order["wake"], os.path.basename(folder))
        os.close(handle)
        return fit


class Work:
    """One attempt at work."""

    def __init__(self, keeper: Keeper, order: dict[str, Any]) -> None:
        self.keeper, self.order, self.folder = keeper, order, order["folder"]
        self.wall, self.began = time.time(), time.monotonic()
        self.deadline = self.began + order["timeout"]
        self.child = 0
        self.code: int | None = None
        self.ending = ""
        self.shaken = False
        self.kill_at: float | None = None
        self.gives_up_at = 0.0

    def run(self) -> bool:
        """Do all of it; tells whether no process is left."""
        who = {**self.keeper.who, "began": self.wall}
        handle = records.begin(self.folder, who)
        if records.present(self.folder, records.CANCEL):
            return self._conclude(handle, "cancelled", "it was cancelled before it began")
        try:
            streams = [Stream(f"{self.folder}/{name}", self.order["limit"]) for name in ("out", "err")]
        except OSError as error:
            return self._conclude(handle, "lost", f"its output could not be kept: {error.strerror}")
        try:
            self._spawn(*streams)
        except (OSError, ValueError) as error:
            self.code = 127
            self._conclude(handle, "done", f"it could not be started: {error}")
        else:
            records.write(handle, {**who, "child": self.child, "child_start": family.start_time(self.child)})
            self._watch(streams)
            self._settle(handle, streams)
        for stream in streams:
            stream.close()
        return not self.gives_up_at or time.monotonic() < self.gives_up_at

    def _spawn(self, out: Stream, err: Stream) -> None:
        """Start the program; returns when it has really begun. Raises OSError, or ValueError for a NUL in a word."""
        source = os.open(self.order["stdin"] or os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self.program = subprocess.Popen(
                self.order["argv"],
                cwd=self.order["cwd"],
                env=self._environment(),
                stdin=source,
                stdout=out.writer,
                stderr=err.writer,
                start_new_session=True,
            )
        finally:
            os.close(source)
            out.close_writer()
            err.close_writer()
        self.child = self.program.pid

    def _environment(self) -> dict[bytes, bytes]:
        """Return the variables of the program: the session's, changed as the order says, and the mark."""
        env = dict(self.keeper.env)
        for name, value in {**self.order["env"], family.MARK: self.folder}.items():
            if value is None:
                env.pop(os.fsencode(name), None)
            else:
                env[os.fsencode(name)] = os.fsencode(value)
        return env

    def _watch(self, streams: list[Stream]) -> None:
        """Take output until no process of the attempt is left, or until those left are given up."""
        poller, signals = select.poll(), self.keeper.signals
        readers = {stream.reader: stream for stream in streams}
        for reader in (signals, *readers):
            poller.register(reader, select.POLLIN)
        while self._reap():
            now = time.monotonic()
            if self._decide(now):
                return
            for handle, _ in poller.poll(self._wait(now) * 1000):
                if handle == signals:
                    os.read(handle, 4096)
                elif not readers[handle].pump():
                    poller.unregister(handle)

    def _wait(self, now: float) -> float:
        """Return the seconds until something is due, never none at all, so that a loop cannot be busy."""
        due = self.deadline if self.kill_at is None else self.kill_at
        return min(max(due - now, 0.001), LONGEST_WAIT)

    def _reap(self) -> bool:
        """Note which children ended, orphans taken over included; tells whether any are left."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self.child:
                    self.code = self.program.returncode = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            return False

    def _decide(self, now: float) -> bool:
        """Ask for the end or enforce it where it is due; tells whether to give up waiting for processes."""
        if self.keeper.asked:
            self.keeper.asked = False
            self._asked(now)
        if self.kill_at is None:
            if self.code is not None:
                self._request_end(now, LEFTOVER_SECONDS)
            elif now >= self.deadline:
                self.ending = "timed out"
                self._request_end(now, GRACE_SECONDS)
        elif now >= self.kill_at:
            self.kill_at = now + 0.05
            self._signal(signal.SIGKILL)
        return self.kill_at is not None and now >= self.gives_up_at

    def _asked(self, now: float) -> None:
        """Heed a request to end that stands in the folder; a bare signal is only remembered."""
        if not records.present(self.folder, records.CANCEL):
            self.shaken = True
        elif self.kill_at is None and self.code is None:
            self.ending = "cancelled"
            self._request_end(now, GRACE_SECONDS)

    def _request_end(self, now: float, grace: float) -> None:
        """Ask all processes to end, and set the time for the kill."""
        self.kill_at, self.gives_up_at = now + grace, now + grace + STUBBORN_SECONDS
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        """Send a signal to all processes of the attempt, also to those that left its group."""
        if self.code is None:
            family.tell_group(self.child, number)
        for pid in family.descendants(os.getpid()):
            family.tell(pid, number)

    def _settle(self, handle: int, streams: list[Stream]) -> None:
        """Close the books when the processes are gone."""
        if not self.keeper.adopts:
            family.tell_group(self.child, signal.SIGKILL)
        for stream in streams:
            stream.drain()
            stream.finish()
        troubles = [stream.trouble for stream in streams if stream.trouble]
        left = family.descendants(os.getpid()) if self.kill_at is not None else []
        if left:
            troubles.append(f"processes that could not be ended: {', '.join(map(str, left))}")
        state = "cancelled" if self.ending == "cancelled" else "done"
        if self.code is None or (self.shaken and self.code != 0 and not self.ending):
            state, troubles = "lost", [SHAKEN if self.shaken else "its program did not end", *troubles]
        self._conclude(handle, state, "; ".join(dict.fromkeys(troubles)))

    def _conclude(self, handle: int, state: str, detail: str) -> bool:
        """Write the verdict; its end is told by the steady clock, so that setting the other cannot make it wrong."""
        facts = {
            "state": state,
            "code": self.code if state != "lost" else None,
            "started": self.wall,
            "ended": self.wall + time.monotonic() - self.began,
            "timed_out": self.ending == "timed out",
            "detail": detail,
        }
        records.finish(self.folder, handle, facts)
        os.close(handle)
        return True
