"""The pages: all runs, one run, and the files that a run's page leads to."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from batchpack.dashboard import overview
from batchpack.dashboard.news import News
from batchpack.dashboard.runs import Kept, Runs
from batchpack.errors import BatchpackError, BrokenFile
from batchpack.files import inside, read_text
from batchpack.metrics import allowed, diffs, page
from batchpack.metrics.values import Record

MOST_PAGES = 4
"""Pages of runs that are kept; one of a thousand tasks takes 2 MB."""
MOST_BYTES = 2_000_000
"""Of longer files the end is shown."""
HERE = "batchpack-stamp"


class Made(NamedTuple):
    """The page of a run as it was made, and the files that it leads to."""

    record: Record
    text: str
    files: frozenset[str]


class Site:
    """What is served below the token; one request at a time reads and renders."""

    def __init__(self, runs: Runs, news: News) -> None:
        self._runs, self._news, self._lock = runs, news, Lock()
        self._pages = Kept(runs.files, self._make, MOST_PAGES)
        self._overview = overview.Overview(runs)

    def application(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/", self.all_runs),
                Route("/runs/{run}/", self.one_run),
                Route("/runs/{run}/{path:path}", self.file),
            ],
            exception_handlers={404: lambda *_: _unknown(), Exception: _bug},
        )

    def all_runs(self, request: Request) -> Response:
        """Answer with the list of runs."""
        with self._lock:
            tag, words = self._overview.look()
            self._ask_for_news()
            return _answer(request, tag, lambda: overview.text(words, tag))

    def one_run(self, request: Request) -> Response:
        """Answer with the page of a run."""
        try:
            with self._lock:
                found = self._page(request.path_params["run"])
        except BatchpackError as error:
            return PlainTextResponse(f"{error.message}\n{error.hint}\n", 500)
        return (
            _unknown() if found is None else _answer(request, found[0], lambda: found[1].text.replace(HERE, found[0]))
        )

    def file(self, request: Request) -> Response:
        """Answer with a file that the page of a run leads to, as text."""
        path = request.path_params["path"]
        with suppress(BatchpackError, OSError), self._lock:
            found = self._page(request.path_params["run"])
            if found is not None and path in found[1].files:
                return PlainTextResponse(_content(found[1].record, path))
        return _unknown()

    def _page(self, run: str) -> tuple[str, Made] | None:
        """Return a run's page with the word that changes with it, None for a run that is not to be shown."""
        folder = self._runs.folder(run)
        found = None if folder is None else self._pages.get(folder)
        self._ask_for_news()
        return found

    def _ask_for_news(self) -> None:
        """Have what is new in the hosts' records collected, where a run that is shown has use for it."""
        if self._runs.wants_news():
            self._news.want()

    def _make(self, folder: Path) -> tuple[Made, bool]:
        """Make the page of a run, and tell whether it grows with the clock."""
        found, itself = self._runs.read(folder)
        record = diffs.offered(found)
        text = page.text(record, record.folder / "index.html", itself, page.Live(home="../../", stamp=HERE))
        links = [link for task in record.tasks for link in task.links]
        links += [link for one in record.attempts for link in one.links]
        return Made(record, text, frozenset(link.path for link in links)), record.standing == "running"


def _answer(request: Request, tag: str, text: Callable[[], str]) -> Response:
    """Answer with a page and the word of its state, or that the reader has it already."""
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304)
    script = allowed.policy(read_text(page.STYLE), read_text(page.SCRIPT))
    headers = {"Content-Security-Policy": f"{script}; frame-ancestors 'none'"}
    return HTMLResponse(text(), headers=headers)


def _unknown() -> Response:
    """Say that there is no such page."""
    return PlainTextResponse("There is no such run or file here.\n", 404)


def _bug(_: Request, error: Exception) -> Response:
    """Say what went wrong with us; the page that asked shows it, and goes on asking."""
    return PlainTextResponse(f"This is a bug in batchpack: {type(error).__name__}: {error}\n"[:300], 500)


def _content(record: Record, path: str) -> str:
    """Return a file of a run as text: a diff from git, of a long file the end. Raises OSError or UnsafePath."""
    if path.startswith(f"{diffs.FOLDER}/"):
        return diffs.shown(record, path) or "git does not have these commits any more.\n"
    handle = os.open(inside(record.folder, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as stream:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise BrokenFile(record.folder / path, "it is no file")
        left_out = stream.seek(max(0, about.st_size - MOST_BYTES))
        text = stream.read(MOST_BYTES).decode(errors="replace")
    return f"… {left_out} bytes before this are left out\n{text}" if left_out else text
