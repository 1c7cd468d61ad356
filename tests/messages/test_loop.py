"""What a template may do with answers that are not there yet, when it is tried out before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.messages.items import BadItem, Item
from batchpack.messages.loop import Later, _tried
from batchpack.messages.requests import Template, Writer
from batchpack.render import render


@pytest.mark.parametrize(
    "text",
    [
        "{{ previous }}", "{{ previous.bugs }}", "{{ previous['a']['b'] }}", "{{ previous | length }}",
        "{% for bug in previous.bugs %}{{ bug.name }}{% endfor %}", "{{ answers['first'] }}", "{{ answers | length }}",
        "{% if previous %}x{% endif %}",
    ],
)  # fmt: skip
def test_any_use_of_a_later_answer_is_fine(text: str) -> None:
    """Text, field, member, length, loop and condition: none of them fails on what is still to come."""
    assert render(text, {"previous": Later(), "answers": Later()}, path=Path("t")).strip() in ("", "0")


def writer(text: str) -> Writer:
    """Return a writer of a template."""
    return Writer(Template(text, Path("t.j2")), {"model": "m", "max_tokens": 9})


def test_a_missing_field_is_found_before_anything_is_sent() -> None:
    """A field that neither the item nor the loop has is told with the item, whichever item it is."""
    for number in (0, 5):
        with pytest.raises(BadItem, match="'fild' is undefined"):
            _tried(writer("{{ previous }} {{ fild }}"), Item(number, number, {"field": 1}, "line 1"))


def test_a_field_may_not_have_the_name_of_an_answer() -> None:
    """An item with a field `previous` would hide the answer: it is refused."""
    with pytest.raises(BadItem, match="what a loop provides"):
        _tried(writer("{{ previous }}"), Item(1, 1, {"previous": "x"}, "line 1"))


def test_what_only_a_real_answer_allows_is_left_to_it() -> None:
    """A sum with a number of the answer cannot be tried out, and is no reason to refuse."""
    assert b"model" in _tried(writer("{{ previous.count + 1 }}"), Item(1, 1, {"a": 1}, "line 1"))
