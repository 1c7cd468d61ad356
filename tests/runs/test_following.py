"""What comes next: the calls, and one command with the right words."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.host import Host
from batchpack.runs import batches, following, synthesis
from tests.runs.build import drive, make_run, put, roots
from tests.support.orchestra import read
from tests.support.project import Project


def test_printed_commands_carry_the_fence_after_a_takeover(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who follows what `resume` prints has the right fence at every step."""
    run = make_run(project, monkeypatch, [("one",), ("two",)])
    batches.start(run, 1, 1, roots())
    printed = read(project.run("resume").assert_ok().out)
    assert [call["name"] for _, call in printed.calls] == ["one"]
    assert printed.command == f"batchpack batch finish {run.short} 1 --next --fence 2"
    put(run, "one")
    words = printed.command.split()[1:]
    assert read(project.run(*words).assert_ok().out).command == f"batchpack batch finish {run.short} 2 --next --fence 2"


def no_host(name: str) -> Host:
    """Fail: a run without a host asks for none."""
    raise AssertionError(name)


def test_each_stage_has_its_one_command(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start, finish, finish for good after the second try, synthesize, and nothing more."""
    run = make_run(project, monkeypatch, [("one",)])
    seen = [following.command_words(run, run.state())]
    seen.append(following.command_words(run, batches.start(run, 1, 1, roots()).state))
    seen.append(following.command_words(run, batches.finish(run, 1, 1, roots(), final=False).state))
    seen.append(following.command_words(run, batches.finish(run, 1, 1, roots(), final=True).state))
    seen.append(following.command_words(run, synthesis.write(run, 1, partial=False)))
    assert seen == [
        ("batch", "start", run.short, "1"),
        ("batch", "finish", run.short, "1", "--next"),
        ("batch", "finish", run.short, "1", "--final", "--next"),
        ("synthesize", run.short),
        (),
    ]


def test_final_is_not_said_when_the_second_try_succeeded(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another task still has a try left, nobody is told that the tries are over."""
    run = make_run(project, monkeypatch, [("one",)])
    batches.start(run, 1, 1, roots())
    batches.finish(run, 1, 1, roots(), final=False)
    put(run, "one")
    assert "--final" not in following.command_words(run, run.state())


def test_a_run_without_a_host_calls_any_agent(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call names its role and a prompt that is there, and the command comes after the calls."""
    run = make_run(project, monkeypatch, [("one", "two")])
    standing = batches.start(run, 1, 1, roots())
    printed = read("\n".join(following.lines(run, standing.state, standing.call, no_host)))
    assert [("agent", "one"), ("agent", "two")] == [(tool, call["name"]) for tool, call in printed.calls]
    for _, call in printed.calls:
        prompt = Path(call["prompt"].removeprefix("Follow "))
        assert prompt.read_text().startswith(f"# Task `{call['name']}`")
    assert printed.command
    assert printed.command.endswith(f"batch finish {run.short} 1 --next")


def test_a_complete_run_says_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the end there is neither a call nor a command."""
    run = make_run(project, monkeypatch, [("one",)])
    assert [] == following.lines(run, drive(run), (), no_host)
