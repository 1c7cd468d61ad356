"""Rejects: the first broken row ends it all, or a limited number is set aside."""

from __future__ import annotations

import pytest

from batchpack.errors import BatchpackError
from batchpack.items.values import REJECT_LIMIT, BadRow, Rejects


def test_the_first_ends_it() -> None:
    """Without `keep_going` the first row that is broken is an error with its place and the way out."""
    with pytest.raises(BadRow, match="f:3: no good") as caught:
        Rejects().put("f:3", "no good")

    assert "--keep-going" in caught.value.hint


def test_too_many_are_something_else() -> None:
    """A thousand broken rows are set aside, one more says that the file is something else."""
    rejects = Rejects(keep_going=True)
    for number in range(REJECT_LIMIT):
        rejects.put(f"f:{number}", "no good")

    with pytest.raises(BatchpackError, match="1,000 rows before it"):
        rejects.put("f", "no good")
