"""The commands of `task-cli` on batches: what may run side by side, the whole plan, the report of a finished batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from batchpack.commands.task_cli.shared import Call, shared

_feature = click.argument("feature")
_seqs = click.argument("seqs", nargs=-1, required=True, metavar="SEQ...")


@click.command("batch-check")
@_feature
@_seqs
@shared
def batch_check(call: Call, feature: str, seqs: tuple[str, ...]) -> int:
    """Check whether subtasks may run side by side, and who gets which; exit 1 if not, saying why."""
    from batchpack.tasks import reports, safety

    found, problems = call.feature(feature)
    check = safety.check_batch(found, seqs, str(call.project))
    delegated = [] if check.violations else reports.delegations(found, check.seqs)

    def facts() -> dict[str, Any]:
        return {
            "feature": found.name,
            "tasks": check.seqs,
            "safe": not check.violations,
            "violations": [{"rule": v.rule, "tasks": v.tasks, "text": v.text} for v in check.violations],
            "notes": check.notes,
            "delegate": [{"seq": each.seq, "agent": each.agent, "file": each.file} for each in delegated],
            **_split_facts(check.split),
        }

    code = call.answer(reports.check_lines(check, delegated), facts, problems)
    return 1 if check.violations else code


def _split_facts(split: Any) -> dict[str, Any]:
    """Say a split as facts."""
    batches = [{"number": number, "tasks": batch} for number, batch in enumerate(split.batches, 1)]
    return {"batches": batches, "fewest": split.fewest, "unplaced": split.unplaced}


@click.command()
@_feature
@shared
def batches(call: Call, feature: str) -> int:
    """Show the whole feature as safe batches, with the critical path."""
    from batchpack.tasks import graph, reports, safety

    found, problems = call.feature(feature)
    split = safety.plan(found, str(call.project))

    def facts() -> dict[str, Any]:
        chain = graph.critical_path({subtask.seq: subtask.depends_on for subtask in found.subtasks})
        widest = max((len(batch) for batch in split.batches), default=0)
        return {"feature": found.name, **_split_facts(split), "critical_path": chain, "widest": widest}

    return call.answer(reports.plan_lines(found, split), facts, problems)


@click.command()
@_feature
@_seqs
@click.option("--batch", type=click.IntRange(min=1), default=1, show_default=True, help="The batch's number.")
@click.option("--in", "base", type=click.Path(path_type=Path), help="Where deliverables lie  [default: here]")
@click.option("--verify/--no-verify", default=True, show_default=True, help="Look whether deliverables exist.")
@shared
def report(call: Call, feature: str, seqs: tuple[str, ...], batch: int, base: Path | None, verify: bool) -> int:
    """Report a finished batch; exit 1 if work or deliverables are missing."""
    from batchpack.tasks import reports

    found, problems = call.feature(feature)
    results = reports.results(found, seqs, (base or call.work_tree).resolve() if verify else None)

    def facts() -> dict[str, Any]:
        return {
            "feature": found.name,
            "batch": batch,
            "completed": sum(not result.failure for result in results),
            "failed": sum(bool(result.failure) for result in results),
            "tasks": [_result_facts(result) for result in results],
        }

    code = call.answer(reports.report_lines(found, batch, results, str(call.project)), facts, problems)
    return 1 if any(result.failure for result in results) else code


def _result_facts(result: Any) -> dict[str, Any]:
    """Say what became of a subtask."""
    return {
        "seq": result.subtask.seq,
        "title": result.subtask.title,
        "status": result.subtask.status,
        "ok": not result.failure,
        "failure": result.failure,
        "missing": result.evidence.missing,
        "unchanged": result.evidence.unchanged,
        "commits": result.evidence.commits,
        "summary": result.subtask.data.get("completion_summary"),
    }


COMMANDS = (batch_check, batches, report)
