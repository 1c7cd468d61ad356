"""`batchpack merge run`: what is ready is merged, and the run's journal knows."""

from __future__ import annotations

from tests.merging.desk import Desk


def test_what_is_ready_is_merged_and_the_rest_is_told(desk: Desk) -> None:
    """Merged, in conflict and to blame are told by name; the exit code says that not all went in."""
    desk.queue(one={"a.txt": "1\n"}, two={"a.txt": "2\n"}, three={"c.txt": "bad\n"}, four={"d.txt": "4\n"})

    done = desk.merge("run")

    done.assert_failed(code=1)
    assert ["merged    one", "merged    four"] == sorted(
        (line[:14].rstrip() for line in done.out.splitlines() if line.startswith("merged")), reverse=True
    )
    assert "conflict  two  conflict in a.txt with what one brought in" in done.out
    assert "culprit   three  the gate fails with it: `! grep -qs bad *.txt` ended with exit code 1" in done.out
    states = {name: task.status for name, task in desk.made.state().tasks.items()}
    assert {"one": "merged", "four": "merged", "two": "conflict", "three": "culprit"} == states
    told = desk.merge("status").assert_ok().out
    assert "Take over what is merged with: git merge --ff-only batchpack/" in told
    assert f"Try the same work once more with: batchpack merge retry {desk.made.short} TASK" in told


def test_a_gate_that_was_mended_is_tried_again(desk: Desk) -> None:
    """After a gate that failed by itself, another `merge run` tries it once more without further words."""
    desk.queue(one={"one.txt": "1\n"})
    bad = desk.ground.commit({"x.txt": "bad\n"})
    desk.ground.git("update-ref", desk.made.facts.target, bad)
    done = desk.merge("run")
    done.assert_failed(code=1)
    assert "the gate fails before anything is merged: `! grep -qs bad *.txt` ended with exit code 1" in done.out
    assert f"Let it go on with: batchpack merge resume {desk.made.short}" in desk.merge("status").assert_ok().out
    desk.ground.git("update-ref", desk.made.facts.target, desk.ground.base)

    desk.merge("run").assert_ok()

    assert {"one": "merged"} == desk.states()


def test_nothing_ready_is_fine(desk: Desk) -> None:
    """An empty queue is no error."""
    assert "Nothing was ready.\n" == desk.merge("run").assert_ok().out


def test_programs_are_told_the_same(desk: Desk) -> None:
    """What a step settled as JSON."""
    desk.queue(one={"one.txt": "1\n"})
    facts = desk.merge("run", "--json").json()

    assert (["one"], 1, "", False) == (
        [one["task"] for one in facts["merged"]], facts["gate_runs"], facts["blocked"], facts["stuck"],
    )  # fmt: skip


def test_a_run_that_is_driven_merges_by_itself(desk: Desk) -> None:
    """While a process drives the run the command does nothing and says why."""
    desk.queue(one={"one.txt": "1\n"})
    with desk.made.locked():
        for words in (("run",), ("retry", "latest", "one"), ("drop", "latest", "one")):
            desk.merge(*words).assert_failed("is being driven at this moment and merges by itself", "batchpack cancel")

    assert {"one": "ready"} == desk.states()


def test_another_gate_can_be_given(desk: Desk) -> None:
    """Lines of the command line take the place of the plan's, for a plan whose gate can never pass."""
    desk.queue(one={"one.txt": "bad\n"})

    assert "culprit   one" in desk.merge("run").out
    desk.merge("retry", "latest", "one").assert_ok()
    desk.merge("run", "--gate", "grep bad one.txt || test ! -e one.txt", "--gate", "true").assert_ok()
    assert {"one": "merged"} == desk.states()
