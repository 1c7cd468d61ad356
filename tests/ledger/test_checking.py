"""What may enter the ledger."""

from __future__ import annotations

import math

import pytest

from batchpack.collector import Session
from batchpack.ledger import checking
from tests.support.ledgers import T, used


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("plain", "plain"), ("ünïcode 名", "ünïcode 名"), ("two\nlines\x1b[2J\u202e", "two?lines?[2J?"),
        ("x" * 201, "x" * 200), ("\ud800", "?"), (None, ""), (7, ""), (["a"], ""),
    ],
)  # fmt: skip
def test_texts_are_of_one_short_line(given: object, stored: str) -> None:
    """Control characters and halves of letters are replaced, long texts cut, what is no text is none."""
    assert stored == checking.text(given)


def test_a_session_has_clean_words_and_a_number() -> None:
    """Each of its words is checked, and an attempt is a count."""
    told = Session("toy", "a\nb", agent="x" * 999, attempt=-1)

    assert Session("toy", "a?b", agent="x" * 200) == checking.session(told)


def test_the_path_of_a_deep_project_is_kept_whole() -> None:
    """Clipped it would be another folder, and the project's figures would lack it; a text in its place is clipped."""
    deep = "/home/you" + "/folder" * 100
    projects = (deep, "/" + "x" * 2000, "x" * 2000)

    assert [deep, "/" + "x" * 1023, "x" * 200] == [
        checking.session(Session("toy", "s", project=one)).project for one in projects
    ]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (T, T), (int(T), T), (checking.EARLIEST, checking.EARLIEST), (checking.EARLIEST - 1, None),
        (T + 86400, T + 86400), (T + 86401, None), (math.nan, None), (math.inf, None), ("2023", None),
        (None, None), (True, None),
    ],
)  # fmt: skip
def test_times_can_be(given: object, stored: float | None) -> None:
    """A time lies between 2020 and tomorrow."""
    assert stored == checking.time(given, T)


@pytest.mark.parametrize(("given", "stored"), [(0.1, 100_000_000), (0, 0), (1e4, 10**13), (1e5, None), (-0.1, None)])
def test_dollars_are_exact_billionths(given: float, stored: int | None) -> None:
    """What a host says is kept without the errors of sums; what no request can cost is unknown."""
    assert stored == checking.billionths(given)


def test_a_key_that_is_a_text_is_not_shown() -> None:
    """A complaint names a request by its key where that looks like one."""
    found = [checking.complaint_of(used(key, input=-1)) for key in ("msg_1:2.a-b", "a prompt of words")]

    assert ["msg_1:2.a-b", ""] == [one.where for one in found if one]


def test_names_of_files_can_be_stored() -> None:
    """A name that is no UTF-8 is written in letters, and differs from others."""
    assert ["a\\udcff", "ü"] == [checking.storable("a\udcff"), checking.storable("ü")]
