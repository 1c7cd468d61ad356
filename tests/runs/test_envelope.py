"""Envelopes: every fault is told with the option that mends it."""

from __future__ import annotations

import pytest

from batchpack.runs.envelope import Refused, check

Said = dict[str, object]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"status": "FINISHED"}, "--status must be one of DONE"),
        ({"status": None}, "--status must be one of DONE"),
        ({"summary": ""}, "--summary is missing or empty"),
        ({"summary": None}, "--summary is missing or empty"),
        ({"summary": "x" * 201}, "--summary has 201 characters, at most 200"),
        ({"summary": "a\nb"}, "--summary must be one line"),
        ({"summary": "a\x1b[31mb"}, "--summary must be one line without control"),
        ({"summary": "not \udcff UTF-8"}, "--summary: "),
        ({"evidence": ["x"] * 21}, "--evidence is given 21 times, at most 20"),
        ({"changed": [""]}, "--changed is missing or empty"),
        ({"changed": ["a"], "no_change": "none"}, "contradict each other"),
    ],
)
def test_a_bad_envelope_is_told_what_to_mend(said: Said, word: str) -> None:
    """Each fault of an envelope is named with the option that mends it."""
    with pytest.raises(Refused) as caught:
        check("one", {"status": "DONE", "summary": "fine", **said})
    assert word in caught.value.message
    assert "nothing was recorded" in caught.value.message


def test_all_faults_are_told_at_once() -> None:
    """An agent needs one round to mend what is wrong."""
    with pytest.raises(Refused) as caught:
        check("one", {"status": "", "summary": "", "evidence": ["x" * 501]})
    assert len(caught.value.message.splitlines()) == 4


def test_what_fits_just_is_taken() -> None:
    """Limits themselves are allowed, and blanks around a text do not count."""
    said = {"status": "BLOCKED", "summary": f" {'x' * 200}\n", "evidence": ["x" * 500] * 20, "no_change": "é"}
    envelope = check("one", said)
    assert (envelope.summary, len(envelope.evidence), envelope.changed) == ("x" * 200, 20, ())


@pytest.mark.parametrize("character", ["\x00", "\t", "\r", "\x7f", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize(
    ("field", "option"), [("changed", "--changed"), ("evidence", "--evidence"), ("no_change", "--no-change")]
)
def test_nothing_that_breaks_a_line_gets_in(field: str, option: str, character: str) -> None:
    """No text of an envelope holds a control character or a line end of any kind."""
    text = f"a{character}b"
    with pytest.raises(Refused, match=f"{option} must be one line without control characters"):
        check("one", {"status": "DONE", "summary": "s", field: text if field == "no_change" else [text]})
