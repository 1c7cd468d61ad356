"""The only room that prints: facts to standard output, warnings to standard error, JSON with its schema version."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, TextIO, cast

SCHEMA = 1


def say(text: str = "") -> None:
    """Print a line for the reader on standard output."""
    print(_printable(text, sys.stdout), flush=True)


def warn(text: str) -> None:
    """Print a line on standard error: what the reader should know but the output must not hold."""
    if sys.stderr is None:  # else print would take standard output for it
        return
    try:
        print(_printable(text, sys.stderr), file=sys.stderr, flush=True)
    except OSError:  # nobody is left who could be told
        _point_away(sys.stderr)


def _printable(text: str, stream: TextIO | None) -> str:
    """Return a text with the letters that a stream cannot show, and halves of surrogate pairs, as escapes.

    A stream that was closed before the program began is None; print lets the text for it go.
    """
    encoding = stream.encoding if stream and stream.encoding else "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def say_json(facts: dict[str, Any]) -> None:
    """Print facts as one JSON object whose first key is `schema`, the version of its shape."""
    say(_json({"schema": SCHEMA, **facts}, indent=2))


def say_json_line(facts: dict[str, Any]) -> None:
    """Print facts as JSON on a line of its own, for streams; the first key is `schema` here too."""
    say(_json({"schema": SCHEMA, **facts}))


def _json(facts: dict[str, Any], indent: int | None = None) -> str:
    """Return facts as JSON, with JSON's own escapes for the letters that standard output cannot show."""
    text = json.dumps(facts, ensure_ascii=False, indent=indent, default=str)
    return text if _printable(text, sys.stdout) == text else json.dumps(facts, indent=indent, default=str)


def stream() -> TextIO:
    """Return standard output for what is written piece by piece, letters that it cannot show as escapes.

    One that was closed takes nothing.
    """
    if sys.stdout is None:
        return open(os.devnull, "w")  # noqa: PTH123 - until the end
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    return sys.stdout


def is_terminal() -> bool:
    """Tell whether a person is looking at standard output."""
    return sys.stdout is not None and sys.stdout.isatty()


def window() -> int | None:
    """Return how many letters a line has on the terminal, or as COLUMNS says; None where nothing limits it."""
    import shutil

    wide = shutil.get_terminal_size((0, 0)).columns if is_terminal() or os.environ.get("COLUMNS") else 0
    return wide or None


def mute() -> None:
    """Point standard output away, so that nothing complains any more of a reader who left."""
    if sys.stdout is not None:
        _point_away(sys.stdout)


def _point_away(stream: TextIO) -> None:
    """Have what is written to a stream from now on go nowhere, with what it still holds."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@contextmanager
def outliving() -> Iterator[None]:
    """Let work go on when its words can no longer be printed, be it that `head` has left or that a disk is full."""
    try:
        yield
    except OSError as error:
        mute()
        if error.errno != errno.EPIPE:
            warn(f"nothing more is printed ({error.strerror}); the work goes on")


def confirm(question: str) -> bool:
    """Ask a person a question whose usual answer is yes; the end of input is a no, an interrupt goes through."""
    known = {"": True, "y": True, "yes": True, "n": False, "no": False}
    answer = None
    while answer is None:
        try:
            answer = known.get(input(f"{question} [Y/n]: ").strip().lower())
        except EOFError:
            say()
            return False
    return answer


@contextmanager
def watched(view: Callable[[], str]) -> Iterator[None]:
    """Show a text anew several times a second while a person is looking; it is gone at the end."""
    if not is_terminal():
        yield
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(file=cast("IO[str]", _Lasting(sys.stdout)))
    with Live(get_renderable=lambda: Text(view()), refresh_per_second=8, transient=True, console=console):
        yield


class _Lasting:
    """A terminal that may be closed while it is painted on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write as long as somebody looks."""
        with outliving():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Push out what was written as long as somebody looks."""
        with outliving():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        """Return what the terminal has."""
        return getattr(self._stream, name)


def show_page(address: str) -> bool:
    """Show a page in the user's browser; tells whether one could be started."""
    import webbrowser

    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
