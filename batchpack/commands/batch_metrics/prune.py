"""`batch-metrics prune`: forget what is old."""

from __future__ import annotations

import click

from batchpack.amounts import count
from batchpack.output import confirm, is_terminal, say, say_json


@click.command(short_help="Forget what models were used for before a moment.")
@click.option("--before", required=True, metavar="WHEN", help="Older than this: 2026-11-01, 90d, 52w.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON; asks nothing.")
def command(before: str, yes: bool, as_json: bool) -> None:
    """Remove from the ledger what models were used for before a moment, for good: it is not collected again.

    The records of hosts and runs themselves are not touched.
    """
    from batchpack import ledger as ledgers
    from batchpack.metrics import moments, wording

    moment = moments.parse(before)
    if (
        is_terminal()
        and not yes
        and not as_json
        and not confirm(f"Forget all before {wording.local(moment)} for good?")
    ):
        say("Nothing was removed.")
        return
    with ledgers.open() as ledger:
        gone = ledger.prune(moment)
    if as_json:
        say_json({"before": moment, "requests": gone.requests, "sessions": gone.sessions, "marks": gone.marks})
    else:
        parts = (count(gone.requests, "request"), count(gone.sessions, "session"), count(gone.marks, "mark"))
        say(f"Removed what was before {wording.local(moment)}: {', '.join(parts)}")
