"""For what a conversation works: the run, the task and the attempt, read from the text that it was given."""

from __future__ import annotations

import re
from typing import NamedTuple

_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_RUN = r"[0-9]{8}T[0-9]{6}-[0-9a-f]{4}"
_SHORT = r"[0-9a-f]{4}"
_END = r"(?![A-Za-z0-9._-])"

_HAND_IN = rf"\bresult put (?P<put_run>{_RUN}|{_SHORT}) (?P<put_task>{_ID})(?: --attempt (?P<put_attempt>\d{{1,4}})\b)?"
_PROMPT = rf"/runs/(?P<run>{_RUN})/prompts/(?P<task>{_ID})\.md{_END}"
_ALIAS = rf"(?:\.batchpack|\.osa/work/batches)/(?P<alias>{_SHORT})/(?P<alias_task>{_ID})\.md{_END}"
_WORKER = rf"^Your NAME is (?P<worker>{_ID})\. Read `[^`\n]{{0,4000}}/items/(?P<batch>{_ID})/worker\.md`"
_SUBTASK = rf"\.tmp/tasks/(?P<feature>{_ID})/(?P<subtask>subtask_\d{{1,6}})\.json{_END}"
_ANY = re.compile("|".join((_WORKER, _HAND_IN, _PROMPT, _ALIAS, _SUBTASK)))
_PUT = re.compile(_HAND_IN)
_HEADING = re.compile(rf"# Task `(?P<task>{_ID})`, attempt (?P<attempt>\d{{1,4}})\b")
_BRANCH = re.compile(rf"^Branch: `batchpack/(?P<run>{_RUN})/{_ID}`", re.MULTILINE)
_NUMBERED = re.compile(rf"(?P<task>{_ID})-(?P<attempt>\d{{1,4}})")


class Named(NamedTuple):
    """A run, a task and an attempt as a text names them; empty (attempt: 0) where it does not.

    `run` is the run's id or the last four digits of it; of workers on items it is the batch, `task` then the worker's
    name; of a feature's subtasks it is the feature.
    """

    run: str = ""
    task: str = ""
    attempt: int = 0


def named(text: str) -> Named:
    """Return what the prompt of an agent names: by its path, its heading, or the command that hands the work in.

    What stands first in the text counts. A file `prompts/<name>-<number>.md` is that attempt at the task `<name>`;
    only the run itself knows whether it has a task whose name ends so. The text may be anybody's: what is returned
    are names by pattern, and whether there is such a run is for the reader to look up.
    """
    if heading := _HEADING.match(text):
        return _of_heading(heading, text)
    found = _ANY.search(text)
    return _checked(_read(found)) if found else Named()


def fuller(known: Named, text: str) -> Named:
    """Return what is known with the whole id of its run and its attempt, where a text has the command for just it.

    An agent that was given a path reads them in the file behind it.
    """
    for found in _PUT.finditer(text):
        one = _checked(_read(found))
        if one.task == known.task and one.run.endswith(known.run) and one.attempt:
            return one
    return known


def _of_heading(heading: re.Match[str], text: str) -> Named:
    """Read a prompt given whole: the branch it names says the run, else the command that hands in."""
    task, attempt = heading["task"], int(heading["attempt"])
    if branch := _BRANCH.search(text):
        return _checked(Named(branch["run"], task, attempt))
    return _checked(fuller(Named("", task, attempt), text))


def _read(found: re.Match[str]) -> Named:
    """Read one of the forms."""
    words = found.groupdict(default="")
    if words["put_run"]:
        return Named(words["put_run"], words["put_task"], int(words["put_attempt"] or 0))
    if words["worker"]:
        return Named(words["batch"], words["worker"])
    if words["feature"]:
        return Named(words["feature"], words["subtask"])
    if words["alias"]:
        return Named(words["alias"], words["alias_task"])
    numbered = _NUMBERED.fullmatch(words["task"])
    return (
        Named(words["run"], numbered["task"], int(numbered["attempt"]))
        if numbered
        else Named(words["run"], words["task"])
    )


def _checked(one: Named) -> Named:
    """Return names that can be file names, else none."""
    words = (one.run, one.task)
    return Named() if any(".." in word or word.endswith(".lock") for word in words) else one
