"""How items become chunks: pure rules, the same for the same items in the same order."""

from __future__ import annotations

from dataclasses import dataclass

from batchpack.errors import UsageError

KNOWN = ("month", "week", "day", "size", "tokens")
MOST_ITEMS = 50
MOST_TOKENS = 20_000
NO_LABEL = "(none)"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk: its number from 1, what it holds, its items, their bytes and estimated tokens."""

    number: int
    label: str
    items: int
    size: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Rule:
    """By what items are put together, and how many, or how many tokens, a chunk holds at most.

    `by` is month, week, day, size (a fixed number), tokens, or a field of the items.
    """

    by: str
    most: int = MOST_ITEMS
    most_tokens: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no chunk could fulfil."""
        if self.most < 1 or (self.most_tokens is not None and self.most_tokens < 1):
            raise UsageError("a chunk holds one item at least", "give a larger --max")

    @property
    def tokens(self) -> int | None:
        """The tokens of a chunk at most; one item that has more is a chunk of its own."""
        return MOST_TOKENS if self.by == "tokens" and self.most_tokens is None else self.most_tokens


class Packer:
    """Puts items into chunks one after another: a new chunk begins with a new label, or where the present one is full.

    Called with an item's label, bytes and tokens, it returns the number of its chunk.
    """

    def __init__(self, rule: Rule) -> None:
        self._most, self._most_tokens = rule.most, rule.tokens
        self.done: list[Chunk] = []
        self._label: str | None = None
        self._number = self._part = self._items = self._size = self._tokens = 0

    def __call__(self, label: str | None, size: int, tokens: int) -> int:
        """Put the next item in and return the number of its chunk."""
        if (
            not self._items
            or label != self._label
            or self._items == self._most
            or (self._most_tokens is not None and self._tokens + tokens > self._most_tokens)
        ):
            self._begin(label)
        self._items += 1
        self._size += size
        self._tokens += tokens
        return self._number

    def finish(self) -> list[Chunk]:
        """Return all chunks."""
        self._close()
        return self.done

    def _begin(self, label: str | None) -> None:
        """Begin a chunk; those of one label are its parts."""
        self._close()
        self._part = self._part + 1 if self._number and label == self._label else 1
        self._label = label
        self._number += 1
        self._items = self._size = self._tokens = 0

    def _close(self) -> None:
        """Put the present chunk behind those that are done."""
        if self._items:
            name = NO_LABEL if self._label is None else self._label
            part = f" ({self._part})" if name and self._part > 1 else ""
            self.done.append(Chunk(self._number, f"{name}{part}", self._items, self._size, self._tokens))
            self._items = 0


def name(number: int, chunks: int) -> str:
    """Return the name of a chunk, wide enough that names sort as numbers do: `chunk-01`."""
    return f"chunk-{number:0{max(2, len(str(chunks)))}d}"
