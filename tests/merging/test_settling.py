"""A step settles each entry exactly once, and rightly: whatever goes in, what comes out is green and complete."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchpack.merging import settling, stacking
from batchpack.merging.stacking import Clash
from batchpack.merging.values import Progress
from tests.merging.ground import TARGET, Ground
from tests.support.project import Project

MOST = 7
NAMES = st.integers(0, MOST - 1)


def gate_line(bad: Sequence[frozenset[int]]) -> str:
    """Return a line that fails when all files of one of some sets are there."""
    return "; ".join(["true", *(f"! ls {' '.join(f'{n}.txt' for n in sorted(one))} || exit 1" for one in bad)])


def is_red(ground: Ground, commit: str, bad: Sequence[frozenset[int]]) -> bool:
    """Tell whether a commit would fail the gate."""
    there = set(ground.git("ls-tree", "--name-only", commit).splitlines())
    return any({f"{n}.txt" for n in one} <= there for one in bad)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(1, MOST),
    st.lists(st.frozensets(NAMES, min_size=1, max_size=2), max_size=3, unique=True),
    st.dictionaries(NAMES, st.sampled_from("ab"), max_size=4),
    st.lists(st.integers(0, 3), min_size=MOST, max_size=MOST),
)
def test_whatever_goes_in(count: int, bad: list[frozenset[int]], lines: dict[int, str], priorities: list[int]) -> None:
    """With culprits, pairs and conflicts in any order each entry is settled once; the result passes its gate.

    Each conflict is one with what is merged, each culprit fails with what is merged, and nothing is lost.
    """
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Project(Path(folder)))
        with closing(ground.queue):
            clashing = {number: {f"{letter}.txt": f"{number}\n"} for number, letter in lines.items()}
            work = {f"t{number}": {f"{number}.txt": "x\n", **clashing.get(number, {})} for number in range(count)}
            ground.add_all(work, *priorities)
            check_outcome(ground, ground.merger(gate_line(bad)).step(), bad, count)


def check_outcome(ground: Ground, progress: Progress, bad: Sequence[frozenset[int]], count: int) -> None:
    """Hold a step's outcome to what it must be."""
    lists = (progress.merged, progress.conflicts, progress.culprits)
    settled = [one.task for group in lists for one in group]
    assert sorted(f"t{number}" for number in range(count)) == sorted(settled)
    assert progress.tip == ground.tip
    assert not is_red(ground, ground.tip, bad)
    assert set() == stacking.outside(ground.root, TARGET, [one.commit for one in progress.merged])
    for conflict in progress.conflicts:
        assert isinstance(stacking.merge(ground.root, ground.tip, conflict.commit), Clash)
        assert conflict.others
    for culprit in progress.culprits:
        tree = stacking.merge(ground.root, ground.tip, culprit.commit)
        assert isinstance(tree, Clash) or is_red(ground, tree, bad)
    assert {"ready", "merging"}.isdisjoint(ground.states().values())
    assert "" == ground.git("fsck", "--no-dangling", "--strict")


@pytest.mark.parametrize("culprits", [(0, 15), (3, 4)])
def test_the_runs_of_the_gate_are_few(ground: Ground, culprits: tuple[int, ...]) -> None:
    """Of sixteen entries with some culprits these alone are found, in at most 2 + 2·log2(16) runs for each."""
    ground.add_all({f"t{number}": {f"{number}.txt": "x\n"} for number in range(16)})

    progress = ground.merger(gate_line([frozenset({one}) for one in culprits])).step()

    assert [f"t{one}" for one in culprits] == [one.task for one in progress.culprits]
    assert progress.gate_runs <= 2 + 2 * 4 * len(culprits)


def test_many_culprits_do_not_cost_a_search_each(ground: Ground) -> None:
    """Where nearly all break the gate they are soon tried one by one: not many more runs than entries."""
    ground.add_all({f"t{number}": {f"{number}.txt": "x\n"} for number in range(12)})

    progress = ground.merger("test $(ls | grep -c '^[0-9]') -le 1").step()

    assert (1, 11) == (len(progress.merged), len(progress.culprits))
    assert progress.gate_runs <= 12 + 3 * 4


def test_a_pause_holds_between_two_gates(ground: Ground) -> None:
    """A queue that is paused while a gate runs lets it end and lands nothing more; all stays ready."""
    for number in range(4):
        ground.add(f"t{number}", {f"{number}.txt": "x\n"})
    journal = ground.journal

    progress = ground.merger(
        f"python3 -c \"import sqlite3; c=sqlite3.connect('{journal}', timeout=30, isolation_level=None); "
        "c.execute(\\\"INSERT OR REPLACE INTO merge_control VALUES ('paused', 'wait')\\\"); c.close()\""
    ).step()

    assert ("the merge queue is paused: wait", False, ground.base) == (progress.blocked, progress.stuck, ground.tip)
    assert {"ready"} == set(ground.states().values())


def test_a_branch_that_never_stands_still_is_told(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody moves the branch during every gate the step ends with the reason instead of going on forever."""
    ground.add("one", {"one.txt": "1\n"})
    monkeypatch.setattr(settling, "MOST_MOVES", 2)
    move = (
        f"git update-ref {TARGET} $(git commit-tree {TARGET}^{{tree}} -p {TARGET} -m x)"
        f" && git cat-file -e {ground.base}"
    )

    progress = ground.merger(move).step()

    assert "batchpack/run/integration is moved by somebody else again and again" == progress.blocked
    assert {"one": "ready"} == ground.states()
