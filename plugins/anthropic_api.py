"""Anthropic's Messages API and its Message Batches, spoken to through the official SDK."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from batchpack.errors import BatchpackError
from batchpack.files import fingerprint
from batchpack.markers import hookimpl
from batchpack.provider import BatchFacts, Client, Counts, Limits, Provider, Refused, Unknown

if TYPE_CHECKING:
    import anthropic

NAME, TITLE = "anthropic", "Anthropic"
LIMITS = Limits(requests=100_000, bytes=256_000_000, queued=200_000, results_days=29)
"""The documented limits; `queued` is that of the smallest tier. A megabyte is taken as 10^6 bytes, the safe reading."""

BATCHES = "/v1/messages/batches"
CHUNK = 1 << 18
UNCERTAIN = frozenset({408, 499})
"""Client errors that are about a lost connection: the request may have been carried out all the same."""
REFUSING = frozenset({529})
"""What the service answers to a single request that it is too busy to begin."""

NOT_IN_BATCHES = {"stream": "is not possible in a batch", "speed": "is not possible in a batch"}


def serves(model: str) -> bool:
    """Tell whether a model's name is one of Anthropic's."""
    return model.startswith("claude-")


def check(params: Mapping[str, Any]) -> list[str]:
    """Return what the Message Batches API would refuse, going by the parameters that the SDK knows."""
    from anthropic.types.message_create_params import MessageCreateParamsBase

    known = set(MessageCreateParamsBase.__annotations__) | set(NOT_IN_BATCHES)
    wrong = [f"{name} is no parameter of this version of the API" for name in params if name not in known]
    wrong += [f"{name} {reason}" for name, reason in NOT_IN_BATCHES.items() if params.get(name)]
    if not isinstance(params.get("model"), str) or not params["model"]:
        wrong.append("model is missing")
    tokens = params.get("max_tokens")
    if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 1:
        wrong.append("max_tokens must be a whole number from 1 on")
    return wrong


def answer_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return `output_config` for a JSON schema, in the form that structured outputs take."""
    import anthropic

    try:
        transformed = anthropic.transform_schema(dict(schema))
    except (ValueError, TypeError, AttributeError, AssertionError) as error:
        raise BatchpackError(f"the service cannot hold answers to this schema: {error}", "change the schema") from error
    return {"output_config": {"format": {"type": "json_schema", "schema": transformed}}}


def connect(base_url: str | None = None) -> Client:
    """Return a connection with the key of ANTHROPIC_API_KEY or the other credentials that the SDK finds."""
    import anthropic

    try:
        client = anthropic.Anthropic(base_url=base_url, max_retries=2)
    except (anthropic.AnthropicError, ValueError) as error:
        raise BatchpackError(f"no connection to {TITLE}: {error}", "mend the credentials and try again") from error
    if not (client.api_key or client.auth_token or client.credentials):
        raise BatchpackError(f"there is no key for {TITLE}", "set ANTHROPIC_API_KEY and run the command again")
    return _Connection(client)


class _Body:
    """A file as a request's body: read anew each time it is sent, never whole in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk


class _Connection:
    """The SDK's client behind the words of batchpack.provider."""

    def __init__(self, client: anthropic.Anthropic) -> None:
        self._client = client
        self.base_url = str(client.base_url).rstrip("/")
        secret = client.api_key or client.auth_token
        self.account = fingerprint((secret or f"{type(client.credentials).__name__} {self.base_url}").encode())[:12]

    def create(self, body: Path) -> BatchFacts:
        """Send the file once: a second sending could make a second batch."""
        headers = {"content-type": "application/json", "content-length": str(body.stat().st_size)}
        client = self._client.with_options(max_retries=0)
        with _translated():
            said = client.post(BATCHES, cast_to=object, content=_Body(body), options={"headers": headers})
        return _facts(said)

    def retrieve(self, batch: str) -> BatchFacts:
        """Ask for one batch."""
        return self._get(f"{BATCHES}/{batch}")

    def batches(self) -> Iterator[BatchFacts]:
        """Ask for pages of the list until it ends."""
        query: dict[str, object] = {"limit": 100}
        while True:
            with _translated():
                said = self._client.get(BATCHES, cast_to=object, options={"params": query})
            page: dict[str, Any] = said if isinstance(said, dict) else {}
            rows = page.get("data")
            if not isinstance(rows, list):
                raise Unknown("a list of batches was expected")
            yield from (_facts(row) for row in rows)
            if not rows or not page.get("has_more"):
                return
            query["after_id"] = rows[-1]["id"]

    def cancel(self, batch: str) -> BatchFacts:
        """Ask for the end of a batch; asking twice does no harm."""
        with _translated():
            return _facts(self._client.post(f"{BATCHES}/{batch}/cancel", cast_to=object))

    def results(self, batch: str) -> Iterator[bytes]:
        """Stream the results from below our own base URL: `results_url` may name any host, and would get the key."""
        import httpx2

        options: Any = {"headers": {"X-Stainless-Raw-Response": "stream", "accept": "application/x-jsonl"}}
        with _translated():
            response: Any = self._client.get(f"{BATCHES}/{batch}/results", cast_to=httpx2.Response, options=options)
            try:
                yield from _lines(response.iter_bytes(CHUNK))
            finally:
                response.close()

    def count_tokens(self, params: Mapping[str, Any]) -> int:
        """Ask what a request's input comes to; parameters that have no place in the question are left out."""
        from anthropic.types import MessageCountTokensParams

        known = MessageCountTokensParams.__annotations__
        with _translated():
            said = self._client.messages.count_tokens(**{k: v for k, v in params.items() if k in known})
        return said.input_tokens

    def message(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for one answer, once."""
        client = self._client.with_options(max_retries=0)
        with _translated(REFUSING):
            said = client.post("/v1/messages", cast_to=object, body=dict(params))
        if not isinstance(said, dict) or said.get("type") != "message":
            raise Unknown("a message was expected")
        return said

    def _get(self, path: str) -> BatchFacts:
        with _translated():
            return _facts(self._client.get(path, cast_to=object))


@contextmanager
def _translated(refusing: frozenset[int] = frozenset()) -> Iterator[None]:
    """Turn the SDK's errors, and those of its transport that it lets through, into Refused or Unknown.

    A status of 500 or more is no refusal unless it is one of `refusing`.
    """
    import anthropic
    import httpx2

    try:
        yield
    except anthropic.APIStatusError as error:
        if error.status_code not in refusing and (error.status_code in UNCERTAIN or error.status_code >= 500):
            raise Unknown(f"{error.status_code} {error.type or error.response.reason_phrase}") from error
        raise _refused(error) from error
    except anthropic.APIConnectionError as error:
        if isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout):
            raise Refused(0, "unreachable", str(error.__cause__) or "no connection") from error
        raise Unknown(type(error.__cause__ or error).__name__) from error
    except (httpx2.HTTPError, httpx2.StreamError, ValueError) as error:
        raise Unknown(f"{type(error).__name__}: {error}") from error
    except anthropic.AnthropicError as error:
        raise Refused(0, "credentials", str(error)) from error


def _refused(error: anthropic.APIStatusError) -> Refused:
    """Return our words for an answer of 4xx."""
    wait = error.response.headers.get("retry-after", "")
    seconds = float(wait) if wait.replace(".", "", 1).isdigit() else None
    said, kind = error.api_message or error.message, str(error.type or error.response.reason_phrase)
    return Refused(error.status_code, kind, said, retry_after=seconds, code=error.error_code or "")


def _facts(said: object) -> BatchFacts:
    """Return what an answer says of a batch; raises Unknown for one that says something else."""
    try:
        row = cast("dict[str, Any]", said)
        counts = Counts(**{name: int(row["request_counts"].get(name, 0)) for name in Counts.__slots__})
        times = {name: _time(row.get(name)) for name in ("expires_at", "ended_at", "archived_at")}
        created = datetime.fromisoformat(row["created_at"])
        return BatchFacts(str(row["id"]), row["processing_status"], counts, created, **times)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unknown("a batch was expected") from error


def _time(said: str | None) -> datetime | None:
    """Return a time that may be missing."""
    return datetime.fromisoformat(said) if said else None


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Split a stream into its lines."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from filter(None, whole)
    if rest:
        yield rest


@hookimpl
def batchpack_providers(register: Callable[[Provider], None]) -> None:
    """Offer this page."""
    register(cast("Provider", sys.modules[__name__]))
