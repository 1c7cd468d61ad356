"""The executor `opencode`: one task by `opencode run`, with no more rights than the work needs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from batchpack import process
from batchpack.errors import BatchpackError
from batchpack.executor import Answer, Launch, Order, Pause, Usage, asked_to_wait, events, last_words
from batchpack.protected import READ_ONLY_COMMANDS, TURNED_COMMANDS

from .records import database, opened  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .rules import edits  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

NAME = "opencode"
TITLE = "opencode, headless"
AGENT = True
PROGRAM = "opencode"

GIT_ALLOWED = ("add", "commit")
SETTINGS = "OPENCODE_CONFIG_CONTENT"
PARTS = re.compile(r"&&|\|\||[;|\n]")
"""What stands between the commands of a line, each of which opencode judges by itself."""
SESSION = re.compile(r"ses_[A-Za-z0-9]{10,64}")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
FELL_BACK = re.compile(r'agent "[^"\n]*" (?:not found|is a subagent)[^\n]*')
BUSY = frozenset({408, 409, 429, 500, 502, 503, 504, 524, 529})
CLOSED = frozenset({401, 402, 403, 404})
QUOTA = re.compile(r"insufficient_quota|insufficient credits|credit balance|check your plan and billing", re.IGNORECASE)
LOCKED = re.compile(r"database is locked|SQLITE_BUSY|Failed query: [A-Za-z ]{0,40}")
FIRST_STARTS = 2.0
"""Seconds until a start after which another opencode has made its records."""
OF_THE_WORK = frozenset({"ContextOverflowError", "MessageAbortedError", "MessageOutputLengthError"})
"""Errors that the task itself may have led to."""
CHILDREN = """
WITH RECURSIVE child(id) AS (
    SELECT id FROM session WHERE parent_id = :session
    UNION SELECT session.id FROM session JOIN child ON session.parent_id = child.id
)
SELECT coalesce(sum(tokens_input), 0), coalesce(sum(tokens_output + tokens_reasoning), 0),
    coalesce(sum(tokens_cache_read), 0), coalesce(sum(tokens_cache_write), 0), coalesce(sum(cost), 0)
FROM session WHERE id IN child AND time_created >= :since
"""


def missing() -> str:
    """Say how to get the program if it is not there."""
    if process.find(PROGRAM):
        return ""
    return f"the program `{PROGRAM}` is not on PATH; npm install -g opencode-ai@1 brings it"


def launch(order: Order) -> Launch:
    """Return `opencode run` with the prompt on standard input: edits in its folder, git's commits, the given commands.

    An agent of the user's own brings its own rules, which win. A session is gone on with where opencode still has it.
    """
    argv = [PROGRAM, "run", "--format", "json", f"--title={order.task}"]
    argv += [f"--model={order.model}"] if order.model else []
    argv += [f"--agent={order.agent}"] if order.agent else []
    argv += [f"--session={order.session}"] if _is_there(order.session) else []
    told = {SETTINGS: _settings(order.commands), "OPENCODE_DISABLE_AUTOUPDATE": "1", "PWD": str(order.folder)}
    return Launch(tuple(argv), told, order.prompt)


def _settings(commands: Iterable[str]) -> str:
    """Return settings that go before the user's, with what stands in the same variable already."""
    try:
        given = json.loads(os.environ.get(SETTINGS, "{}"))
    except ValueError:
        given = {}
    given = given if isinstance(given, dict) else {}
    return json.dumps({**given, "snapshot": False, "permission": permissions(commands)})


def permissions(commands: Iterable[str]) -> dict[str, Any]:
    """Return the rules for a session; of a line of several commands each is allowed as it stands."""
    looking = [form for command in READ_ONLY_COMMANDS for form in (command, f"{command} *")]
    own = [part.strip() for line in commands for part in (line, *PARTS.split(line)) if part.strip()]
    allowed = [*looking, *(f"git {verb} *" for verb in GIT_ALLOWED)]
    bash = {"*": "deny", **dict.fromkeys(allowed, "allow"), **dict.fromkeys(TURNED_COMMANDS, "deny")}
    return {
        "edit": edits("project"),
        "bash": {**bash, **dict.fromkeys(own, "allow")},
        "external_directory": {"*": "deny", "*/.batchpack/*": "allow"},
        "question": "deny",
        "doom_loop": "deny",
    }


def _ask(query: str, words: Mapping[str, object]) -> tuple[Any, ...] | None:
    """Ask opencode's records, without changing them; None where they cannot be read or hold nothing."""
    try:
        with opened(database()) as records:
            found = records.execute(query, words).fetchone()
    except BatchpackError:
        return None
    return tuple(found) if found else None


def _is_there(session: str) -> bool:
    """Tell whether opencode has a session."""
    known = SESSION.fullmatch(session) and _ask("SELECT 1 FROM session WHERE id = :id", {"id": session})
    return bool(known)


def read(order: Order, out: Path, err: Path, code: int) -> Answer:
    """Read the events: the last words, the session, what it and its subagents used, and what was in its way."""
    found = _Stream()
    for event in events(out):
        found.take(event)
    said = COLOURS.sub("", last_words(err))
    return Answer("\n".join(found.texts), found.usage(order.model), found.session, found.pause(said, code))


class _Stream:
    """What a session's events come to."""

    def __init__(self) -> None:
        self.session, self.texts = "", list[str]()
        self._message, self._since = "", 0
        self._tokens, self._cost, self._worked = [0, 0, 0, 0], 0.0, False
        self._error: Mapping[str, Any] = {}

    def take(self, event: Mapping[str, Any]) -> None:
        """Take in one event; unknown ones are passed over."""
        self.session = str(event.get("sessionID") or self.session)
        self._since = self._since or int(_number(event.get("timestamp")))
        part, error = event.get("part"), event.get("error")
        match event.get("type"):
            case "text" if isinstance(part, dict):
                self._text(part)
            case "step_finish" if isinstance(part, dict):
                self._step(part)
            case "error" if isinstance(error, dict):
                self._error = error

    def _text(self, part: Mapping[str, Any]) -> None:
        """Take in a text; those of the last message are kept."""
        if part.get("messageID") != self._message:
            self._message, self.texts = str(part.get("messageID")), []
        self.texts.append(str(part.get("text", "")))

    def _step(self, part: Mapping[str, Any]) -> None:
        """Take in what a step used."""
        self._worked, self._error = True, {}
        tokens = part.get("tokens")
        tokens = tokens if isinstance(tokens, dict) else {}
        cache = tokens.get("cache")
        cache = cache if isinstance(cache, dict) else {}
        used = (
            _number(tokens.get("input")), _number(tokens.get("output")) + _number(tokens.get("reasoning")),
            _number(cache.get("read")), _number(cache.get("write")),
        )  # fmt: skip
        self._tokens = [old + int(new) for old, new in zip(self._tokens, used, strict=True)]
        self._cost += _number(part.get("cost"))

    def usage(self, model: str) -> Usage | None:
        """Return what was used, subagents included; a price of 0 means that opencode knows none."""
        if not self._worked:
            return None
        children = _ask(CHILDREN, {"session": self.session, "since": self._since}) or (0, 0, 0, 0, 0.0)
        sent, got, cached, kept = (own + int(their) for own, their in zip(self._tokens, children[:4], strict=True))
        return Usage(sent, got, cached, kept, (self._cost + float(children[4])) or None, model)

    def pause(self, err: str, code: int) -> Pause | None:
        """Say what was in the way of the work, if anything but the work was."""
        if fell := FELL_BACK.search(err):
            return Pause(f"opencode: {fell[0]}", mends=False)
        if self._error:
            return self._of_error()
        if code > 0 and not self._worked:
            return _not_begun(err, code)
        return None

    def _of_error(self) -> Pause | None:
        """Say what the error that ended a session means."""
        data = self._error.get("data")
        data = data if isinstance(data, dict) else {}
        said = f"opencode: {str(data.get('message') or self._error.get('name'))[:300]}"
        status, body = data.get("statusCode"), str(data.get("responseBody", ""))
        if self._error.get("name") in OF_THE_WORK:
            return None
        if status in CLOSED or QUOTA.search(f"{said} {body}") or self._error.get("name") == "ProviderAuthError":
            return Pause(said, mends=False)
        if status in BUSY or (status is None and self._worked):
            return Pause(said, _wait(data, said))
        return Pause(said, mends=False) if status is None else None


def _not_begun(err: str, code: int) -> Pause:
    """Say why a program ended before any work; several that start at once may find its records locked."""
    if found := LOCKED.search(err):
        return Pause(f"opencode: its records are in use ({found[0]})", FIRST_STARTS)
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return Pause(f"opencode: {lines[-1][:300] if lines else f'it ended with exit code {code}'}", mends=False)


def _wait(data: Mapping[str, Any], said: str) -> float | None:
    """Return how many seconds the service asked to wait."""
    headers = data.get("responseHeaders")
    asked = headers.get("retry-after") if isinstance(headers, dict) else None
    return float(asked) if isinstance(asked, str) and asked.isdigit() else asked_to_wait(said)


def _number(value: object) -> float:
    """Return a number as it stands in the records, else 0."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
