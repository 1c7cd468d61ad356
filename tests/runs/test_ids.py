"""Names of runs and tasks: none leads elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batchpack.runs import ids


@pytest.mark.parametrize("task", ["../x", "", "a/b", "-rf", "x.lock", "a..b", "näh", "a\nb", "x" * 65])
def test_hostile_task_names_are_refused(task: str) -> None:
    """No name that could lead elsewhere becomes a path."""
    with pytest.raises(ids.BadName):
        ids.check_task(task)


@given(st.text(max_size=70))
@example("x\n")
@example("a/../b")
@example("٣")
def test_a_name_that_is_taken_stays_in_its_folder(word: str) -> None:
    """Whatever the word, one that is taken is one plain part of a path, and no option or hidden file."""
    for check in (ids.check_run_word, ids.check_task):
        try:
            taken = check(word)
        except ids.BadName:
            continue
        assert taken == word
        assert Path(taken).parts == (taken,)
        assert taken.isascii()
        assert taken[0] not in ".-"


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-12, 14))
def test_a_new_id_is_the_time_in_utc_and_a_short_name(when: datetime, hours: int) -> None:
    """Ids have their pattern and sort by time, and their short name cannot be taken for the start of an id."""
    moment = when.replace(tzinfo=timezone(timedelta(hours=hours)))
    run_id = ids.new_run_id(moment)
    assert ids.RUN_ID.fullmatch(run_id)
    assert f"{moment.astimezone(UTC):%Y%m%dT%H%M%S}" == run_id[:15]
    assert ids.short(run_id)[0] in "abcdef"
    assert run_id == ids.check_run_word(run_id)
    assert all(ids.matches(run_id, word) for word in (run_id, run_id[:8], ids.short(run_id)))
    assert not ids.matches(run_id, run_id[1:])


def test_a_bad_name_is_shown_harmlessly() -> None:
    """The error quotes what was given, escaped and cut, and shows what a name looks like."""
    with pytest.raises(ids.BadName) as caught:
        ids.check_task("\x1b[2J" + "x" * 500)
    assert "\x1b" not in caught.value.message
    assert len(caught.value.message) < 150
    assert "backend-go" in caught.value.hint
