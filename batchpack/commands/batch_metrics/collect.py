"""`batch-metrics collect`: take in what is new, and say what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from batchpack.amounts import count
from batchpack.app import App
from batchpack.metrics import gathering
from batchpack.output import say, say_json

if TYPE_CHECKING:
    from batchpack.ledger import Told


@click.command(short_help="Take in what is new in the records of this machine.")
@click.option("--told", is_flag=True, help="List all that could not be read, not only what is new.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
@click.pass_obj
def command(app: App, told: bool, as_json: bool) -> None:
    """Take in what is new in the records of this machine. `batch-metrics` does so by itself before it shows figures."""
    found = gathering.collect(app)
    complaints = found.complaints
    if told:
        with gathering.opened(app, news=False) as ledger:
            complaints = tuple(ledger.complaints())
    if as_json:
        counts = {"portions": found.portions, "requests": found.requests, "unchanged_sources": found.skipped}
        say_json({**counts, "complaints": [_facts(one) for one in complaints]})
        return
    say(f"{count(found.requests, 'new request')}; {count(found.skipped, 'source')} unchanged")
    if complaints or told:
        say("\n".join(_lines(complaints)))


def _facts(one: Told) -> dict[str, Any]:
    """Return a complaint for programs."""
    where, reason = one.complaint.where, one.complaint.reason
    known = {"collector": one.collector, "source": one.source, "where": where, "reason": reason}
    return {**known, "at": one.at, "times": one.times, "whole": one.whole}


def _lines(complaints: Sequence[Told]) -> list[str]:
    """Say what could not be read, and where."""
    from batchpack.plaintext import line

    found = list[str]()
    for one in complaints:
        place = line(f"{one.source or one.collector}{one.complaint.where and f', {one.complaint.where}'}")
        again = f" ({one.times} times)" if one.times > 1 else ""
        found += [f"{place}{again}", f"  {line(one.complaint.reason)}"]
    return found or ["Everything could be read."]
