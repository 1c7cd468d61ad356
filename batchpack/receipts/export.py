"""Receipts as a file that people read or keep: the lines as they are, a table for a spreadsheet, or Markdown."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Iterable
from pathlib import Path

from batchpack.errors import UsageError
from batchpack.receipts.acts import Act, fold
from batchpack.receipts.values import Receipt, canonical

COLUMNS = ("act", "began", "ended", "standing", "what", "item", "task", "worker", "locator", "undo", "detail", "state")


def render(path: Path, receipts: Iterable[Receipt]) -> str:
    """Write receipts in the format of a file's name: .jsonl (the lines themselves), .csv or .md (a row an act)."""
    if path.suffix == ".jsonl":
        return "".join(canonical(receipt.to_json()) + "\n" for receipt in receipts)
    rows = [row(act) for act in fold(receipts).values()]
    if path.suffix == ".csv":
        return _csv(rows)
    if path.suffix == ".md":
        return _markdown(rows)
    raise UsageError(
        f"{path.name}: receipts are exported as .jsonl, .csv or .md", "end the file's name with one of them"
    )


def row(act: Act) -> dict[str, str]:
    """Return an act as texts of one line, by column."""
    facts = act.to_json()
    facts |= {"undo": shlex.join(act.undo), "state": "" if act.before.draft.state is None else _short(act)}
    return {name: plain(str(facts[name] or "")) for name in COLUMNS}


def _short(act: Act) -> str:
    """Return the state before an act as JSON."""
    return json.dumps(act.before.draft.state, ensure_ascii=False)


def plain(text: str) -> str:
    """Return a text on one line, with what hides or reorders letters as escapes."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def _csv(rows: list[dict[str, str]]) -> str:
    """Write a table whose cells no spreadsheet takes for formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(one[name]) for name in COLUMNS] for one in rows)
    return out.getvalue()


def _cell(text: str) -> str:
    """Return a cell that begins with no sign of a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _markdown(rows: list[dict[str, str]]) -> str:
    """Write a table whose cells are data only: no text in them becomes markup."""
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *(tuple(_literal(one[name]) for name in COLUMNS) for one in rows)]
    return "# Receipts\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _literal(text: str) -> str:
    """Return a text with the signs of Markdown and HTML as what they look like."""
    signs = "\\`*_[]<>|#!&~"
    return "".join(f"&#{ord(letter)};" if letter in signs else letter for letter in text)
