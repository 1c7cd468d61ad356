"""The run of a demo: every command is the one that the command before it printed; agents of a batch run at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from batchpack import output
from batchpack.demo.ground import Ground
from batchpack.demo.printed import Call, read
from batchpack.errors import BatchpackError
from batchpack.executor import Executor, Order
from batchpack.process import Completed

MOST_COMMANDS = 20
Tell = Callable[[str], None]


@dataclass(slots=True)
class Working:
    """An agent at work, or done: when it began, how long it took, and its last line."""

    name: str
    begun: float = field(default_factory=time.monotonic)
    seconds: float | None = None
    said: str = "works"

    def line(self) -> str:
        """Write one line on it."""
        seconds = time.monotonic() - self.begun if self.seconds is None else self.seconds
        return f"     {self.name:<16} {seconds:5.1f} s  {self.said}"


@dataclass(frozen=True, slots=True)
class Player:
    """Plays a run on a ground with an executor's agents, telling the reader."""

    ground: Ground
    executor: Executor
    tell: Tell

    def run(self, words: Sequence[str]) -> Completed:
        """Give the first command and each one that is printed; returns what the last one left."""
        for _ in range(MOST_COMMANDS):
            self.tell(f"   $ {shown(words)}")
            done = self.ground.run(list(words), check=False)
            printed = read(done.out, self.ground.project)
            if done.code and not printed.command:
                raise BatchpackError(f"{shown(words)} failed", (done.err or done.out).strip())
            if printed.calls:
                self._batch(printed.calls)
            if not printed.command:
                return done
            words = printed.command
        raise BatchpackError("the demo's run does not end", f"look into {self.ground.folder}")

    def _batch(self, calls: Sequence[Call]) -> None:
        """Start all agents of a batch at once and await them."""
        workings = [Working(call.agent) for call in calls]
        with ThreadPoolExecutor(len(calls)) as pool, output.watched(lambda: "\n".join(one.line() for one in workings)):
            for _ in pool.map(self._agent, calls, workings):
                pass
        for working in workings:
            self.tell(working.line())

    def _agent(self, call: Call, working: Working) -> None:
        """Run one agent to its end."""
        order = Order(call.agent, 1, call.prompt, self.ground.project, agent=call.agent)
        done = self.ground.run(list(self.executor.launch(order).argv), check=False)
        working.seconds = time.monotonic() - working.begun
        said = (done.err if done.code else done.out).strip().splitlines() or [f"ended with {done.code}"]
        working.said = said[-1].rpartition("one line: ")[2]


def shown(words: Sequence[str]) -> str:
    """Write a command for the reader: the program by its name, long words cut."""
    rest = words[3:] if list(words[1:3]) == ["-m", "batchpack"] else words[1:]
    return " ".join(["batchpack", *(f"'{word}'" if " " in word else word for word in rest)])
