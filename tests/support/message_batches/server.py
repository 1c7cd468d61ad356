"""The stand-in's door: HTTP on loopback, with faults that are used up one after another."""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self

from tests.support.message_batches.books import Batch, Books, Options, compact
from tests.support.message_batches.wording import Answered

ROUTES = {
    ("POST", 0, ""): "create", ("GET", 0, ""): "list", ("GET", 1, ""): "retrieve", ("DELETE", 1, ""): "delete",
    ("POST", 2, "cancel"): "cancel", ("GET", 2, "results"): "results",
}  # fmt: skip
"""Method, words behind `/v1/messages/batches` and the last of two → the route's name, as faults name it."""

OTHERS = {"/v1/messages": "messages", "/v1/messages/count_tokens": "count_tokens"}


class Service:
    """The stand-in on a thread: `with Service(duration=.1) as service: service.url, service.stats()`.

    Options are those of `Options`. A fault names a route (or `any`), a kind, and how often (`times`) it happens:
    `status` (with status, type, details, retry_after), `html`, `drop_before`, `delay` (seconds); on create also
    `drop_after` and `status_after` (the batch is made, the answer is not), `late` (dropped, and made after `seconds`);
    `decoy_drop_before` and the like let another's batch of the same size in first;
    on results `truncate` (after `bytes`) and `bad_line`.
    """

    def __init__(self, port: int = 0, **options: Any) -> None:
        self.books = Books(Options(**options))
        self.faults: list[dict[str, Any]] = []
        handler = type("Bound", (Handler,), {"service": self})
        self._server = _Server(("127.0.0.1", port), handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def fault(self, kind: str, route: str = "create", **facts: Any) -> None:
        """Order a fault."""
        with self.books.lock:
            self.faults.append({"times": 1, **facts, "kind": kind, "route": route})

    def take(self, route: str) -> dict[str, Any]:
        """Use up the next fault of a route."""
        with self.books.lock:
            for fault in self.faults:
                if fault["route"] in (route, "any"):
                    fault["times"] -= 1
                    if fault["times"] <= 0:
                        self.faults.remove(fault)
                    return fault
        return {}

    def reset(self) -> None:
        """Begin with empty books and no faults; the options stay."""
        with self.books.lock:
            self.books.clear()
            self.faults.clear()

    def advance(self, seconds: float) -> None:
        """Set the server's clock forward."""
        with self.books.lock:
            self.books.offset += seconds

    def stats(self) -> dict[str, Any]:
        """Return the books."""
        with self.books.lock:
            return self.books.stats()

    def used(self) -> dict[str, int]:
        """Return the tokens that were charged for, by kind."""
        with self.books.lock:
            return self.books.used()

    def decoy(self, size: int, key: str = "", text: str = "of another") -> Batch:
        """Make a batch that somebody else sends, of this many requests."""
        rows = [
            {"custom_id": f"other-{number}", "params": {
                "model": "claude-haiku-5-5", "max_tokens": 9,
                "messages": [{"role": "user", "content": f"{text} {uuid.uuid4().hex} {number}"}],
            }}
            for number in range(size)
        ]  # fmt: skip
        with self.books.lock:
            workspace = self.books.options.keys.get(key, "")
            return self.books.create(json.dumps({"requests": rows}).encode(), "2026-10-21", workspace)

    def serve(self) -> None:
        """Answer until the end."""
        self._server.serve_forever(poll_interval=0.02)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that was killed is no news."""


class _Hang(Exception):
    """The connection ends without an answer."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    service: ClassVar[Service]

    def log_message(self, *_: object) -> None:  # noqa: D102 - silence
        return

    def do_GET(self) -> None:
        """Answer anything."""
        try:
            self._answer()
        except Answered as error:
            said: dict[str, Any] = {"type": error.kind, "message": error.words}
            if error.details:
                said["details"] = error.details
            self._reply({"type": "error", "error": said, "request_id": "req_1"}, error.status, error.headers)
        except _Hang:
            self._hang()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_POST = do_DELETE = do_GET  # noqa: N815 - the base class's names

    def _hang(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _reply(self, said: Any, status: int = 200, headers: dict[str, str] | None = None, html: bool = False) -> None:
        data = said.encode() if html else json.dumps(said).encode()
        self.send_response(status)
        kind = "text/html" if html else "application/json"
        for name, value in {"content-type": kind, "content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def _body(self) -> bytes:
        """Read the body; one over the limit is read to its end, so that the client sees the answer."""
        size, limit = int(self.headers.get("content-length") or 0), self.service.books.options.max_bytes
        if "chunked" in self.headers.get("transfer-encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        data = self.rfile.read(size)
        if len(data) < size:
            raise _Hang
        if size > limit:
            raise Answered(413, "Request exceeds the maximum size")
        return data

    def _route(self, path: str) -> tuple[str, str]:
        """Return the route's name and the batch's."""
        if path in OTHERS:
            return OTHERS[path], ""
        words = path.removeprefix("/v1/messages/batches").strip("/").split("/")
        words = [word for word in words if word]
        last = words[1] if len(words) == 2 else ""
        return ROUTES.get((self.command, len(words), last), ""), words[0] if words else ""

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self._body()
        if path.startswith("/_fake/"):
            return self._reply(self._ordered(path.removeprefix("/_fake/"), json.loads(body or b"{}")))
        route, name = self._route(path)
        books = self.service.books
        with books.lock:
            books.calls[route or "unknown"] += 1
        workspace = self._workspace()
        fault = self.service.take(route)
        if fault.get("kind", "").startswith("decoy_"):
            self.service.decoy(body.count(b'{"custom_id":'))
            fault = {**fault, "kind": fault["kind"].removeprefix("decoy_")}
        self._before(fault)
        if fault.get("kind") == "late":
            self._later(fault, body, workspace)
        with books.lock:
            said = self._act(route, name, body, dict(p.partition("=")[::2] for p in query.split("&") if p), workspace)
        if isinstance(said, Batch):
            return self._results(said, fault)
        if fault.get("kind") == "drop_after":
            raise _Hang
        if fault.get("kind") == "status_after":
            raise Answered(fault.get("status", 504), "gateway timeout after the batch was made")
        return self._reply(said)

    def _workspace(self) -> str:
        """Return the workspace of the key; raises Answered for none or a wrong one."""
        key = self.headers.get("x-api-key") or self.headers.get("authorization", "").removeprefix("Bearer ")
        keys = self.service.books.options.keys
        if not key or (keys and key not in keys):
            raise Answered(401, "invalid x-api-key")
        if not self.headers.get("anthropic-version"):
            raise Answered(400, "anthropic-version: header is required")
        return keys.get(key, "")

    def _before(self, fault: dict[str, Any]) -> None:
        """Let a fault happen that comes before anything is done."""
        kind = fault.get("kind")
        if kind == "delay":
            time.sleep(fault.get("seconds", 1))
        elif kind == "drop_before":
            raise _Hang
        elif kind == "html":
            self._reply("<html><body>Bad gateway</body></html>", fault.get("status", 502), html=True)
            raise BrokenPipeError
        elif kind == "status":
            headers = {"retry-after": str(fault["retry_after"])} if "retry_after" in fault else {}
            words, details = fault.get("message", "ordered"), fault.get("details")
            kind = fault.get("type", "")
            raise Answered(fault.get("status", 529), words, kind=kind, headers=headers, details=details)

    def _later(self, fault: dict[str, Any], body: bytes, workspace: str) -> None:
        """Drop the connection now, and make the batch after a while all the same."""
        version = self.headers["anthropic-version"]

        books = self.service.books
        with books.lock:
            books.landing += 1

        def make() -> None:
            with books.lock:
                books.create(body, version, workspace)
                books.landing -= 1

        timer = threading.Timer(fault.get("seconds", 0.5), make)
        timer.daemon = True
        timer.start()
        raise _Hang

    def _act(self, route: str, name: str, body: bytes, query: dict[str, str], workspace: str) -> Any:
        """Do what a route asks for; a batch stands for its results."""
        books, version = self.service.books, self.headers["anthropic-version"]
        acts: dict[str, Callable[[], Any]] = {
            "create": lambda: books.view(books.create(body, version, workspace)),
            "list": lambda: books.page(query, workspace),
            "retrieve": lambda: books.view(books.find(name, workspace)),
            "results": lambda: books.finished(name, workspace),
            "cancel": lambda: books.cancel(name, workspace),
            "delete": lambda: books.delete(name, workspace),
            "messages": lambda: books.direct(compact(body), version),
            "count_tokens": lambda: books.tokens(body, version),
        }
        if route not in acts:
            raise Answered(404, "Not found")
        return acts[route]()

    def _results(self, batch: Batch, fault: dict[str, Any]) -> None:
        """Stream the results, broken where a fault says so."""
        self.send_response(200)
        self.send_header("content-type", "application/x-jsonl")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        kind, sent, held = fault.get("kind"), 0, bytearray()
        for line in self.service.books.lines(batch):
            if kind == "truncate" and sent + len(line) > fault.get("bytes", 1000):
                self._chunk(bytes(held) + line[: max(1, fault.get("bytes", 1000) - sent)])
                self.wfile.flush()
                raise _Hang
            if kind == "bad_line":
                held, kind = held + b'{"custom_id": "broken\n', None
            held += line
            sent += len(line)
            if len(held) > 60_000:
                self._chunk(bytes(held))
                held.clear()
        self._chunk(bytes(held))
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _ordered(self, what: str, facts: dict[str, Any]) -> Any:
        """Do what a test in another process orders: fault, clock, options, stats, used."""
        service = self.service
        if what == "fault":
            service.fault(**facts)
        elif what == "clock":
            service.advance(facts.get("advance", 0))
        elif what == "options":
            with service.books.lock:
                for name, value in facts.items():
                    setattr(service.books.options, name, value)
            return asdict(service.books.options)
        elif what == "decoy":
            return {"batch": service.decoy(facts["size"], facts.get("key", "")).id}
        elif what == "reset":
            service.reset()
        elif what == "used":
            return service.used()
        return service.stats()
