"""What prompts of agents name, in every form in which the program hands them out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchpack.attribution import Named, fuller, named

RUN = "20261121T163043-eaef"
WORK = f"# Task `L1-001`, attempt 2 of 5: a title\n\nFolder to work in: /p\n\nBranch: `batchpack/{RUN}/L1-001`. It"
HANDED = f"batchpack result put {RUN} backend-go --attempt 3 --status DONE"
FORMS = {
    "Follow .batchpack/c2f0/backend-go.md": Named("c2f0", "backend-go"),
    "Follow /home/you/.osa/work/batches/c2f0/backend-go.md": Named("c2f0", "backend-go"),
    f"Follow /home/you/p/.batchpack/runs/{RUN}/prompts/backend-go.md": Named(RUN, "backend-go"),
    f"Follow /home/you/p/.batchpack/runs/{RUN}/prompts/L1-001-2.md": Named(RUN, "L1-001", 2),
    f"Follow ~/.osa/work/batches/runs/{RUN}/prompts/a.b.md": Named(RUN, "a.b"),
    HANDED: Named(RUN, "backend-go", 3),
    "batchpack result put eaef backend-go": Named("eaef", "backend-go"),
    WORK: Named(RUN, "L1-001", 2),
    f"# Task `backend-go`, attempt 3\n\n…\n```\n{HANDED} \\\n": Named(RUN, "backend-go", 3),
    "# Task `alone`, attempt 1 of 5: in the project itself": Named("", "alone", 1),
    "Your NAME is mails.w1. Read `.batchpack/items/mails/worker.md` and follow it.": Named("mails", "mails.w1"),
    "Execute subtask: .tmp/tasks/auth-system/subtask_01.json\nThis is": Named("auth-system", "subtask_01"),
}


@pytest.mark.parametrize("text", FORMS)
def test_each_form_of_a_prompt_is_read(text: str) -> None:
    """What the program prints for agents names their run and task, whole prompts their attempt too."""
    assert FORMS[text] == named(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Look at runs/ and tell me",
        "Follow .batchpack/c2f0/../../etc.md",
        f"Follow .batchpack/runs/{RUN}/prompts/a..b.md",
        f"batchpack result put {RUN} name.lock --attempt 1",
        f"Follow .batchpack/runs/{RUN}/prompts/-rf.md",
        f"Follow .batchpack/runs/{RUN}/prompts/{'a' * 65}.md",
        "Follow .batchpack/c2f0f/backend-go.md",
        "Follow .batchpack/c2f0/backend-go.md.exe",
        "result put ../x y --attempt 1",
    ],
)
def test_what_is_no_name_names_nothing(text: str) -> None:
    """Paths that lead elsewhere, and words that cannot be ids, are passed over."""
    assert Named() == named(text)


def test_the_first_one_counts() -> None:
    """What a request quotes further down does not take an agent's work to another task."""
    text = f"Follow .batchpack/c2f0/backend-go.md\nbatchpack result put {RUN} other --attempt 1"

    assert Named("c2f0", "backend-go") == named(text)
    assert Named(RUN, "L1-001", 2) == named(f"{WORK}\n{HANDED}")


def test_the_file_behind_a_path_says_the_rest() -> None:
    """The command for the same task of the same run gives the whole id and the attempt; others do not."""
    known = Named("eaef", "backend-go")
    others = f"result put {RUN} other --attempt 9, result put {RUN[:-1]}0 backend-go --attempt 9"

    assert Named(RUN, "backend-go", 3) == fuller(known, f"{others}, {HANDED}")
    assert known == fuller(known, others)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """No text breaks it, and what it names is made of the letters of ids."""
    found = named(text)

    assert all(word == "" or (word[0].isalnum() and ".." not in word) for word in (found.run, found.task))
