"""Every file that a patch touches is found, or the patch is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchpack.guard.patch import HEADS, paths
from batchpack.guard.refusal import Refused

LINES = st.lists(
    st.sampled_from(
        ["+a", " b", "-c", "@@", "", "*** End of File", *(f"{head} x{at}" for at, head in enumerate(HEADS))]
    )
)


@settings(deadline=None)
@given(lines=LINES)
def test_every_head_gives_its_path(lines: list[str]) -> None:
    """The paths are those behind the heads, in their order."""
    text = "\n".join(["*** Begin Patch", *lines, "*** End Patch"])
    expected = [line.rsplit(" ", 1)[1] for line in lines if line.startswith(HEADS)]

    if expected:
        assert expected == paths(text)
    else:
        with pytest.raises(Refused):
            paths(text)


def test_added_lines_are_no_heads() -> None:
    """Text that is written to a file is not read as the patch's own."""
    assert ["a"] == paths("*** Begin Patch\n*** Add File: a\n+*** Add File: .env\n*** End Patch")


def test_spaces_and_carriage_returns_around_a_path_are_dropped() -> None:
    """A path is read as programs read it that cut spaces off."""
    assert ["a b"] == paths("*** Begin Patch\r\n*** Add File:   a b \r\n+x\r\n*** End Patch\r\n")


@pytest.mark.parametrize("line", ["*** Copy File: x", "***", "*** add file: x", "*** Add File: a:b", "***Add File: a"])
def test_unknown_lines_are_refused(line: str) -> None:
    """A line that another reader could take for a head is refused."""
    with pytest.raises(Refused):
        paths(f"*** Begin Patch\n*** Add File: a\n+x\n{line}\n*** End Patch")
