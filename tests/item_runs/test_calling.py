"""One call, with a real program."""

from __future__ import annotations

from batchpack.item_runs import calling
from batchpack.item_runs.values import Subject
from tests.item_runs.conftest import Make

ONE = Subject("chunk-01", 1, ({"id": "i1", "fields": {"subject": "$(touch pwned); echo no"}},))


def test_a_call_gets_its_prompt_and_says_its_end(options: Make) -> None:
    """The command finds the id in a variable and the prompt in a file; what the item says reaches no shell."""
    line = 'echo "$BATCHPACK_ITEM of $BATCHPACK_BATCH"; grep -c touch "$BATCHPACK_PROMPT"; exit 3'
    one = options(command=line)
    said = calling.call(one, ONE, "00", 1, "", lambda: False)

    assert ("i1 of b\n1\n", 3) == (said.text, said.code)
    assert not (one.project / "pwned").exists()


def test_a_call_ends_in_time_and_when_it_is_told(options: Make) -> None:
    """The time-out and a stop end a call, and the answer says which it was."""
    slow = calling.call(options(command="sleep 30", timeout=0.2), ONE, "00", 1, "", lambda: False)
    stopped = calling.call(options(command="sleep 30"), ONE, "00", 1, "", lambda: True)

    assert (True, False) == (slow.timed_out, slow.stopped)
    assert (False, True) == (stopped.timed_out, stopped.stopped)
