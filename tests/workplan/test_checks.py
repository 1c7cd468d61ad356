"""What must hold for a plan before anything starts."""

from __future__ import annotations

import pytest
from hypothesis import given

from batchpack.workplan import checks
from batchpack.workplan.complaints import BadPlan
from batchpack.workplan.values import WorkPlan
from tests.workplan.build import chain, plan, plans, task


def said(wrong: WorkPlan) -> str:
    """Return all complaints as one text."""
    return "\n".join(map(str, checks.complaints(wrong)))


def test_a_good_plan_passes() -> None:
    """A plan with nothing wrong has no complaint."""
    checks.check(good := chain({"a": [], "b": ["a"], "c": ["a", "b"]}))

    assert [] == checks.complaints(good)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a/b",
        "../x",
        "a..b",
        "x.lock",
        "a.",
        "-rf",
        ".git",
        "a b",
        "a\nb",
        "é",
        "a" * 65,
        "$(id)",
        "integration",
    ],
)
def test_hostile_ids_are_refused(name: str) -> None:
    """An id that could leave its folder, its branch or its line in a shell is refused."""
    assert "id" in said(plan(task(name)))


@pytest.mark.parametrize("title", ["a\nb", "", "  ", "x" * 201, "a\u202eb", "a\x1b[31m"])
def test_hostile_titles_are_refused(title: str) -> None:
    """A title is one line that cannot forge others."""
    assert "its title" in said(plan(task("a", title=title)))


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x", "a/../../x", "~/x", ".git/hooks/x", "a/.GIT/x", "", "C:/x", ":!x"]
)
def test_paths_that_leave_the_project_are_refused(path: str) -> None:
    """A deliverable lies inside the project, and not in what git keeps."""
    assert "deliverable" in said(plan(task("a", deliverables=(path,))))


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Complaints about all tasks stand in one error."""
    wrong = plan(task("a", "nope", timeout=0.0), task("b", prompt="x"), task("B"), task("c", attempts=6, command=""))

    with pytest.raises(BadPlan) as caught:
        checks.check(wrong)
    for word in ("nope", "timeout", "a prompt and a command", "letter case", "attempts", "nothing to do"):
        assert word in caught.value.message
    assert wrong == caught.value.plan


def test_a_circle_is_told_as_a_way() -> None:
    """A circle is told once, from a task back to itself; a task that waits for itself is told apart."""
    told = said(chain({"a": ["c"], "b": ["a"], "c": ["b"], "d": ["d", "a"]}))

    assert "it waits for itself: a -> c -> b -> a" in told
    assert "task d: it depends on itself" in told
    assert 2 == len(told.splitlines())


def test_an_id_that_is_taken_hides_no_circle() -> None:
    """A circle is told along with the task that has the id of one in it."""
    told = said(plan(task("a", depends_on=("b",)), task("b", depends_on=("a",)), task("b")))

    assert "it waits for itself: a -> b -> a" in told
    assert "this id is taken already" in told


def test_what_was_meant_is_guessed() -> None:
    """A missing dependency is told with the id that may have been meant."""
    assert "'serve', which is not in the plan; did you mean server?" in said(chain({"server": [], "web": ["serve"]}))


def test_pools_must_be_there() -> None:
    """A task needs only pools of the plan, and each has a place."""
    assert "it needs 'gpu', but the plan has only the pools port" in said(
        plan(task("a", needs=("gpu",)), pools={"port": 1})
    )
    assert "at least one place" in said(plan(task("a"), pools={"port": 0}))


def test_what_a_shell_cannot_take_is_refused() -> None:
    """A line for the shell has no NUL, is not too long, and a verification is not empty."""
    assert "no program can be given" in said(plan(task("a", command="x\0y")))
    assert "longer than" in said(plan(task("a", command="x" * 100_001)))
    assert "always succeed" in said(plan(task("a", verify=(" ",))))


@pytest.mark.parametrize("name", ["agent", "executor", "model"])
def test_names_are_no_options(name: str) -> None:
    """A name that a program would take for an option is refused."""
    assert f"{name} '--yolo' is no name" in said(plan(task("a", **{name: "--yolo"})))


def test_the_plan_itself_is_checked() -> None:
    """A plan without tasks, a base that is an option and a pattern that leaves the project are refused."""
    assert "no task" in said(plan())
    assert "no commit or branch" in said(plan(task("a"), base="--upload-pack=x"))
    assert "include" in said(plan(task("a"), include=("../secret",)))


def test_lists_and_plans_have_bounds() -> None:
    """A list of a task has at most 1,000 entries, since each is looked at."""
    assert "at most 1,000 entries" in said(plan(task("a", verify=("true",) * 1001)))


@given(plans())
def test_no_circle_is_found_where_there_is_none(drawn: WorkPlan) -> None:
    """Plans whose dependencies lead backwards never have a complaint about them."""
    assert "waits for itself" not in said(drawn)
    assert "depends on" not in said(drawn)
