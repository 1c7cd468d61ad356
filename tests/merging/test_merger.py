"""The merger: what goes together is merged, what does not goes back to its author, and nothing else is touched."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.merging.merger import Merger
from batchpack.merging.values import Entry, Progress
from tests.merging.ground import TARGET, Ground


def tasks(progress: Progress) -> tuple[list[str], list[str], list[str]]:
    """Return the tasks that were merged, in conflict, and to blame."""
    return (
        [one.task for one in progress.merged],
        [one.task for one in progress.conflicts],
        [one.task for one in progress.culprits],
    )


def test_work_that_goes_together_is_merged_with_both_parents(ground: Ground) -> None:
    """Each entry gets a merge of its own, with task and title as its message and its commit as a parent."""
    first = ground.add("one", {"one.txt": "1\n"}, title="Add\nthe first")
    second = ground.add("two", {"two.txt": "2\n"}, priority=5)

    progress = ground.merger().step()

    assert (["two", "one"], [], []) == tasks(progress)
    assert ["one: Add the first", "two: Title of two"] == ground.subjects()
    assert ("1\n", "2\n", ground.tip, 0) == (
        ground.text("one.txt"),
        ground.text("two.txt"),
        progress.tip,
        progress.gate_runs,
    )
    assert [first.commit, second.commit] == [
        ground.git("rev-parse", f"{one.merge}^2") for one in sorted(progress.merged, key=lambda one: one.task)
    ]
    assert {"one": "merged", "two": "merged"} == ground.states()


def test_the_same_work_makes_the_same_commits(ground: Ground) -> None:
    """A merge made again, as after a crash, is the same commit."""
    ground.add("one", {"one.txt": "1\n"})
    first = ground.merger().step().tip
    ground.git("update-ref", TARGET, ground.base)
    ground.queue._connection.execute("UPDATE merge_entry SET state = 'ready'")

    assert first == ground.merger().step().tip


def test_nothing_of_the_users_is_touched(ground: Ground) -> None:
    """The checkout, its branch, its index and its uncommitted changes stay as they were."""
    (ground.root / "a.txt").write_text("mine\n")
    before = ground.git("status", "--porcelain=v2", "--branch", "--untracked-files=all")
    ground.add("one", {"a.txt": "theirs\n"})

    ground.merger("true").step()

    assert before == ground.git("status", "--porcelain=v2", "--branch", "--untracked-files=all")
    assert "mine\n" == (ground.root / "a.txt").read_text()
    assert "theirs\n" == ground.text("a.txt")


def test_a_conflict_goes_back_with_files_and_tasks(ground: Ground) -> None:
    """The later of two that change the same line is in conflict, is told with whom, and can come again."""
    ground.add("one", {"a.txt": "uno\n"}, title="Spanish")
    second = ground.add("two", {"a.txt": "due\n", "b.txt": "due\n"})

    progress = ground.merger().step()
    (conflict,) = progress.conflicts

    assert (["one"], ["two"], []) == tasks(progress)
    assert (("a.txt",), ("one",)) == (conflict.files, conflict.others)
    assert f"git merge {ground.tip}" in conflict.feedback
    assert "one (Spanish)" in conflict.feedback
    assert conflict.output is not None
    assert "+due" in conflict.output.read_text().replace("++", "+").replace("+ ", "+")
    assert "conflict in a.txt with what one brought in" == ground.queue.entry("two").reason

    settled = ground.commit({"a.txt": "uno, due\n", "b.txt": "due\n"}, second.commit)
    merged = ground.git("commit-tree", f"{settled}^{{tree}}", "-p", second.commit, "-p", ground.tip, "-m", "both")
    ground.queue.add(type(second.entry)("two", "", "b", merged, ground.base))

    assert (["two"], [], []) == tasks(ground.merger().step())
    assert "uno, due\n" == ground.text("a.txt")


def test_work_that_came_in_already_is_no_conflict(ground: Ground) -> None:
    """A branch that begins with a commit which came in on another way is merged as a rebase would do it."""
    shared = ground.commit({"a.txt": "two\n"})
    same = ground.commit({"a.txt": "two\n"}, text="the same, picked")
    ground.queue.add(type(ground.entry("x", {"x": ""}))("picked", "", "b", same, ground.base, priority=1))
    ground.add("builder", {"a.txt": "three\n"}, parent=shared)

    progress = ground.merger().step()

    assert (["picked", "builder"], [], []) == tasks(progress)
    assert "three\n" == ground.text("a.txt")
    assert ground.git("rev-parse", "refs/heads/batchpack/run/builder") == ground.git("rev-parse", f"{TARGET}^2")


@pytest.mark.parametrize("way", ["merged", "rebased"])
def test_work_of_others_is_not_taken_back(ground: Ground, way: str) -> None:
    """A branch that was brought up to date by dropping what others had merged is given back, not merged."""
    ground.add("one", {"a.txt": "1\n", "new.txt": "1\n"})
    tip = ground.merger().step().tip
    first = ground.commit({"a.txt": "2\n"})
    dropped = ground.commit({"a.txt": "2\n"}, first, "as if nobody else had worked")
    parents = ("-p", dropped, "-p", tip) if way == "merged" else ("-p", tip)
    lost = ground.git("commit-tree", f"{dropped}^{{tree}}", *parents, "-m", "up to date")
    ground.queue.add(Entry("two", "", "b", lost, ground.base))

    progress = ground.merger().step()
    (conflict,) = progress.conflicts

    assert (("new.txt",), ("one",), tip) == (conflict.files, conflict.others, ground.tip)
    assert "it takes back what one brought in, in new.txt" == conflict.reason
    assert f"git checkout {tip} -- FILE" in conflict.feedback
    kept = ground.commit({"a.txt": "2\n"}, tip)
    ground.queue.add(Entry("two", "", "b", kept, ground.base))
    assert (["two"], [], []) == tasks(ground.merger().step())


def test_the_gate_sees_the_exact_commit(ground: Ground) -> None:
    """The gate runs once for all, where their files and nothing else are, with no terminal and no input."""
    ground.add("one", {"one.txt": "1\n"})
    ground.add("two", {"two.txt": "2\n"})
    merger = ground.merger("git rev-parse HEAD; ls; cat", "test -f one.txt && test -f two.txt")

    progress = merger.step()

    assert (["one", "two"], [], []) == tasks(progress)
    assert 1 == progress.gate_runs
    (out,) = sorted((ground.root.parent / "run" / "logs").glob("*-1.txt"))
    assert [ground.tip, "a.txt", "b.txt", "one.txt", "two.txt"] == out.read_text().split()


def test_nothing_of_one_gate_is_left_for_the_next(ground: Ground) -> None:
    """Files that a gate changed or made, ignored ones too, are gone before the next; what was prepared stays."""
    ground.add("one", {".gitignore": "ignored\nprepared\n", "one.txt": "1\n"})
    prepare = [0]

    def prepared(folder: Path) -> None:
        prepare[0] += 1
        (folder / "prepared").mkdir()
        (folder / "prepared" / "tool").write_text("x")

    gate = (
        "test -f prepared/tool && test ! -e ignored -a ! -e left && grep -q one a.txt && rm a.txt && touch left ignored"
    )
    first = ground.merger(gate, prepare=prepared).step()
    ground.add("two", {"two.txt": "2\n"})
    second = ground.merger(gate, prepare=prepared).step()

    assert (["one"], [], []) == tasks(first)
    assert (["two"], [], []) == tasks(second)
    assert [1] == prepare


def test_the_culprit_is_found_and_the_others_are_merged(ground: Ground) -> None:
    """Of eight one breaks the gate: the other seven come in, and it is told the line and its output."""
    for number in range(8):
        ground.add(f"t{number}", {f"{number}.txt": "bad\n" if number == 4 else "good\n"})

    progress = ground.merger("! grep -rn bad --include=*.txt .").step()
    (culprit,) = progress.culprits

    assert (sorted({f"t{n}" for n in range(8)} - {"t4"}), [], ["t4"]) == (sorted(tasks(progress)[0]), [], ["t4"])
    assert ((), True) == (culprit.others, culprit.sure)
    assert "4.txt:1:bad" in culprit.feedback
    assert "ended with exit code 1" in culprit.reason
    assert "" == ground.text("4.txt")
    assert progress.gate_runs <= 2 + 3 + 1 + 1
    assert "culprit" == ground.states()["t4"]


def test_a_pair_that_fails_together_only_is_found(ground: Ground) -> None:
    """The later of two that pass alone but not together goes back, and is told the other one."""
    for number in range(6):
        ground.add(f"t{number}", {f"{number}.txt": "x\n"})

    progress = ground.merger("! test -f 1.txt || ! test -f 4.txt").step()
    (culprit,) = progress.culprits

    assert ("t4", ("t1",), True) == (culprit.task, culprit.others, culprit.sure)
    assert "only together with t1, which is merged already" in culprit.feedback
    assert ["t0", "t1", "t2", "t3", "t5"] == sorted(tasks(progress)[0])


def test_a_branch_that_fails_by_itself_blames_nobody(ground: Ground) -> None:
    """When the gate fails without anybody's work the queue is paused with the reason, and everything stays ready."""
    ground.add("one", {"one.txt": "1\n"})

    progress = ground.merger("echo broken; false").step()

    assert ([], [], []) == tasks(progress)
    assert progress.stuck
    assert "the gate fails before anything is merged: `echo broken; false`" in progress.blocked
    assert ({"one": "ready"}, ground.base) == (ground.states(), ground.tip)
    assert ground.merger("true").step().stuck

    ground.queue.resume()

    assert (["one"], [], []) == tasks(ground.merger("true").step())


def test_what_clashes_only_with_a_culprit_is_merged(ground: Ground) -> None:
    """Work in conflict with work that is not merged after all is no conflict."""
    ground.add("bad", {"a.txt": "bad\n"}, priority=1)
    ground.add("good", {"a.txt": "good\n"})

    progress = ground.merger("! grep bad a.txt").step()

    assert (["good"], [], ["bad"]) == tasks(progress)
    assert "good\n" == ground.text("a.txt")


@pytest.mark.parametrize(("flaky", "expected"), [(True, ["one"]), (False, [])])
def test_a_red_gate_is_tried_again_only_where_that_is_allowed(ground: Ground, flaky: bool, expected: list[str]) -> None:
    """A gate that fails once and then passes is forgiven to entries that allow it, and it is told."""
    ground.add("one", {"one.txt": "1\n"}, flaky=flaky)
    seen = ground.root.parent / "seen"

    progress = ground.merger(f"test ! -f one.txt || test -f {seen} || {{ touch {seen}; false; }}").step()

    assert (expected, tuple(expected)) == (tasks(progress)[0], progress.flaky)
    assert (2, not flaky) == (progress.gate_runs, bool(progress.culprits))


def test_a_gate_that_takes_too_long_fails(ground: Ground) -> None:
    """The time-out ends the gate and counts against the one who causes it."""
    ground.add("slow", {"slow.txt": "1\n"})

    progress = ground.merger("test ! -f slow.txt || sleep 60", timeout=0.3).step()

    assert ([], [], ["slow"]) == tasks(progress)
    assert "took longer than 0 s" in progress.culprits[0].reason


def test_a_branch_that_somebody_moved_is_built_upon_anew(ground: Ground) -> None:
    """When the branch moves while the gate runs, nothing of it is lost: all is merged onto the new commit."""
    other = ground.commit({"other.txt": "x\n"})
    ground.add("one", {"one.txt": "1\n"})

    progress = ground.merger(f"git update-ref {TARGET} {other} {ground.base} || true").step()

    assert (["one"], 2) == (tasks(progress)[0], progress.gate_runs)
    assert ("x\n", "1\n") == (ground.text("other.txt"), ground.text("one.txt"))


def test_a_branch_that_is_checked_out_is_not_moved(ground: Ground) -> None:
    """Somebody who looks at the branch in a worktree keeps files that fit; what waits goes on when they leave."""
    ground.git("worktree", "add", "-q", str(ground.root.parent / "look"), TARGET.removeprefix("refs/heads/"))
    ground.add("one", {"one.txt": "1\n"})

    progress = ground.merger().step()

    assert "is checked out in" in progress.blocked
    assert not progress.stuck
    ground.git("worktree", "remove", str(ground.root.parent / "look"))
    assert ["one"] == tasks(ground.merger().step())[0]


def test_a_stop_ends_the_gate_and_leaves_all_ready(ground: Ground) -> None:
    """A step that is stopped ends its gate at once and can be taken again."""
    ground.add("one", {"one.txt": "1\n"})
    stop = threading.Event()
    threading.Timer(0.4, stop.set).start()

    progress = ground.merger("sleep 60").step(stop)

    assert (True, {"one": "ready"}, ground.base) == (progress.stopped, ground.states(), ground.tip)


def test_two_mergers_never_work_on_one_branch(ground: Ground) -> None:
    """While one holds the branch the other is told so and does nothing."""
    ground.add("one", {"one.txt": "1\n"})
    merger = ground.merger()

    with merger.target.held():
        progress = merger.step()

    assert "another process merges into batchpack/run/integration at this moment" == progress.blocked
    assert {"one": "ready"} == ground.states()


def test_work_without_a_change_and_work_that_is_lost(ground: Ground) -> None:
    """A commit that the branch has already counts as merged; one that the repository does not have is a conflict."""
    plain = ground.entry("x", {"x": ""})
    ground.queue.add(type(plain)("nothing", "", "b", ground.base, ground.base))
    ground.queue.add(type(plain)("lost", "", "b", "1" * 40, ground.base))
    ground.queue.add(
        type(plain)("stranger", "", "b", ground.git("commit-tree", f"{ground.base}^{{tree}}", "-m", "x"), ground.base)
    )

    progress = ground.merger().step()

    assert (["nothing"], ["lost", "stranger"], []) == tasks(progress)
    assert "is not in the repository" in progress.conflicts[0].reason
    assert "unrelated histories" in progress.conflicts[1].reason
    assert ground.base == ground.tip


def test_a_folder_of_somebody_else_is_left_alone(ground: Ground) -> None:
    """Where the worktree for gates should be and another folder is, nothing is deleted."""
    ground.add("one", {"one.txt": "1\n"})
    merger = ground.merger("true")
    merger.work.mkdir(parents=True)
    (merger.work / "mine").write_text("x")

    with pytest.raises(BatchpackError, match="is there already and is no worktree"):
        merger.step()

    assert ("x", {"one": "ready"}) == ((merger.work / "mine").read_text(), ground.states())


def test_a_branch_that_is_none_is_refused(ground: Ground) -> None:
    """Only a branch can be merged into, and only one with a proper name."""
    for name in ("main", "refs/tags/x", "refs/heads/a..b", "refs/heads/-x y", "HEAD"):
        with pytest.raises(BatchpackError, match="is no branch"):
            Merger(ground.root, name, ground.queue, ground.root.parent / "w")


def test_the_branch_is_made_once(ground: Ground) -> None:
    """The branch begins at the given commit, and one that is there stays where it is."""
    other = ground.commit({"x": "x"})
    merger = Merger(ground.root, "refs/heads/batchpack/new", ground.queue, ground.root.parent / "w")

    assert [ground.base, ground.base] == [merger.begin(ground.base), merger.begin(other)]


def test_a_branch_that_is_missing_blocks(ground: Ground) -> None:
    """Where there is no branch to merge into nothing is made up."""
    ground.add("one", {"one.txt": "1\n"})
    merger = Merger(ground.root, "refs/heads/nowhere", ground.queue, ground.root.parent / "w")

    assert ("there is no branch nowhere", "") == (merger.step().blocked, merger.step().tip)


def test_the_worktree_can_be_taken_away(ground: Ground) -> None:
    """Closing removes the worktree and git's record of it; the next gate makes it anew."""
    ground.add("one", {"one.txt": "1\n"})
    merger = ground.merger("true")
    merger.step()
    merger.close()

    assert (False, 1) == (merger.work.exists(), len(ground.git("worktree", "list").splitlines()))
    ground.add("two", {"two.txt": "1\n"})
    assert ["two"] == tasks(merger.step())[0]
