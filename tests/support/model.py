"""A scripted model behind a loopback server: each request becomes a Conversation, a script answers, all is logged."""

from __future__ import annotations

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Role = Literal["user", "assistant", "tool"]


@dataclass(frozen=True)
class Call:
    """A tool call that a model makes."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """A message of a conversation; of a tool's answer, `tool` is the call that it answers."""

    role: Role
    text: str
    calls: tuple[Call, ...] = ()
    tool: Call | None = None


@dataclass(frozen=True)
class Conversation:
    """What a host sent: system text, messages, each tool's required parameters, and all that each has."""

    system: str
    messages: tuple[Message, ...]
    tools: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What the model says and calls, after holding the request for some seconds; another status refuses it."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    seconds: float = 0.0
    status: int = 200


Script = Callable[[Conversation], Answer]


@dataclass(frozen=True)
class Exchange:
    """A request with its answer, and when it came and was answered (seconds, monotonic)."""

    body: dict[str, Any]
    conversation: Conversation
    answer: Answer
    came: float
    ended: float


@dataclass
class Log:
    """All exchanges so far; `arrived` are the conversations, also of requests still held; `faults` the script's."""

    exchanges: list[Exchange] = field(default_factory=list)
    arrived: list[Conversation] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Wire(ABC):
    """How one API writes a conversation and its answers."""

    path: str

    @abstractmethod
    def read(self, body: dict[str, Any]) -> Conversation:
        """Understand a request."""

    @abstractmethod
    def write(self, body: dict[str, Any], answer: Answer, number: int) -> Iterator[bytes]:
        """Write an answer as server-sent events."""


@dataclass(frozen=True)
class Model:
    """A running server."""

    url: str
    log: Log


@contextmanager
def serving(wire: Wire, script: Script) -> Iterator[Model]:
    """Serve a script on loopback until the block ends; held requests are let go then."""
    log, closing = Log(), threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(wire, script, log, closing))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Model(f"http://127.0.0.1:{server.server_address[1]}", log)
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(wire: Wire, script: Script, log: Log, closing: threading.Event) -> type[BaseHTTPRequestHandler]:
    """Make the request handler of a server."""

    class Handler(BaseHTTPRequestHandler):
        """Answers the API's one path, and everything else with 404."""

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Say nothing."""

        def do_GET(self) -> None:
            """Answer that nothing is there."""
            self.send_error(404)

        def do_POST(self) -> None:
            """Hand the request to the script, hold it as long as it says, and stream the answer."""
            came = time.monotonic()
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.path.split("?")[0] != wire.path:
                self.send_error(404)
                return
            body = json.loads(raw)
            conversation = wire.read(body)
            with log.lock:
                log.arrived.append(conversation)
                number = len(log.arrived)
            answer = _answer(script, conversation, log)
            if closing.wait(answer.seconds):
                return
            with log.lock:
                log.exchanges.append(Exchange(body, conversation, answer, came, time.monotonic()))
            if answer.status == HTTPStatus.OK:
                _stream(self, wire.write(body, answer, number), number)
            else:
                _refuse(self, answer.status)

    return Handler


def _refuse(handler: BaseHTTPRequestHandler, status: int) -> None:
    """Refuse a request as a service does that is too busy."""
    said = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    body = json.dumps(said).encode()
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _stream(handler: BaseHTTPRequestHandler, events: Iterator[bytes], number: int) -> None:
    """Send the events; a host that went away meanwhile is fine."""
    try:
        handler.send_response(HTTPStatus.OK)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("request-id", f"req_{number}")
        handler.send_header("connection", "close")
        handler.end_headers()
        for event in events:
            handler.wfile.write(event)
            handler.wfile.flush()
    except (BrokenPipeError, ConnectionResetError):
        pass
    handler.close_connection = True


def _answer(script: Script, conversation: Conversation, log: Log) -> Answer:
    """Ask the script; where it cannot go on, the model says why, which ends the session, and the log has it."""
    try:
        return script(conversation)
    except AssertionError as error:
        log.faults.append(str(error))
        return Answer(f"I cannot go on: {error}")


def plain(content: object) -> str:
    """Return the text of a message's content: a string, or a list of parts of which some hold text."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]) for part in parts if isinstance(part, dict) and "text" in part)
