"""`batch-metrics collect`."""

from __future__ import annotations

from tests.support.metrics import ask
from tests.support.work import Ground


def test_collecting_says_what_could_not_be_read(ground: Ground) -> None:
    """What is new, then with --told all of it; nothing of it acts upon a terminal."""
    said = ask(ground.project, "collect", "--told").assert_ok().out
    facts = ask(ground.project, "collect", "--told", "--json").json()

    assert "/a/source, line 3\n  no JSON" in said
    assert "\x1b" not in said
    assert ["/a/source"] == [one["source"] for one in facts["complaints"]]
    assert [] == ask(ground.project, "collect", "--json").json()["complaints"]
