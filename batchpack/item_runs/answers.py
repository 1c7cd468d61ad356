"""Answers made into records: JSON found in the last words, held to a schema, one record an item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from batchpack.errors import UsageError
from batchpack.item_runs.values import Options, Said, Subject
from batchpack.items.records import DISPOSITIONS, RATIONALE_LIMIT, Judgement
from batchpack.messages.answers import BadAnswer
from batchpack.plaintext import line

KEPT = ("category", "disposition", "rationale", "data", "item")
CATEGORY_LIMIT = 200


def judged(options: Options, subject: Subject, said: Said) -> list[Judgement]:
    """Return a record for each item of a call; raises BadAnswer with what is wrong with the answer."""
    if said.code != 0 and not said.text.strip():
        raise BadAnswer("failed", f"it ended with exit code {said.code} and said nothing")
    if not options.executor.AGENT and options.reader is None:
        return [_of_command(str(one["id"]), said) for one in subject.items]
    if not options.executor.AGENT and said.code != 0:
        raise BadAnswer("failed", f"it ended with exit code {said.code}: {line(_tail(said.text))}")
    value = find(said.text, list if options.per == "chunk" else dict)
    if options.per == "chunk":
        return _of_each(options, subject, value)
    return [_of(str(subject.items[0]["id"]), value, options)]


def find(text: str, kind: type) -> Any:
    """Return the last JSON value of a kind in a text, alone or behind words, also in a fence; raises BadAnswer."""
    sign = "{" if kind is dict else "["
    decoder, found, at = json.JSONDecoder(), None, text.find(sign)
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find(sign, at + 1)
            continue
        found = value if isinstance(value, kind) else found
        at = text.find(sign, end)
    if found is None:
        raise BadAnswer("bad_json", f"there is no JSON {'object' if kind is dict else 'array'} in it")
    return found


def _of_each(options: Options, subject: Subject, value: list[Any]) -> list[Judgement]:
    """Return the records of a call about several items: each exactly once."""
    given = {str(one["item"]): one for one in value if isinstance(one, dict) and "item" in one}
    names = [str(one["id"]) for one in subject.items]
    if missing := [name for name in names if name not in given]:
        raise BadAnswer("schema", f"{len(missing)} items are missing: {', '.join(missing[:5])}")
    if len(given) != len(value) or set(given) - set(names):
        raise BadAnswer("schema", "it has items twice, or items that were not asked for")
    return [_of(name, {key: one for key, one in given[name].items() if key != "item"}, options) for name in names]


def _of(item: str, value: Mapping[str, Any], options: Options) -> Judgement:
    """Return the record that an object makes; with a schema of the user's all of it is kept as data."""
    if options.reader is not None:
        options.reader(json.dumps(value))
    category, disposition, why = value.get("category"), value.get("disposition", "done"), value.get("rationale") or ""
    if disposition not in DISPOSITIONS:
        raise BadAnswer("schema", f"disposition is none of {', '.join(DISPOSITIONS)}")
    if options.reader is None and not isinstance(category, str) and disposition == "done":
        raise BadAnswer("schema", "it has no category")
    data = dict(value) if options.reader is not None else value.get("data")
    try:
        return Judgement(item, disposition, line(category, CATEGORY_LIMIT) if isinstance(category, str) else None,
                         str(why)[:RATIONALE_LIMIT], data)  # fmt: skip
    except UsageError as error:
        raise BadAnswer("schema", error.message) from error


def _of_command(item: str, said: Said) -> Judgement:
    """Return the record of a command: done with exit code 0, its last line says why."""
    if said.code == 0:
        return Judgement(item, "done", None, line(_tail(said.text), 1000))
    raise BadAnswer("failed", f"it ended with exit code {said.code}: {line(_tail(said.text))}")


def _tail(text: str) -> str:
    """Return the last line that says something."""
    return next((one for one in reversed(text.splitlines()) if one.strip()), "")
