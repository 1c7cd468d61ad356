"""The guard's table: every attack is refused with a line that helps, and work goes through."""

from __future__ import annotations

import pytest

from tests.guard.cases import ASKED, ATTACKS, GRANTED, WORK, Row
from tests.guard.conftest import Ground, given


def judged(ground: Ground, row: Row) -> str:
    """Judge a row."""
    agent, tool, argument = row
    return ground.judge(agent, tool, argument if isinstance(argument, dict) else given(tool, argument))


def named(rows: tuple[Row, ...]) -> list[str]:
    """Name rows for the list of tests."""
    return [f"{number}-{agent}-{tool}-{ascii(argument)[:50]}" for number, (agent, tool, argument) in enumerate(rows)]


@pytest.mark.parametrize("row", ATTACKS, ids=named(ATTACKS))
def test_attacks_are_refused(row: Row, ground: Ground) -> None:
    """An attack is refused in one line of plain letters that says what to do instead."""
    said = judged(ground, row)

    assert said.startswith("no: batchpack's guard: "), said
    assert "; " in said
    assert said.isprintable()
    assert len(said) < 1200


@pytest.mark.parametrize("row", WORK, ids=named(WORK))
def test_work_goes_through(row: Row, ground: Ground) -> None:
    """What an agent is there for meets no objection, and is left to the host's own rules."""
    assert "ok" == judged(ground, row)


@pytest.mark.parametrize("row", GRANTED, ids=named(GRANTED))
def test_the_packs_commands_are_granted(row: Row, ground: Ground) -> None:
    """A plain command of the pack that the block has is granted."""
    assert "allow" == judged(ground, row)


@pytest.mark.parametrize("row", ASKED, ids=named(ASKED))
def test_what_is_to_be_asked_is_asked(row: Row, ground: Ground) -> None:
    """The action `ask` is handed to the host."""
    assert "ask" == judged(ground, row)


def test_the_table_is_as_big_as_promised() -> None:
    """There are more than a hundred attacks and forty pieces of work, none of them twice."""
    assert len(ATTACKS) > 300
    assert len(WORK) + len(GRANTED) > 80
    assert len({repr(row) for row in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("wrong", [None, [], "x", 3])
def test_calls_without_parameters_or_name_are_refused(wrong: object, ground: Ground) -> None:
    """A call that is no call is refused."""
    assert ground.judge("builder", "edit", wrong).startswith("no: ")
    assert ground.judge("builder", wrong, {}).startswith("no: ")  # type: ignore[arg-type]
