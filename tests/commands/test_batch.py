"""`batchpack batch`: facts for programs, and short lines for models."""

from __future__ import annotations

import json
import time

import pytest

from tests.runs.build import make_run, put
from tests.support.project import Project


def test_programs_get_facts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--json` says which agents to call with which prompts, how tasks stand and what comes next."""
    run = make_run(project, monkeypatch, [("one", "two")])
    facts = project.run("batch", "start", run.id, "1", "--json").json()
    assert facts["schema"] == 1
    assert [(job["task"], job["attempt"], job["prompt"]) for job in facts["call"]] == [
        ("one", 1, str(run.prompt("one"))),
        ("two", 1, str(run.prompt("two"))),
    ]
    assert facts["next"] == ["batch", "finish", run.short, "1", "--next"]
    put(run, "one")
    put(run, "two", status="BLOCKED")
    outcome = project.run("batch", "finish", run.id, "1", "--json")
    assert outcome.code == 1
    assert '"next": [\n    "batch",\n    "finish"' in outcome.out
    put(run, "two")
    facts = project.run("batch", "finish", run.id, "1", "--json").json()
    assert (facts["state"], facts["call"], facts["next"]) == ("finished", [], ["synthesize", run.short])
    assert [task["state"] for task in facts["tasks"]] == ["done", "done"]
    assert project.run("synthesize", run.id, "--json").json()["counts"]["done"] == 2


def test_finish_writes_what_is_on_record(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`batch<N>-results.md` has every task of the batch with what it said and where its report is."""
    run = make_run(project, monkeypatch, [("one", "two"), ("three",)], depends_on={"three": ("two",)})
    project.run("batch", "start", run.id, "1").assert_ok()
    put(run, "one", status="DONE_WITH_CONCERNS")
    assert "two once more: it handed in nothing" in project.run("batch", "finish", run.id, "1").out
    out = project.run("batch", "finish", run.id, "1", "--final").assert_ok().out
    assert out.splitlines()[:2] == ["one DONE_WITH_CONCERNS", "two FAILED, handed in nothing"]
    text = run.batch_results(1).read_text()
    said = "## one: DONE_WITH_CONCERNS\n\n- Attempt: 1\n- Summary: one says DONE_WITH_CONCERNS\n"
    assert f"{said}- Report: {run.report('one')}" in text
    assert "## two: FAILED\n\n- Reason: handed in nothing\n- Attempt: 2\n" in text
    assert "## three: SKIPPED\n\n- Reason: it needs two\n" in run.batch_results(2).read_text()


def test_next_starts_the_batch_after_a_finished_one(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--next` needs no second command between two batches; it waits while results are missing, and ends the last."""
    run = make_run(project, monkeypatch, [("one",), ("two",)])
    project.run("batch", "start", run.id, "1").assert_ok()
    assert project.run("batch", "finish", run.id, "1", "--next").code == 1
    assert run.state().batches[2].state == "planned"
    put(run, "one")
    out = project.run("batch", "finish", run.id, "1", "--next").assert_ok().out
    assert out.splitlines()[:2] == ["1 done.", "Make 1 call together in one message and wait for all of them:"]
    assert run.state().batches[2].state == "open"
    put(run, "two")
    out = project.run("batch", "finish", run.id, "2", "--next").assert_ok().out
    assert out.splitlines()[:2] == ["1 done.", "All 2 tasks are done."]
    assert run.synthesis.exists()
    assert "run:" not in out


def test_next_ends_a_run_with_what_is_not_done(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last `--next` of a run in which something failed says so and exits with 1."""
    run = make_run(project, monkeypatch, [("one",)])
    project.run("batch", "start", run.id, "1").assert_ok()
    project.run("batch", "finish", run.id, "1", "--next")
    outcome = project.run("batch", "finish", run.id, "1", "--final", "--next")
    assert (1, "") == (outcome.code, outcome.err)
    assert "1 task = 0 done + 1 failed" in outcome.out
    assert "--retry-failed" in outcome.out


def test_without_next_the_batch_after_it_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finishes a batch by hand is told how to start the next one, and nothing is started."""
    run = make_run(project, monkeypatch, [("one",), ("two",)])
    project.run("batch", "start", run.id, "1").assert_ok()
    put(run, "one")
    assert f"batchpack batch start {run.short} 2" in project.run("batch", "finish", run.id, "1").assert_ok().out
    assert run.state().batches[2].state == "planned"


def test_agents_in_the_background_are_waited_for(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an agent that the session launched is at work nothing is changed, and it says how to go on."""
    run = make_run(project, monkeypatch, [("one", "two")], host="claude_code")
    here = {"CLAUDE_CODE_SESSION_ID": "s-1"}
    finish = ("batch", "finish", run.id, "1", "--next")
    project.run("batch", "start", run.id, "1").assert_ok()
    put(run, "one")
    _mark(project, "agent_launched", "batchpack:two")
    before = run.journal.read_bytes()
    said = project.run(*finish, "--wait", "0.1", env=here)
    assert (1, before) == (said.code, run.journal.read_bytes())
    assert said.out.splitlines() == [
        "Still at work: batchpack:two. Nothing was changed.",
        "To wait on, run:", f"    batchpack batch finish {run.short} 1 --next", "Were they stopped? Add --anyway.",
    ]  # fmt: skip
    facts = json.loads(project.run(*finish, "--wait", "0", "--json", env=here).out)
    assert (["batchpack:two"], ["batch", "finish", run.short, "1", "--next"]) == (facts["at_work"], facts["next"])
    _mark(project, "agent_ended", "batchpack:two")
    assert "two once more: it handed in nothing" in project.run(*finish, env=here).out


@pytest.mark.parametrize("words", [("--anyway",), ()])
def test_nobody_is_waited_for_that_was_stopped_or_is_of_another_session(
    words: tuple[str, ...], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--anyway` takes who did not say its end for stopped; a session looks at its own agents only."""
    run = make_run(project, monkeypatch, [("one",)], host="claude_code")
    project.run("batch", "start", run.id, "1").assert_ok()
    _mark(project, "agent_launched", "batchpack:one")
    session = "s-1" if words else "s-2"
    said = project.run("batch", "finish", run.id, "1", *words, env={"CLAUDE_CODE_SESSION_ID": session})

    assert "one once more: it handed in nothing" in said.out


def _mark(project: Project, event: str, agent: str) -> None:
    """Mark an event of an agent, as the hook does."""
    folder = project.home / ".local/state/batchpack/marks"
    folder.mkdir(parents=True, exist_ok=True)
    one = {
        "v": 1,
        "at": time.time(),
        "host": "claude_code",
        "event": event,
        "session": "s-1",
        "part": "p",
        "agent": agent,
    }
    with (folder / time.strftime("claude_code-%Y-%m-%d.jsonl", time.gmtime())).open("a") as stream:
        stream.write(json.dumps(one) + "\n")
