"""`batchpack merge resume`: a paused queue goes on."""

from __future__ import annotations

from tests.merging.desk import Desk


def test_a_pause_is_lifted(desk: Desk) -> None:
    """After it the next step merges; where nobody drives the run the command for that is told."""
    desk.queue(one={"one.txt": "1\n"})
    desk.merge("pause").assert_ok()

    said = desk.merge("resume").assert_ok().out

    assert [
        "It goes on.",
        f"Nobody drives the run. Merge what is ready with: batchpack merge run {desk.made.short}",
    ] == (said.splitlines())
    assert "It was not paused." in desk.merge("resume").assert_ok().out
    assert (None, 1) == tuple(desk.merge("resume", "--json").json()[name] for name in ("was_paused", "ready"))
    desk.merge("run").assert_ok()
    assert {"one": "merged"} == desk.states()
