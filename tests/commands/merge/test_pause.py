"""`batchpack merge pause`: nothing is merged until it is lifted."""

from __future__ import annotations

from tests.merging.desk import Desk


def test_a_pause_holds_what_is_ready(desk: Desk) -> None:
    """A paused queue merges nothing, says why, and says how it goes on; also while the run is driven."""
    desk.queue(one={"one.txt": "1\n"})
    with desk.made.locked():
        said = desk.merge("pause", "--reason", "release").assert_ok().out

    assert f"Paused. Let it go on with: batchpack merge resume {desk.made.short}\n" == said
    done = desk.merge("run")
    done.assert_failed(code=1)
    assert "Not merged: the merge queue is paused: release\n" == done.out
    assert "Paused: release\n" in desk.merge("status").assert_ok().out
    assert {"one": "ready"} == desk.states()
    assert "x" == desk.merge("pause", "--reason", "x", "--json").json()["paused"]
