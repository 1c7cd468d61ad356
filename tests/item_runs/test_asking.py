"""An answer got."""

from __future__ import annotations

import pytest

from batchpack.item_runs.asking import ask
from batchpack.item_runs.floor import Floor, Stopped
from batchpack.item_runs.values import Subject
from batchpack.messages.answers import BadAnswer
from tests.item_runs.conftest import Make

ONE = Subject("chunk-01", 1, ({"id": "i1", "fields": {}},))


def test_a_command_is_not_asked_twice(options: Make) -> None:
    """Only a model is asked once more: a command that failed has failed."""
    floor = Floor(options(command="echo x >> calls.txt; exit 1"), print)
    with pytest.raises(BadAnswer):
        ask(floor, ONE, "00")

    assert "x\n" == (floor.options.project / "calls.txt").read_text()
    assert 0 == floor.gate.running


def test_a_stop_is_raised_and_leaves_no_place_taken(options: Make) -> None:
    """A call that is stopped says so to its task."""
    floor = Floor(options(command="sleep 30"), print)
    floor.lost.add("chunk-01")
    with pytest.raises(Stopped):
        ask(floor, ONE, "00")

    assert 0 == floor.gate.running
