"""The keeper of one attempt: starts its program, takes its output, ends it in time, writes the verdict.

It is a process of its own, in a session of its own, made by the server's fork; standard library alone. It holds the
lock of the attempt's folder from its first act to its death, so that whoever gets the lock knows that it is dead.
"""

from __future__ import annotations

import os
import select
import signal
import time
from typing import Any, NoReturn

from batchpack.local import family, records
from batchpack.local.streams import Stream

GRACE_SECONDS = 5.0
"""Between the request to end and the kill."""
LEFTOVER_SECONDS = 1.0
"""The same for what a program that ended by itself left behind."""
STUBBORN_SECONDS = 30.0
"""How long after the kill processes are waited for that the kernel does not let go."""
LONGEST_WAIT = 3600.0
RESTORED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ)


def keep(order: dict[str, Any]) -> None:
    """Carry out an attempt to its verdict, unless another did or does; the order is a session's.

    Keys: folder, argv, cwd, env, stdin, timeout, limit, wake. Raises OSError where not even a verdict can be written.
    """
    folder = order["folder"]
    if records.lock(folder, records.TRIES) is None:
        return
    if any(records.present(folder, name) for name in (records.KEEPER, records.VERDICT)):
        return
    Keeper(order).run()
    records.wake(order["wake"], os.path.basename(folder))


class Keeper:
    """One attempt at work."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order, self.folder = order, order["folder"]
        self.child = 0
        self.code: int | None = None
        self.ending = ""
        self.kill_at: float | None = None
        self.gives_up_at = 0.0
        self.asked = False
        self.signals = self._hear_signals()
        self.adopts = family.adopt_orphans()

    def _hear_signals(self) -> int:
        """Have signals wake the loop; returns what becomes readable then."""
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._ask)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        return reader

    def _ask(self, *_: object) -> None:
        """Remember that somebody wants the end."""
        self.asked = True

    def run(self) -> None:
        """Do all of it."""
        self.wall, self.began = time.time(), time.monotonic()
        who = {"pid": os.getpid(), "start": family.start_time(os.getpid()), "boot": family.boot(), "began": self.wall}
        handle = records.begin(self.folder, who)
        if records.present(self.folder, records.CANCEL):
            self._conclude(handle, "cancelled", "it was cancelled before it began")
            return
        streams = {name: Stream(f"{self.folder}/{name}", self.order["limit"]) for name in ("out", "err")}
        try:
            self.child = self._spawn(streams["out"], streams["err"])
        except OSError as error:
            self.code = 127
            self._conclude(handle, "done", f"it could not be started: {error.strerror}: {error.filename}")
            return
        records.write(handle, {**who, "child": self.child})
        self._watch(list(streams.values()))
        self._settle(handle, list(streams.values()))

    def _spawn(self, out: Stream, err: Stream) -> int:
        """Start the program; returns when it has really begun. Raises OSError."""
        source = os.open(self.order["stdin"] or os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        reader, writer = os.pipe()
        keeper, child = os.getpid(), os.fork()
        if child == 0:
            self._become(keeper, (source, out.writer, err.writer), writer)
        for handle in (source, writer, out.writer, err.writer):
            os.close(handle)
        with os.fdopen(reader, "rb") as stream:
            said = stream.read()
        if said:
            os.waitpid(child, 0)
            number, _, name = said.partition(b" ")
            raise OSError(int(number), os.strerror(int(number)), os.fsdecode(name))
        return child

    def _become(self, keeper: int, streams: tuple[int, int, int], report: int) -> NoReturn:
        """Turn the forked process into the attempt's program, or report why not."""
        try:
            os.setsid()
            family.die_with_parent(keeper)
            signal.set_wakeup_fd(-1)
            for number in RESTORED:
                signal.signal(number, signal.SIG_DFL)
            for target, handle in enumerate(streams):
                os.dup2(handle, target)
            os.chdir(self.order["cwd"])
            argv, env = self.order["argv"], self._environment()
            os.execvpe(argv[0], argv, env)  # noqa: S606 - argv as it was ordered, no shell
        except OSError as error:
            os.write(report, b"%d %s" % (error.errno or 0, os.fsencode(error.filename or self.order["argv"][0])))
        finally:
            os._exit(127)

    def _environment(self) -> dict[str, str]:
        """Return the variables of the program: the session's, changed as the order says, and the mark."""
        env = dict(os.environ)
        for name, value in self.order["env"].items():
            if value is None:
                env.pop(name, None)
            else:
                env[name] = value
        return {**env, family.MARK: self.folder}

    def _watch(self, streams: list[Stream]) -> None:
        """Take output until no process of the attempt is left, or until those left are given up."""
        poller = select.poll()
        poller.register(self.signals, select.POLLIN)
        readers = {stream.reader: stream for stream in streams}
        for reader in readers:
            poller.register(reader, select.POLLIN)
        self.deadline = self.began + self.order["timeout"]
        while self._reap():
            now = time.monotonic()
            if self._decide(now):
                return
            for handle, _ in poller.poll(self._wait(now) * 1000):
                if handle == self.signals:
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
                    self.code = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            return False

    def _decide(self, now: float) -> bool:
        """Ask for the end or enforce it where it is due; tells whether to give up waiting for processes."""
        if self.kill_at is None:
            if self.code is not None:
                self._request_end(now, LEFTOVER_SECONDS)
            elif self.asked:
                cancelled = records.present(self.folder, records.CANCEL)
                self.ending = "cancelled" if cancelled else "terminated"
                self._request_end(now, GRACE_SECONDS)
            elif now >= self.deadline:
                self.ending = "timed out"
                self._request_end(now, GRACE_SECONDS)
        elif now >= self.kill_at:
            self.kill_at = now + 0.05
            self._signal(signal.SIGKILL)
        return self.kill_at is not None and now >= self.gives_up_at

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
        if not self.adopts:
            family.tell_group(self.child, signal.SIGKILL)
        for stream in streams:
            stream.drain()
            stream.finish()
        troubles = [stream.trouble for stream in streams if stream.trouble]
        left = family.descendants(os.getpid()) if self.kill_at is not None else []
        if left:
            troubles.append(f"processes that could not be ended: {', '.join(map(str, left))}")
        state = {"cancelled": "cancelled", "terminated": "lost"}.get(self.ending, "done")
        if state == "lost":
            troubles.insert(0, "its keeper was asked to end by another program, or the machine went down")
        self._conclude(handle, state, "; ".join(dict.fromkeys(troubles)))

    def _conclude(self, handle: int, state: str, detail: str) -> None:
        """Write the verdict; its end is told by the steady clock, so that setting the other cannot make it wrong."""
        facts = {
            "state": state,
            "code": self.code,
            "started": self.wall,
            "ended": self.wall + time.monotonic() - self.began,
            "timed_out": self.ending == "timed out",
            "detail": detail,
        }
        records.finish(self.folder, handle, facts)
