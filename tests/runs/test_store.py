"""Finding runs by the words that people and agents give."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.runs import ids, store
from batchpack.runs.store import AmbiguousRun, Run, UnknownRun, find
from tests.runs.build import drive, make_run, put
from tests.support.project import Project


@pytest.mark.parametrize(
    "word", ["../x", "", "a/b", "-rf", "näh", "a b", "*", "x\n", "~", ".", "..", "x" * 40, "\u202e"]
)
def test_hostile_run_names_are_refused(tmp_path: Path, word: str) -> None:
    """No word that could lead elsewhere becomes a path."""
    with pytest.raises(ids.BadName):
        find(word, tmp_path)


def test_hostile_names_on_the_command_line_end_well(project: Project) -> None:
    """Such words give an error of one or two lines, the right exit code and no traceback, at every command."""
    for words in (
        ["result", "show", "../x"],
        ["batch", "start", "../x", "1"],
        ["synthesize", "näh"],
        ["resume", "a/b"],
    ):
        project.run(*words).assert_failed("is not the name of a run")
    project.run("synthesize", "--", "-rf").assert_failed("is not the name of a run")
    project.run("synthesize", "-rf").assert_failed("No such option", code=2)
    project.run("synthesize", "abcd").assert_failed("there is no run 'abcd' here", "batchpack runs --all")
    project.run("batch", "start", "abcd", "one").assert_failed("not a valid integer", code=2)


def test_a_run_is_found_by_id_start_short_word_and_latest(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """All words for one run lead to it; a word for several is told."""
    one, two = (make_run(project, monkeypatch, [("one",)]) for _ in range(2))
    for word in (one.id, one.short, one.id[:-1]):
        assert find(word, project.folder) == one
    assert find("latest", project.folder) == two
    with pytest.raises(AmbiguousRun, match="means 2 runs"):
        find(one.id[:8], project.folder)
    with pytest.raises(UnknownRun):
        find("latest", project.home)


def test_a_run_is_found_from_any_folder(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent that stands elsewhere hands in by the whole id."""
    run = make_run(project, monkeypatch, [("one",)])
    assert find(run.id, project.home) == run
    project.run("batch", "start", run.id, "1", cwd=project.home).assert_ok()
    words = ["result", "put", run.id, "one", "--status", "DONE", "--summary", "s", "--file", "-"]
    project.run(*words, stdin="report", cwd=project.home).assert_ok()


def test_a_run_in_a_linked_work_tree_keeps_its_state_in_the_main_one(project: Project) -> None:
    """State lies with the main work tree, while evidence is looked for where the agents work."""
    project.write({"a.txt": "1"}).init_git()
    project.git("worktree", "add", "-q", "-b", "side", str(project.home / "side"))
    side = project.home / "side"
    project.run("start", "--agents", "backend-go", "Add an API endpoint", cwd=side).assert_ok()
    run = Run(store.of_project(project.folder)[0])
    assert (run.facts.project, run.facts.tree) == (project.folder, side)
    project.run("batch", "start", run.short, "1", cwd=side).assert_ok()
    words = ["result", "put", run.id, "backend-go", "--status", "DONE", "--summary", "s", "--changed", "a.txt"]
    project.write({"a.txt": "2"})
    project.run(*words, "--file", "-", stdin="report", cwd=side).assert_failed("a.txt does not differ")
    (side / "a.txt").write_text("2")
    project.run(*words, "--file", "-", stdin="report", cwd=side).assert_ok()


def test_a_plan_that_was_changed_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run goes on with the plan that it began with, or not at all."""
    run = make_run(project, monkeypatch, [("one",)])
    plan = run.folder / "plan.json"
    plan.write_text(plan.read_text().replace("0" * 64, "1" * 64))
    with pytest.raises(BrokenFile, match="not the plan that this run began with"):
        Run(run.folder).state()


def test_a_lost_or_stale_state_copy_does_not_matter(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`state.json` is written for onlookers and never read."""
    run = make_run(project, monkeypatch, [("one",)])
    (run.folder / "state.json").write_text('{"tasks": "nonsense"}')
    assert drive(run).counts().done == 1
    assert '"done": 1' in (run.folder / "state.json").read_text()


def test_what_was_handed_in_can_be_shown(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`result show` shows all tasks in a line each, or one with its report."""
    run = make_run(project, monkeypatch, [("one", "two")])
    project.run("batch", "start", run.short, "1").assert_ok()
    put(run, "one", report="# The report\n")
    assert project.run("result", "show", run.short).assert_ok().out == "one: DONE\ntwo: no result yet\n"
    shown = project.run("result", "show", run.short, "one").assert_ok().out
    assert "- Summary: one says DONE" in shown
    assert "# The report" in shown
    facts = project.run("result", "show", run.short, "--json").json()["tasks"]
    assert [(one["name"], one["status"]) for one in facts] == [("one", "DONE"), ("two", "no result yet")]


def test_an_event_without_what_it_must_say_is_a_broken_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that somebody edited is told as broken, never guessed at."""
    run = make_run(project, monkeypatch, [("one",)])
    with run.journal.open("a") as stream:
        stream.write('{"event": "result", "task": "one"}\n')
    project.run("resume", run.id).assert_failed("journal.jsonl: an event does not say what it must")
