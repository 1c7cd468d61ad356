"""The judge: a claim counts for nothing, what is there and what runs decide, and every failure is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from batchpack.attempts.verdict import Verdict
from batchpack.executor import Answer, Pause
from batchpack.workplan.values import WorkTask
from tests.support.attempts import TASK, Ground, ground, said


@pytest.fixture
def here(tmp_path: Path) -> Ground:
    """Return a worktree in which nothing was done yet."""
    return ground(tmp_path)


@pytest.fixture
def done(here: Ground) -> Ground:
    """Return a worktree with the work of the task, not committed."""
    return here.write({"app/enums.py": "A = 1\n"})


def kinds(verdict: Verdict) -> list[str]:
    """Return the kinds of what is wrong."""
    return [problem.kind for problem in verdict.problems]


def test_work_that_passes_is_committed_and_verified(done: Ground) -> None:
    """What was left uncommitted is committed as the task's, verified on that commit, and the evidence says all."""
    verdict = done.judged(task=replace(TASK, verify=("grep -q A app/enums.py", 'test -z "$(git status -s)"')))

    assert ("verified", done.git("rev-parse", "HEAD"), "2/2 steps passed") == (
        verdict.state, verdict.commit, verdict.summary,
    )  # fmt: skip
    assert "L1-001: Create enums" == done.git("log", "-1", "--format=%s")
    facts = json.loads((done.evidence / "verdict.json").read_text())
    assert ("verified", ["app/enums.py"], verdict.commit) == (facts["state"], facts["files"], facts["commit"])
    assert "verified" == facts["claim"]["status"]


def test_a_commit_of_the_agent_is_taken_as_it_is(done: Ground) -> None:
    """An agent that commits itself keeps its message, and no further commit is made."""
    done.git("add", "-A")
    done.git("commit", "-qm", "enums, by hand")
    verdict = done.judged()

    assert ("verified", "enums, by hand") == (verdict.state, done.git("log", "-1", "--format=%s"))


def test_a_red_verification_fails_whatever_was_claimed(done: Ground) -> None:
    """The claim says verified, a line ends with 1: failed, with the output for the next attempt."""
    verdict = done.judged(task=replace(TASK, verify=("true", "echo 'assert 1 == 2'; exit 1", "true")))

    assert ("failed", ["verification"], "1/3 steps passed") == (verdict.state, kinds(verdict), verdict.summary)
    assert "assert 1 == 2" in verdict.feedback
    assert verdict.feedback == (done.evidence / "feedback.md").read_text()
    assert verdict.failure
    assert verdict.tree


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer("All done!"), "no_result"),
        (said("failed", error={"type": "x", "message": "no compiler"}), "agent"),
        (said("BLOCKED", summary="no network"), "blocked"),
        (said(task_id="L9"), "no_result"),
    ],
)
def test_without_a_usable_claim_it_failed(done: Ground, answer: Answer, kind: str) -> None:
    """No RESULT, another task's, one that says failed or blocked: the attempt failed, and nothing is verified."""
    verdict = done.judged(answer, task=replace(TASK, verify=("touch ran",)))

    assert ("failed", [kind]) == (verdict.state, kinds(verdict))
    assert not (done.worktree.path / "ran").exists()


def test_paths_outside_the_scope_fail_with_their_names(done: Ground) -> None:
    """Committed or not, what lies outside is listed, and the work stays uncommitted for the next attempt."""
    done.write({"README.md": "changed\n", "other/new.py": ""})
    verdict = done.judged()

    assert ("failed", ["scope"]) == (verdict.state, kinds(verdict))
    assert "README.md, other/new.py" in verdict.reason
    assert verdict.commit == ""
    assert "other/" in done.git("status", "-s")


@pytest.mark.parametrize("granted", [True, False])
def test_a_wider_scope_is_recorded_and_granted_only_where_allowed(done: Ground, granted: bool) -> None:
    """What the RESULT asks for is recorded; it helps only in a run that allows it."""
    done.write({"README.md": "changed\n"})
    answer = said(scope_expansion={"paths": ["README.md", "../x", "*"], "reason": "names it"})
    verdict = done.judged(answer, allow_expansion=granted)

    assert (("README.md",), granted) == (verdict.expansion, verdict.granted)
    assert ("verified" if granted else "failed") == verdict.state
    assert granted or "--allow-scope-expansion" in verdict.reason


@pytest.mark.parametrize(("reason", "state"), [("they are there already", "verified"), ("", "failed")])
def test_no_change_needs_a_reason(here: Ground, reason: str, state: str) -> None:
    """That nothing was changed is taken with a reason, when all deliverables are there."""
    verdict = here.judged(said(no_change=reason), task=replace(TASK, deliverables=("app/__init__.py",)))

    assert (state, reason) == (verdict.state, verdict.no_change)
    assert here.worktree.base == here.git("rev-parse", "HEAD")


def test_no_change_without_the_deliverable_fails(here: Ground) -> None:
    """A reason does not replace a file that must be there."""
    assert ["deliverables"] == kinds(here.judged(said(no_change="not needed")))


def test_a_plain_program_need_not_say_anything(here: Ground) -> None:
    """A command that is to change nothing passes by its exit code; one with a scope must change something."""
    check = WorkTask("L1-001", "Check", command="true", verify=("true",))

    assert "verified" == here.judged(Answer("ok"), task=check, agent=False).state
    scoped = here.judged(Answer("ok"), task=replace(check, scope=("app/",)), agent=False)
    assert ["no_change"] == kinds(scoped)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"code": 3}, "exit"),
        ({"code": -9}, "crash"),
        ({"code": -15, "timed_out": True}, "timeout"),
        ({"main_tree": ("src/a.py",)}, "main_tree"),
    ],
)
def test_how_it_ended_and_what_else_it_touched_count(done: Ground, facts: dict[str, Any], kind: str) -> None:
    """An exit code, a signal, a time-out and a change of the main tree fail an attempt whose work is fine."""
    assert [kind] == kinds(done.judged(**facts))


def test_a_worktree_that_is_none_any_more_fails(done: Ground) -> None:
    """An agent that switched the branch has lost its isolation: nothing is committed or run."""
    done.git("switch", "-qc", "elsewhere")

    assert "isolation" in kinds(done.judged())


def test_rewritten_history_fails(done: Ground) -> None:
    """A branch that no longer holds the commit it began at is not taken."""
    done.git("add", "-A")
    done.git("commit", "-q", "--amend", "-m", "all mine")

    assert "history" in kinds(done.judged())


def test_a_hook_that_fails_fails_the_attempt_with_its_words(done: Ground) -> None:
    """The project's own commit hooks count, and the next attempt is told what they said."""
    hook = done.project.folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'no trailing blanks allowed'\nexit 1\n")
    hook.chmod(0o755)
    verdict = done.judged()

    assert ["commit"] == kinds(verdict)
    assert "no trailing blanks allowed" in verdict.feedback


def test_what_the_verification_leaves_is_taken_away(done: Ground) -> None:
    """Files that a test run makes or changes are no one's work: they are gone before the next attempt."""
    verdict = done.judged(task=replace(TASK, verify=("echo x > report.xml; echo y >> README.md; exit 1",)))

    assert ["verification"] == kinds(verdict)
    assert "" == done.git("status", "-s")


def test_a_verification_that_moves_the_branch_fails(done: Ground) -> None:
    """What was verified must be what is merged."""
    verdict = done.judged(task=replace(TASK, verify=("git commit -q --allow-empty -m more",)))

    assert ["isolation"] == kinds(verdict)


def test_caches_are_nobodys_work(done: Ground) -> None:
    """Caches of tools in a project that does not ignore them are neither committed nor held against anybody."""
    done.write({"tests/__pycache__/x.pyc": "", ".pytest_cache/v/x": "", "app/__pycache__/y.pyc": ""})
    verdict = done.judged()

    assert ("verified", ("app/enums.py",)) == (verdict.state, verdict.files)


def test_the_same_failure_has_the_same_fingerprint(done: Ground) -> None:
    """Two attempts that leave the same work and fail alike cannot be told apart, one that fails elsewhere can."""
    red = replace(TASK, verify=('echo "failed in 0.$$ s at $PWD"; exit 1',))
    one, two = done.judged(task=red), done.judged(task=red)
    other = done.judged(task=replace(TASK, verify=("echo 'syntax error'; exit 1",)))

    assert (one.failure, one.tree) == (two.failure, two.tree)
    assert two.tree
    assert two.failure != other.failure


def test_a_pause_says_nothing_on_the_task(done: Ground) -> None:
    """At a limit nothing is looked at, committed or run."""
    verdict = done.judged(Answer("", pause=Pause("usage limit reached", 60)), code=1)

    assert ("paused", "usage limit reached", "") == (verdict.state, verdict.reason, verdict.commit)
    assert "?? app/enums.py" == done.git("status", "-s")


def test_without_worktrees_files_and_verification_decide(tmp_path: Path) -> None:
    """In a run without worktrees nothing is committed; deliverables and verification count all the same."""
    (tmp_path / "out.txt").write_text("x")
    from batchpack.attempts.judge import judge
    from batchpack.attempts.verdict import Ended

    task = WorkTask("t", "T", command="make", deliverables=("out.txt",), verify=("test -s out.txt",))
    ended = Ended(task, 1, tmp_path, None, Answer(""), agent=False, code=0)

    assert ("verified", "") == (judge(ended, tmp_path / "e").state, judge(ended, tmp_path / "e").commit)
    missing = replace(ended, task=replace(task, deliverables=("none.txt", "../out.txt")))
    assert ["deliverables"] == kinds(judge(missing, tmp_path / "e"))


def test_a_project_may_be_a_folder_of_its_repository(here: Ground) -> None:
    """Paths of a task start at the project, wherever that lies in the work tree."""
    project = here.write({"app/enums.py": "A = 1\n"}).worktree.path / "app"
    task = replace(TASK, deliverables=("enums.py",), scope=("./enums.py",), verify=("test -e enums.py",))

    assert "verified" == here.judged(task=task, folder=project).state
    here.write({"enums.py": "outside of the project\n"})
    assert ["scope"] == kinds(here.judged(task=task, folder=project))
