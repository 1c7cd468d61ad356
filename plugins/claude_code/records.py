"""The lines of a transcript: which of them tell what a request used, and for whom it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from batchpack.attribution import Named, fuller, named
from batchpack.collector import MOST_OF_ONE, MOST_TOKENS, Complaint, Cursor, Fact, Session, Used

from .beside import facts, starter  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

HOST = "claude_code"
SYNTHETIC = "<synthetic>"
"""What Claude Code names as the model of its own messages, which no request was made for."""
USAGE, ANSWER = b'"usage"', b'"assistant"'
"""Only lines with both words are parsed; in texts, quotes have a backslash before them."""
RECORD, REQUEST = b'{"parentUuid":', b'"requestId":"'
HAND_IN = b"result put "
HAND_IN_SPAN, MOST_NAME = 260, 90
OPENING, OPENING_LINES = (b'"cwd"', b'"agentSetting"'), 60
"""So far from its beginning a transcript is looked through for the first thing that was said."""
COUNTS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
WORKTREE = re.compile(r"(?:/\.(?:batchpack|claude)/(?:.*/)?worktrees|/?\.worktrees)/.*$")
"""What stands behind the project's folder in the path of a work tree of an agent."""


class NoRecord(ValueError):
    """A line that is not what Claude Code writes."""

    def __str__(self) -> str:
        return "no record of Claude Code; it was passed over"


class Thread(NamedTuple):
    """What a transcript says of itself at its beginning, and so is kept for later readings."""

    run: str = ""
    task: str = ""
    attempt: int = 0
    project: str = ""
    agent: str = ""
    opened: bool = False

    @classmethod
    def of(cls, cursor: Cursor | None) -> Thread:
        """Read it out of a cursor; what does not belong there is as nothing."""
        default = cls()._asdict()
        kept = {key: cursor[key] for key in default if key in cursor} if cursor else {}
        return cls(**{key: value for key, value in kept.items() if type(value) is type(default[key])})

    def kept(self) -> dict[str, Any]:
        """Return what a cursor keeps of it."""
        return self._asdict()


class Records:
    """Reads the lines of one transcript, in their order; `lines` is how many were in the last portion."""

    def __init__(self, path: Path, thread: Thread) -> None:
        self.path, self.thread = path, thread
        self._sessions: dict[tuple[str, str], Session] = {}
        self._told: dict[tuple[str, str], Session] = {}
        self._last: tuple[bytes, bytes] | None = None
        self.lines = 0

    def facts(self, lines: bytes, before: int, *, torn: bool = False) -> Iterator[Fact]:
        """Yield what some lines tell; `before` of them stand above, `torn` says that the last one may lack its end."""
        if not self.thread.opened:
            self._open(lines)
        self._find_attempt(lines)
        used: dict[str, Used] = {}
        wrong: dict[Complaint, None] = {}
        foreign, number = [], before
        for number, line in enumerate(lines.split(b"\n"), before + 1):
            if not _is_object(line) and line.strip():
                foreign.append(number)
            for one in self._line(line) if USAGE in line and ANSWER in line else ():
                if isinstance(one, Used):
                    used[one.key] = _most(used[one.key], one) if one.key in used else one
                else:
                    wrong[Complaint(one, f"line {number}")] = None
        self.lines = number - before - 1
        yield from [] if torn else [*_foreign(foreign), *wrong]
        yield from self._changed()
        yield from used.values()

    def _changed(self) -> Iterator[Session]:
        """Yield the sessions that were not told of yet, or not so."""
        for name, session in self._sessions.items():
            if self._told.get(name) != session:
                self._told[name] = session
                yield session

    def _open(self, lines: bytes) -> None:
        """Look for what was said first, in which folder, and to which agent."""
        for line in lines.split(b"\n", OPENING_LINES)[:OPENING_LINES]:
            try:
                record = _parsed(line) if any(word in line for word in OPENING) else {}
            except ValueError:
                continue
            folder, agent = WORKTREE.sub("", _word(record.get("cwd"))), _word(record.get("agentSetting"))
            thread = self.thread
            self.thread = thread._replace(project=thread.project or folder, agent=agent or thread.agent)
            if record.get("type") == "user" and not record.get("isMeta"):
                self._tie(named(_said(record)))
                self.thread = self.thread._replace(opened=True)
                return
        self.thread = self.thread._replace(opened=lines.count(b"\n") > OPENING_LINES)

    def _find_attempt(self, lines: bytes) -> None:
        """Look for the command to hand in with: it names the attempt, and the run in full."""
        at = lines.find(HAND_IN) if self.thread.task and not self.thread.attempt else -1
        while at >= 0 and not self.thread.attempt:
            self._tie(fuller(Named(*self.thread[:3]), lines[at : at + HAND_IN_SPAN].decode("ascii", "replace")))
            at = lines.find(HAND_IN, at + 1)

    def _tie(self, names: Named) -> None:
        """Take over for what the thread works."""
        self.thread = self.thread._replace(run=names.run, task=names.task, attempt=names.attempt)
        self._sessions.clear()

    def _line(self, line: bytes) -> Iterator[Used | str]:
        """Yield what a line tells, and what is wrong with it.

        A session that was ended while it wrote goes on in the same line: what stands last there is a whole record.
        """
        if self._last and _tail(line) == self._last:
            return
        try:
            record = _parsed(line)
            yield from self._requests(record)
            self._last = _tail(line)
        except NoRecord as error:
            again = line.rfind(RECORD, 1)
            yield from [str(error)] if _is_object(line) else []
            yield from self._line(line[again:]) if again > 0 else ()
        except ValueError as error:
            yield str(error)

    def _requests(self, record: Mapping[str, Any]) -> Iterator[Used]:
        """Yield what one message used, and apart from it what was done beside it; raises ValueError."""
        message = record.get("message")
        if record.get("type") != "assistant" or not isinstance(message, dict):
            return
        usage, model = message.get("usage"), _word(message.get("model"))
        if model == SYNTHETIC or usage is None:
            return
        session = self._session(record)
        key, at = _key(record, message), _moment(record.get("timestamp"))
        yield _used(session, key, at, model, usage)._replace(dollars=_dollars(record.get("costUSD")))
        rounds = usage.get("iterations")
        for number, one in enumerate(rounds if isinstance(rounds, list) else ()):
            # Of a message's rounds the sum above holds those of its own; compaction and advice are apart from it.
            if isinstance(one, dict) and one.get("type", "message") != "message":
                yield _used(session, f"{key}:{number}", at, _word(one.get("model")) or model, one)

    def _session(self, record: Mapping[str, Any]) -> Session:
        """Return the conversation that a record belongs to; a copy of a record belongs to where it was made."""
        name = (_word(record.get("requestSessionId") or record.get("sessionId")), _word(record.get("agentId")))
        found = self._sessions.get(name)
        if found is None:
            found = self._sessions[name] = self._described(*name, record)
        return found

    def _described(self, name: str, part: str, record: Mapping[str, Any]) -> Session:
        """Say of a conversation who it is, whose it is and for what it works."""
        thread, found = self.thread, facts(self.path) if part else {}
        agent = _word(found.get("agentType")) or _word(record.get("attributionAgent")) or thread.agent
        parent = starter(self.path, found, name) if part else ""
        return Session(HOST, name, part, parent, _word(found.get("toolUseId")), agent, thread.project, *thread[:3])


def _foreign(numbers: Sequence[int]) -> Iterator[Complaint]:
    """Yield one complaint for all lines that are no objects, if there are any."""
    if numbers:
        more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
        yield Complaint(str(NoRecord()), f"line {numbers[0]}{more}")


def _is_object(line: bytes) -> bool:
    """Tell whether a line begins and ends like an object."""
    if line[:1] == b"{" and line[-1:] == b"}":
        return True
    bare = line.strip()
    return bare[:1] == b"{" and bare[-1:] == b"}"


def _parsed(line: bytes) -> dict[str, Any]:
    """Parse a line; raises NoRecord."""
    try:
        record = json.loads(line.decode())
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise NoRecord
    return record


def _tail(line: bytes) -> tuple[bytes, bytes] | None:
    """Return the usage and the request's id as they stand at the end of a line, behind all that anybody said.

    Lines of which both are the same, one for each block of a message, say the same once more, and most lines are such.
    """
    at = line.rfind(USAGE)
    name = line.find(REQUEST, at)
    if at < 0 or name < 0:
        return None
    return line[at:name].partition(b'"apiBlockIndex"')[0], line[name : line.find(b'"', name + len(REQUEST))]


def _used(session: Session, key: str, at: float, model: str, usage: object) -> Used:
    """Say what was used; raises ValueError for figures that make no sense."""
    if not isinstance(usage, dict) or not any(name in usage for name in COUNTS):
        raise ValueError("its usage has no figures that are known")
    written, tools = usage.get("cache_creation"), usage.get("server_tool_use")
    hour = _count(written, "ephemeral_1h_input_tokens") if isinstance(written, dict) else 0
    minutes = _count(written, "ephemeral_5m_input_tokens") if isinstance(written, dict) else 0
    total = max(_count(usage, COUNTS[3]), hour + minutes)
    model += "-fast" * (usage.get("speed") == "fast")  # that has another price
    return Used(
        session, key, at, model,
        input=_count(usage, COUNTS[0]), output=_count(usage, COUNTS[1]), cache_read=_count(usage, COUNTS[2]),
        write_5m=total - hour, write_1h=hour,
        web_searches=_count(tools, "web_search_requests") if isinstance(tools, dict) else 0,
        geography=_word(usage.get("inference_geo")), batch=usage.get("service_tier") == "batch",
    )  # fmt: skip


def _count(usage: Mapping[str, Any], name: str) -> int:
    """Return a count, 0 where there is none; raises ValueError for what is no count."""
    value = usage.get(name)
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value <= MOST_OF_ONE:
        raise ValueError(f"{name} is no number of tokens")
    return value


def _dollars(value: object) -> float | None:
    """Return what old versions say that a message cost."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < MOST_TOKENS else None


def _most(one: Used, other: Used) -> Used:
    """Return one request that was told twice: of each count the highest holds."""
    counts = {name: max(getattr(one, name), getattr(other, name)) for name in _COUNTED}
    return one._replace(**counts)


_COUNTED = ("input", "output", "cache_read", "write_5m", "write_1h", "web_searches")


def _key(record: Mapping[str, Any], message: Mapping[str, Any]) -> str:
    """Return what names a request for good: its message and its request, else its line; raises ValueError."""
    words = [_word(message.get("id"), MOST_NAME), _word(record.get("requestId"), MOST_NAME)]
    key = ":".join(word for word in words if word) or _word(record.get("uuid"), MOST_NAME)
    if not key:
        raise ValueError("it has no id, so it cannot be counted once")
    return key


def _moment(value: object) -> float:
    """Return a time in seconds since the epoch, 0 where it is none."""
    try:
        return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else 0.0
    except (ValueError, OverflowError):
        return 0.0


def _said(record: Mapping[str, Any]) -> str:
    """Return the text of what a user said."""
    message = record.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    parts = content if isinstance(content, list) else []
    texts = [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    return content if isinstance(content, str) else "\n".join(texts)


def _word(value: object, most: int = 4096) -> str:
    """Return a text of one line as it stands in the records, else nothing."""
    return value if isinstance(value, str) and len(value) <= most and value.isprintable() else ""
