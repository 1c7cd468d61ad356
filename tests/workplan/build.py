"""Plans for tests: small by hand, and any by hypothesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from batchpack.workplan.values import WorkPlan, WorkTask


def task(name: str, *needs: str, **more: object) -> WorkTask:
    """Return a task that runs a command."""
    given: Mapping[str, object] = {"title": name.title() or "x", "command": "true", "depends_on": needs, **more}
    return WorkTask(id=name, **given)  # type: ignore[arg-type]


def plan(*tasks: WorkTask, **more: object) -> WorkPlan:
    """Return a plan of tasks."""
    return WorkPlan(name="work", tasks=tasks, **more)  # type: ignore[arg-type]


def chain(edges: Mapping[str, Sequence[str]]) -> WorkPlan:
    """Return a plan of ids with what each waits for."""
    return plan(*(task(name, *needs) for name, needs in edges.items()))


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NAMES = [f"t{number}" for number in range(8)]


@st.composite
def plans(draw: st.DrawFn) -> WorkPlan:
    """Draw a plan whose dependencies lead backwards, so that it has no circle."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    tasks = []
    for place, name in enumerate(names):
        needs = draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else []
        tasks.append(
            WorkTask(
                id=name,
                title=draw(WORDS),
                prompt=draw(WORDS),
                verify=tuple(draw(st.lists(WORDS, max_size=3))),
                depends_on=tuple(needs),
                timeout=draw(st.floats(0.1, 1000)),
                priority=draw(st.integers(-5, 5)),
                flaky=draw(st.booleans()),
            )
        )
    pools = draw(st.dictionaries(st.sampled_from(["gpu", "port"]), st.integers(1, 9)))
    return WorkPlan(name=draw(WORDS), tasks=tuple(tasks), pools=pools, worktrees=draw(st.booleans()))
