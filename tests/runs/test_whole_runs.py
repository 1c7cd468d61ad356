"""Whole runs, driven by an orchestrator that only does what is printed."""

from __future__ import annotations

import re

import pytest

from tests.support.orchestra import Orchestra, blocked, diligent, events, run_folder, silent
from tests.support.project import Project

AUTH = "Build user authentication with React frontend, Go backend, tests, and docs"
EIGHT = (
    "explorer,architect,backend-go,frontend-react,test-automator,performance-optimizer,security-auditor,devops-engineer"
)


def counts(project: Project) -> tuple[int, ...]:
    """Read the counts of the newest synthesis: tasks, done, failed, skipped, pending."""
    text = (run_folder(project) / "SYNTHESIS.md").read_text()
    found = re.search(r"(\d+) tasks = (\d+) done \+ (\d+) failed \+ (\d+) skipped \+ (\d+) pending", text)
    assert found, text
    return tuple(map(int, found.groups()))


def test_a_run_goes_from_request_to_synthesis_by_what_is_printed(project: Project) -> None:
    """Following the printed lines alone ends in a synthesis in which all is done."""
    orchestra = Orchestra(project.init_git())
    orchestra.start(f'"{AUTH}"').assert_ok()
    assert counts(project) == (3, 3, 0, 0, 0)
    synthesis = (run_folder(project) / "SYNTHESIS.md").read_text()
    assert AUTH in synthesis
    assert all(f"### {task}: DONE" in synthesis for task in ("backend-go", "frontend-react", "test-automator"))
    assert sorted(orchestra.called) == ["backend-go", "frontend-react", "test-automator"]


def test_a_run_leaves_its_directory_as_documented(project: Project) -> None:
    """All files of the run directory are there, and git sees none of them."""
    Orchestra(project.init_git()).start(AUTH).assert_ok()
    folder = run_folder(project)
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    tasks = ("backend-go", "frontend-react", "test-automator")
    wanted = {"plan.json", "run.json", "state.json", "journal.jsonl", "joblog.tsv", "SYNTHESIS.md"}
    wanted |= {"batch1-results.md", "batch2-results.md"}
    wanted |= {f"prompts/{task}.md" for task in tasks} | {
        f"results/{task}.{end}" for task in tasks for end in ("md", "json")
    }
    assert wanted | {".lock", "printed"} == names
    untracked = [line.removeprefix("?? ") for line in project.git("status", "--porcelain").splitlines()]
    assert [f"{task}.txt" for task in tasks] == untracked


def test_a_task_sees_the_results_it_needs(project: Project) -> None:
    """A prompt names the reports of tasks that it depends on by absolute path, and they are there."""
    seen: dict[str, str] = {}

    def watchful(project: Project, task: str, prompt: str) -> object:
        seen[task] = prompt
        return diligent(project, task, prompt)

    Orchestra(project, {"test-automator": watchful}).start(AUTH).assert_ok()
    needed = seen["test-automator"].partition("## Read first")[2]
    for task in ("backend-go", "frontend-react"):
        path = run_folder(project) / "results" / f"{task}.md"
        assert f"- {task}: {path}" in needed
        assert path.exists()


def test_a_silent_agent_is_called_once_more_and_then_given_up(project: Project) -> None:
    """An agent that hands in nothing is tried twice; what depends on it is skipped, the rest is done."""
    orchestra = Orchestra(project, {"backend-go": silent})
    last = orchestra.start(AUTH)
    assert last.code == 1
    assert counts(project) == (3, 1, 1, 1, 0)
    assert orchestra.called.count("backend-go") == 2
    assert "test-automator" not in orchestra.called
    synthesis = (run_folder(project) / "SYNTHESIS.md").read_text()
    assert "### backend-go: FAILED" in synthesis
    assert "### test-automator: SKIPPED\n\nit needs backend-go" in synthesis


def test_a_second_try_is_told_what_went_wrong_and_may_succeed(project: Project) -> None:
    """A blocked agent is called again with its predecessor's words and report, and its success counts."""
    prompts: list[str] = []

    def second_time(project: Project, task: str, prompt: str) -> object:
        prompts.append(prompt)
        return (blocked if len(prompts) == 1 else diligent)(project, task, prompt)

    Orchestra(project, {"backend-go": second_time}).start(AUTH).assert_ok()
    assert counts(project) == (3, 3, 0, 0, 0)
    assert "What went wrong before" not in prompts[0]
    assert 'it ended with BLOCKED, "what came of it' in prompts[1]
    kept = run_folder(project) / "results" / "backend-go.attempt1.md"
    assert str(kept) in prompts[1]
    assert kept.exists()


def test_a_run_whose_agents_all_fail_ends_too(project: Project) -> None:
    """When every agent fails the run says so, ends in a synthesis with counts that add up, and fails."""
    agents = dict.fromkeys(("backend-go", "frontend-react", "test-automator"), blocked)
    orchestra = Orchestra(project, agents)
    last = orchestra.start(AUTH)
    assert last.code == 1
    assert counts(project) == (3, 0, 2, 1, 0)
    assert any("All of batch 1 failed" in outcome.out for outcome in orchestra.said)


def test_failed_tasks_are_tried_again_when_asked(project: Project) -> None:
    """`resume --retry-failed` does failed and skipped tasks in extra batches, and nothing that is done."""
    orchestra = Orchestra(project, {"backend-go": silent})
    orchestra.start(AUTH)
    orchestra.agents = {}
    orchestra.called.clear()
    last = orchestra.follow(project.run("resume", "--retry-failed").assert_ok())
    assert last.code == 0, last
    assert counts(project) == (3, 3, 0, 0, 0)
    assert orchestra.called == ["backend-go", "test-automator"]
    assert [one["tasks"] for one in events(run_folder(project)) if one["event"] == "batch_added"] == [
        ["backend-go"],
        ["test-automator"],
    ]


def test_one_agent_is_enough_and_works_all_the_same(project: Project) -> None:
    """A plan for one agent says that one is enough, and runs."""
    orchestra = Orchestra(project)
    orchestra.start("Fix the error in the login form").assert_ok()
    assert "One agent is enough" in orchestra.said[0].out
    assert counts(project)[2:] == (0, 0, 0)


@pytest.mark.parametrize("host", ["opencode", "claude_code", None])
def test_a_run_prints_at_most_300_bytes_an_agent(project: Project, host: str | None) -> None:
    """All that a run's commands print for the orchestrator is at most 300 bytes an agent, for eight agents."""
    orchestra = Orchestra(project.init_git())
    chosen = ["--host", host] if host else []
    orchestra.start(*chosen, "--agents", EIGHT, "Redesign the whole system").assert_ok()
    assert counts(project) == (8, 8, 0, 0, 0)
    assert orchestra.printed_bytes() <= 8 * 300, orchestra.printed_bytes()
