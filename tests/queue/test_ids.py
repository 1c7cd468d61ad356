"""Names: what may be one, and how new ones look."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.queue import ids


@pytest.mark.parametrize("word", ["a", "chunk-01", "20260102t030405-a1b2", "A.b_c-9", "x" * 64])
def test_plain_words_are_names(word: str) -> None:
    """Letters, digits, points, hyphens and underscores make a name."""
    assert word == ids.check("batch", word)


@pytest.mark.parametrize("word", ["", "..", "a..b", ".a", "-a", "a/b", "a\x00", "a\n", "é", "x" * 65, "a.lock"])
def test_words_that_lead_elsewhere_are_none(word: str) -> None:
    """What could leave a folder, hide, or be taken for an option or a lock is refused."""
    with pytest.raises(ids.BadName):
        ids.check("batch", word)


def test_latest_is_no_name() -> None:
    """The word that means the newest batch names none."""
    with pytest.raises(ids.BadName, match="'latest' cannot be"):
        ids.check_batch("latest")


def test_workers_may_have_an_at() -> None:
    """A worker may be called user@machine; a task may not."""
    assert "me@box" == ids.check_worker("me@box")
    with pytest.raises(ids.BadName):
        ids.check("task", "me@box")
    with pytest.raises(ids.BadName):
        ids.check_worker("a b")


def test_new_batches_are_named_by_the_time() -> None:
    """A new name is a name, begins with the time in UTC, and ends with digits that are no year."""
    made = ids.new_batch(datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC))

    assert "20260203t040506-" == ids.check_batch(made)[:16]
    assert made[16] in "abcdef"


@given(
    words=st.lists(
        st.one_of(st.text(max_size=5), st.from_regex(r"[a-c.]{1,3}(\.lock)?\n?", fullmatch=True)), max_size=4
    )
)
def test_many_at_once(words: list[str]) -> None:
    """Many words are names exactly where each of them is."""

    def is_name(word: str) -> bool:
        with suppress(ids.BadName):
            return word == ids.check("item", word)
        return False

    assert all(map(is_name, words)) == ids.are_names(words)
