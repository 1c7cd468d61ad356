"""Merges made without a checkout: right, the same each time, and told when they cannot be made."""

from __future__ import annotations

import pytest

from batchpack.errors import BatchpackError
from batchpack.merging import stacking
from batchpack.merging.stacking import Clash, Stacker
from tests.merging.ground import TARGET, Ground


def test_a_stack_leaves_out_what_does_not_merge(ground: Ground) -> None:
    """What clashes with an entry before it is left for later; what clashes with the base itself is told apart."""
    base = ground.commit({"b.txt": "moved on\n"})
    one = ground.add("one", {"a.txt": "1\n"}, priority=1)
    two = ground.add("two", {"a.txt": "2\n"})
    three = ground.add("three", {"b.txt": "3\n"})
    four = ground.add("four", {"c.txt": "4\n"})

    stack = Stacker(ground.root).build(base, [one, two, three, four])

    assert ([one, four], [two], [three]) == (list(stack.entries), list(stack.left), [pair[0] for pair in stack.clashes])
    assert (base, 3) == (stack.commits[0], len(stack.commits))
    assert ("b.txt",) == stack.clashes[0][1].files


def test_a_merge_is_never_older_than_what_it_is_merged_onto(ground: Ground) -> None:
    """Times rise along the branch, whenever its entries were queued, and clocks of others may be wrong."""
    late = ground.root.parent / "late"
    ground.project.git("commit", "--allow-empty", "-q", "-m", "late", "--date=2040-01-01T00:00:00Z")
    later = ground.project.execute(
        ["git", "commit", "--allow-empty", "-q", "-m", "late"], env={"GIT_COMMITTER_DATE": "2040-01-01T00:00:00Z"}
    )
    later.assert_ok()
    base = ground.git("rev-parse", "HEAD")
    made = Stacker(ground.root).join(base, ground.add("one", {"one.txt": "1\n"}))

    assert not late.exists()
    assert [ground.git("show", "-s", "--format=%ct", base)] * 2 == [
        ground.git("show", "-s", "--format=%ct", str(made)), ground.git("show", "-s", "--format=%at", str(made)),
    ]  # fmt: skip


def test_titles_cannot_forge_history(ground: Ground) -> None:
    """A title becomes one line: no trailers, no second message, no hidden letters."""
    entry = ground.add("one", {"one.txt": "1\n"}, title="Fine\n\nSigned-off-by: you\0\x1b[31m\u202e")

    assert "one: Fine Signed-off-by: you" in stacking.message(entry)
    assert 1 == stacking.message(entry).count("\n")
    made = Stacker(ground.root).join(ground.base, entry)
    assert isinstance(made, str)
    assert stacking.message(entry).strip() == ground.git("show", "-s", "--format=%B", made)


def test_paths_of_any_letters_are_told(ground: Ground) -> None:
    """Files in conflict are named as they are called, spaces and other letters included."""
    base = ground.commit({"ä b.txt": "1\n", "-n": "1\n"})
    ours = ground.commit({"ä b.txt": "2\n", "-n": "2\n"}, base)
    theirs = ground.commit({"ä b.txt": "3\n", "-n": "3\n"}, base)

    clash = stacking.merge(ground.root, ours, theirs)

    assert isinstance(clash, Clash)
    assert ("-n", "ä b.txt") == clash.files
    assert "CONFLICT (content): Merge conflict in ä b.txt" in clash.said
    assert "+3" in stacking.marked(ground.root, ours, clash)


def test_a_branch_with_merges_is_not_replayed(ground: Ground) -> None:
    """Only a plain line of commits is applied one by one."""
    one, two = ground.commit({"x": "1"}), ground.commit({"y": "1"})
    merge = ground.git("commit-tree", f"{one}^{{tree}}", "-p", one, "-p", two, "-m", "m")

    assert None is stacking.replay(ground.root, ground.base, merge)
    assert None is stacking.replay(ground.root, ground.base, one)


def test_what_is_outside_is_what_is_no_ancestor(ground: Ground) -> None:
    """The proof of a merge agrees with `git merge-base --is-ancestor`."""
    one = ground.commit({"x": "1"})
    two = ground.commit({"x": "2"}, one)
    other = ground.commit({"y": "1"})

    assert {two, other} == stacking.outside(ground.root, one, [ground.base, one, two, other])
    assert set() == stacking.outside(ground.root, one, [])
    assert {"1" * 40} == stacking.missing(ground.root, [one, "1" * 40])


def test_what_came_in_is_found_again(ground: Ground) -> None:
    """Each merge is found with the commit it brought in and the files it changed."""
    one = ground.add("one", {"a.txt": "1\n", "ä": "x"})
    merge = ground.merger().step().merged[0].merge

    assert {merge: (one.commit, {"a.txt", "ä"})} == stacking.merges(ground.root, TARGET, ground.base)


def test_a_git_that_knows_nobody_is_told(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git has no name to commit in the reader is told what to set."""
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    entry = ground.add("one", {"one.txt": "1\n"})
    ground.project.git("config", "--unset", "user.name")
    ground.project.git("config", "--unset", "user.email")
    ground.project.git("config", "user.useConfigOnly", "true")

    with pytest.raises(BatchpackError, match="in whose name to merge"):
        Stacker(ground.root).join(ground.base, entry)
