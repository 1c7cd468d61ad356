"""The gate in front of the pages: only reading, only on this machine, only for who has the token."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HOSTS = ("127.0.0.1", "localhost")
"""What a browser on this machine, or at the other end of a tunnel to it, calls this server."""
HEADERS = {
    "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip


class Gate:
    """Lets through to an application what asks to read below `/<token>/`, and has every answer kept by nobody."""

    def __init__(self, application: Application, token: str) -> None:
        self._application, self._token = application, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        first, slash, _ = scope["path"].removeprefix("/").partition("/")
        refusal = self._refusal(Headers(scope=scope), scope["method"], first)
        if refusal is not None:
            await refusal(scope, receive, _guarded(send))
        elif not slash:
            await Response(status_code=307, headers={"Location": f"/{first}/"})(scope, receive, _guarded(send))
        else:
            await self._application({**scope, "root_path": f"/{first}"}, receive, _guarded(send))

    def _refusal(self, headers: Headers, method: str, token: str) -> Response | None:
        """Return the answer to a request that is not let through, None for one that is."""
        if _name(headers.get("host", "")) not in HOSTS:  # a page of elsewhere whose name was made to lead here
            return PlainTextResponse(f"This server answers to {' and '.join(HOSTS)} only.\n", 421)
        if not hmac.compare_digest(token.encode(errors="replace"), self._token):
            return PlainTextResponse("Take the whole address that `batchpack dashboard` printed.\n", 403)
        if method not in {"GET", "HEAD"}:
            return PlainTextResponse("Here is nothing but to read.\n", 405, {"Allow": "GET, HEAD"})
        return None


def _name(host: str) -> str:
    """Return the name in a Host header, without its port."""
    return host.rpartition(":")[0] if ":" in host else host


def _guarded(send: Send) -> Send:
    """Return a sender that adds to every answer what keeps it from others."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for key, value in HEADERS.items():
                headers[key] = value
            headers.setdefault("Content-Security-Policy", "default-src 'none'; sandbox")
        await send(message)

    return guarded
