"""The task's text as it arrives: checked, freed of the quotes around it and of control characters."""

from __future__ import annotations

import re

from batchpack.errors import BatchpackError, UsageError

LIMIT = 100_000
"""Characters; longer texts belong into a file that the description names."""

QUOTES = {'"': '"', "'": "'", "“": "”", "\u2018": "\u2019", "«": "»", "`": "`"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class NotText(BatchpackError):
    """A description that is no text: binary data or a broken encoding."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the task description {reason}", "describe the task in plain UTF-8 text")


def clean(text: str) -> str:
    """Return the description to plan for; raises UsageError when it says nothing, NotText or BatchpackError else."""
    if len(text) > LIMIT:
        raise BatchpackError(
            f"the task description has {len(text):,} characters; the most is {LIMIT:,}",
            "put the details into a file in the project and name that file in a short description",
        )
    if "\0" in text:
        raise NotText("holds NUL bytes, so it is binary")
    if re.search("[\ud800-\udfff]", text):
        raise NotText("is not UTF-8")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _worded(unquoted(_CONTROL.sub(" ", lines).strip()).strip())


def _worded(text: str) -> str:
    """Refuse a text without a word in it."""
    if not re.search(r"[^\W_]", text):
        raise UsageError(
            "the task description is empty" if not text else f"there is no word in the task description {text[:20]!r}",
            'say what is to be done, e.g. batchpack plan "Add an API endpoint with tests"',
        )
    return text


def unquoted(text: str) -> str:
    """Drop one pair of quotes around the whole text; `"a" and "b"` has no such pair and stays."""
    if len(text) < 2 or QUOTES.get(text[0]) != text[-1]:
        return text
    closing = re.search(rf"(?<=\S){re.escape(text[-1])}(?!\w)", text[1:-1])
    opening = re.search(rf"(?<!\w){re.escape(text[0])}(?=\S)", text[1:-1])
    if closing and not (opening and opening.start() < closing.start()):
        return text
    return text[1:-1]
