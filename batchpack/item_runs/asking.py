"""An answer got: the call made within the pace, once more when it does not fit, and again after a pause."""

from __future__ import annotations

from typing import Any

from batchpack.item_runs import answers, calling
from batchpack.item_runs.floor import Floor, Stopped
from batchpack.item_runs.values import TRIES, Said, Subject
from batchpack.items.records import Judgement
from batchpack.messages.answers import BadAnswer


def ask(floor: Floor, subject: Subject, slot: str) -> list[Judgement]:
    """Return a record for each item; raises BadAnswer for an answer that did not fit the second time either."""
    wrong = ""
    for attempt in range(1, TRIES + 1):
        said = _call(floor, subject, slot, attempt, wrong)
        try:
            if said.timed_out:
                raise BadAnswer("timeout", f"it took longer than {floor.options.timeout:g} seconds")
            return answers.judged(floor.options, subject, said)
        except BadAnswer as error:
            wrong = error.reason
            floor.count(unfit=1)
            if attempt == TRIES or not floor.options.executor.AGENT:
                raise
    raise AssertionError("the last try returns or raises")


def _call(floor: Floor, subject: Subject, slot: str, attempt: int, wrong: str) -> Said:
    """Make a call when the pace allows; after a limit all wait, and it is made again."""
    while True:
        begun = floor.gate.enter()
        said: Said | Any = None
        try:
            said = calling.call(floor.options, subject, slot, attempt, wrong, lambda: floor.is_over(subject.task))
        finally:
            if said is None or said.stopped:
                floor.gate.leave()
        floor.count(calls=1)
        if said.stopped:
            raise Stopped
        if said.pause is None:
            floor.gate.answered()
            return said
        seconds = floor.gate.refused(begun, said.pause.seconds)
        if not said.pause.mends:
            floor.end(said.pause.reason)
            raise Stopped
        floor.tell(f"{said.pause.reason}: all wait for {seconds:.0f} s")
