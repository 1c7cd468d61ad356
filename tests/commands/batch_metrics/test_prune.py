"""`batch-metrics prune`."""

from __future__ import annotations

from tests.support.metrics import ask, remember
from tests.support.project import Project


def test_old_facts_are_forgotten_on_demand(project: Project) -> None:
    """For good; nothing newer goes with them, and a moment must be given."""
    remember(project)
    ask(project, "prune").assert_failed("--before", code=2)
    ask(project, "prune", "--before", "2d").assert_failed("nobody is there to be asked", "add --yes", code=2)
    said = ask(project, "prune", "--yes", "--before", "2d").assert_ok().out

    assert ": 1 request, " in said
    assert [1000] == [row["input"] for row in ask(project, "--by", "model", "--json").json()["rows"]]
    assert 0 == ask(project, "prune", "--yes", "--before", "2d", "--json").json()["requests"]
