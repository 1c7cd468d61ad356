"""The shapes of what is printed: whoever reads them mechanically finds the command and the calls."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from batchpack.runs import program, wording
from tests.support.orchestra import read


def test_a_step_is_a_line_and_its_command() -> None:
    """The line ends with `run:`, and the command stands alone on the next, four spaces in."""
    lines = wording.step("Then", "batch", "start", "a1b2", "1", *wording.fenced(3))
    assert ["Then run:", f"    {program.word()} batch start a1b2 1 --fence 3"] == lines


def test_a_fence_is_named_once_a_run_was_taken_over() -> None:
    """The first orchestrator needs no fence; every later one carries its own."""
    assert [(), ("--fence", "2"), ("--fence", "10")] == [wording.fenced(number) for number in (1, 2, 10)]


def test_calls_stand_between_two_empty_lines() -> None:
    """One call or many: a heading that counts them, an empty line, a line a call, an empty line."""
    rest = "together in one message and wait for all of them:"
    assert [f"Make 1 call {rest}", "", "a {}", ""] == wording.calls(["a {}"])
    assert [f"Make 2 calls {rest}", "", "a {}", "b {}", ""] == wording.calls(["a {}", "b {}"])


def test_calls_and_the_step_after_them_are_told_apart() -> None:
    """A reader of the whole text finds each call and the one command."""
    text = "\n".join([*wording.calls(['agent {"name":"run:"}']), *wording.step("Then", "runs")])
    found = read(text)
    assert (("agent", {"name": "run:"}),) == found.calls
    assert found.command == f"{program.word()} runs"


@given(st.text(), st.integers(1, 80))
def test_a_cut_text_is_one_line_of_at_most_that_length(text: str, most: int) -> None:
    """Whatever the text, it is one line that is short enough; only one that was too long is marked as cut."""
    line = wording.cut(text, most)
    whole = " ".join(text.split())
    assert len(line) <= most
    assert len(line.splitlines()) <= 1
    assert line == whole if len(whole) <= most else line.endswith("…")
