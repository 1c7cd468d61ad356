"""Consent: of a person or of nobody."""

from __future__ import annotations

import io

import pytest

from batchpack import consent
from batchpack.errors import UsageError


class Terminal(io.StringIO):
    """What a person types, or looks at."""

    def isatty(self) -> bool:
        """Tell that a person is there."""
        return True


@pytest.mark.parametrize(("typed", "agreed"), [("y\n", True), ("n\n", False), ("", False)])
def test_a_person_is_asked(monkeypatch: pytest.MonkeyPatch, typed: str, agreed: bool) -> None:
    """The answer counts; the end of input is a no."""
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    monkeypatch.setattr("sys.stdout", shown := Terminal())

    assert agreed == consent.given("Remove it for good?", "add --yes")
    assert "Remove it for good?" in shown.getvalue()


def test_without_a_person_nothing_is_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked, whatever stands in the input."""
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    monkeypatch.setattr("sys.stdout", io.StringIO())

    with pytest.raises(UsageError, match="nobody is there to be asked") as error:
        consent.given("Remove it for good?", "add --yes")
    assert "add --yes" == error.value.hint
