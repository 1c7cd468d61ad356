"""What there is, read at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from batchpack import ledger as ledgers
from batchpack import manager
from batchpack.collector import Portion, Session, Source, Used
from batchpack.ledger import Ledger
from batchpack.metrics import overview
from batchpack.metrics.overview import Asked
from batchpack.runs.store import UnknownRun
from tests.execution.ground import RUN, task
from tests.support.records import START, began, judged, written

REGISTRY = manager.load()


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """Return a ledger in which two sessions used something, one of them for a run."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    ours = Session("claude", "1", project=str(tmp_path), run=RUN, task="a", attempt=1, agent="writer")
    other = Session("claude", "2", project="/elsewhere")
    facts = (Used(ours, "x", START + 1, "m", input=10), Used(other, "y", START - 86_400, "m", input=5))
    with ledgers.open() as made:
        made.take("test", Source("k", "1"), Portion(facts, {}), None)
        yield made


def test_runs_and_use_stand_side_by_side(ledger: Ledger, tmp_path: Path) -> None:
    """All of them, one project's, those since a moment, or one run's alone."""
    run = written(tmp_path, [task("a")], [(1, began("a")), (2, judged("a"))])

    def look(asked: Asked) -> tuple[list[str], int, int]:
        found = overview.gather(asked, REGISTRY, ledger)
        rows = found.usage["model"]
        return [one.run for one in found.known.records], sum(row.input for row in rows), len(found.usage["agent"])

    assert ([RUN], 15, 2) == look(Asked())
    assert ([RUN], 10, 1) == look(Asked(project=tmp_path))
    assert ([RUN], 10, 1) == look(Asked(since=START))
    assert ([], 0, 0) == look(Asked(since=START + 100))
    assert ([RUN], 10, 1) == look(Asked(folder=run.folder))


def test_figures_for_programs(ledger: Ledger, tmp_path: Path) -> None:
    """Runs with their tasks, totals, use, savings, and which prices were used; nothing that JSON cannot hold."""
    import json

    written(tmp_path, [task("a")], [(1, began("a")), (2, judged("a"))])
    facts = json.loads(json.dumps(overview.gather(Asked(), REGISTRY, ledger).to_json()))

    assert (1, 1, "a") == (facts["totals"]["runs"], len(facts["runs"]), facts["runs"][0]["by_task"][0]["task"])
    assert {"broken_runs": 0, "gone_runs": 0} == facts["left_out"]
    assert [15] == [row["tokens"] for row in facts["by_model"]]
    assert all("method" in one for one in facts["savings"])
    assert facts["prices"]["as_of"]


def test_the_newest_run_is_found_anywhere(ledger: Ledger, tmp_path: Path) -> None:
    """Of all runs or of one project; where there is none it is said."""
    with pytest.raises(UnknownRun):
        overview.newest(None, REGISTRY)
    run = written(tmp_path, [task("a")], [(1, began("a"))])

    assert run.folder == overview.newest(None, REGISTRY) == overview.newest(tmp_path, REGISTRY)
    with pytest.raises(UnknownRun):
        overview.newest(tmp_path / "other", REGISTRY)


def test_hosts_with_runs_of_all_projects_are_looked_at(ledger: Ledger, tmp_path: Path) -> None:
    """OSA keeps them in its own folder, below the home."""
    assert [tmp_path / "home/.osa/work/batches"] == overview.roots(REGISTRY)


def test_what_went_through_the_batch_service_is_compared(ledger: Ledger, tmp_path: Path) -> None:
    """With the same usage at standard price, from the ledger; direct requests are in neither side."""
    one = Used(Session("service", "job"), "a", START, "claude-sonnet-5-5", input=1_000_000, batch=True)
    facts = (one, one._replace(key="b"), one._replace(key="c", batch=False))
    ledger.take("service", Source("job", "1"), Portion(facts, {}), None)

    (price,) = overview.gather(Asked(), REGISTRY, ledger).savings

    assert ("price of messages", 2.0, 4.0, 2, 0) == (price.name, price.took, price.baseline, price.n, price.left_out)
