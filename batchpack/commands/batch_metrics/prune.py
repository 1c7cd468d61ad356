"""`batch-metrics prune`: forget what is old."""

from __future__ import annotations

import time

import click

from batchpack import consent
from batchpack.amounts import count
from batchpack.errors import UsageError
from batchpack.output import say, say_json

PAST = "give a moment that is past, such as 90d"


@click.command(short_help="Forget what models were used for before a moment.")
@click.option("--before", required=True, metavar="WHEN", help="Older than this: 2026-11-01, 90d, 52w.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
def command(before: str, yes: bool, as_json: bool) -> int:
    """Remove from the ledger what models were used for before a moment, for good: it is not collected again.

    Files of marks go with it that are older and wholly collected. The records of hosts and runs are not touched.
    """
    from batchpack import ledger as ledgers
    from batchpack.metrics import moments, wording
    from batchpack.metrics.own import marks

    moment = moments.parse(before)
    if moment > time.time():
        raise UsageError(f"{before!r} lies ahead: what is still to come would be forgotten, too", PAST)
    when = wording.local(moment)
    if not yes and not consent.given(f"Forget for good what was before {when}?", "add --yes to forget it"):
        say("Nothing was removed.")
        return 1
    with ledgers.open() as ledger:
        files = marks.remove_old(ledger, moment)
        gone = ledger.prune(moment)
    if as_json:
        counts = {"requests": gone.requests, "sessions": gone.sessions, "marks": gone.marks, "files_of_marks": files}
        say_json({"before": moment, **counts})
    else:
        parts = (count(gone.requests, "request"), count(gone.sessions, "session"), count(gone.marks, "mark"))
        kept = f", {count(files, 'file')} of marks" if files else ""
        say(f"Removed what was before {when}: {', '.join(parts)}{kept}")
    return 0
