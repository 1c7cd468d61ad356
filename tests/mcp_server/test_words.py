"""Words for states, and tasks cut to size."""

from __future__ import annotations

from batchpack.mcp_server.tools import Tools
from batchpack.mcp_server.words import BODY_SHOWN, status_of


def test_words_of_other_lists_mean_the_queues() -> None:
    """The words active and in_progress are pending and claimed; the queue's own words mean themselves."""
    assert ["pending", "claimed"] == [status_of("active"), status_of("in_progress")]
    assert ["pending", "done", "dead"] == [status_of("pending"), status_of("done"), status_of("dead")]


def test_a_long_body_comes_in_parts(tools: Tools) -> None:
    """A body that would fill a model's context is given in parts that together are all of it."""
    body = "".join(chr(97 + at % 26) for at in range(BODY_SHOWN + 5))
    tools.create_task("long", body=body)
    first = tools.get_task("long")["task"]
    rest = tools.get_task("long", body_from=BODY_SHOWN)["task"]

    assert (5, None) == (first["body_rest"], rest.get("body_rest"))
    assert body == first["body"] + rest["body"]
