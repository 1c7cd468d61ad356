"""One call: its prompt in a file, its program started, its output read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from batchpack import held
from batchpack.executor import Order, last_words
from batchpack.item_runs import prompts, used
from batchpack.item_runs.values import Options, Said, Subject

CALLS = "calls"


def call(options: Options, subject: Subject, slot: str, attempt: int, wrong: str, stop: Callable[[], bool]) -> Said:
    """Make a call about items and wait for its end; each slot has files of its own, which the next call replaces."""
    folder = folder_of(options) / slot
    folder.mkdir(parents=True, exist_ok=True)
    prompt, out, err = folder / "prompt.md", folder / "out", folder / "err"
    prompts.write(options, subject, wrong, prompt)
    order = _order(options, subject, attempt, prompt)
    launch = options.executor.launch(order)
    env = dict(os.environ) | {"BATCHPACK_BATCH": options.folder.name, "BATCHPACK_ITEM": _named(subject)}
    for name, value in launch.env.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    ended = held.run(
        launch.argv, cwd=options.project, env=env, files=(launch.stdin, out, err), timeout=options.timeout, stop=stop
    )
    answer = options.executor.read(order, out, err, ended.code)
    used.note(options, subject, order, answer)  # what was stopped was paid for too
    if ended.end != "itself":
        return Said("", ended.code, stopped=ended.end == "stopped", timed_out=ended.end == "timeout")
    said = answer.text if answer.text.strip() or ended.code == 0 else last_words(err)
    return Said(said, ended.code, answer.pause)


def folder_of(options: Options) -> Path:
    """Return the folder of a run's calls: several may run at once."""
    return options.folder / CALLS / options.worker


def _order(options: Options, subject: Subject, attempt: int, prompt: Path) -> Order:
    """Return the order of a call; what an item says reaches no shell, only its id, which is a plain word."""
    return Order(
        task=_named(subject), attempt=attempt, prompt=prompt, folder=options.project, command=options.command,
        agent=options.agent, model=options.model,
    )  # fmt: skip


def _named(subject: Subject) -> str:
    """Return what a call is about, in a word."""
    return str(subject.items[0]["id"]) if len(subject.items) == 1 else subject.task
