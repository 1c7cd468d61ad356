"""Who works in a session of opencode's records, and for what."""

from __future__ import annotations

import importlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from batchpack.collector import Session
from tests.support.opencode_records import Records
from tests.support.pack import host

RUN = "20261121T120000-ab12"


@pytest.fixture
def records(tmp_path: Path) -> Records:
    """Return an empty database."""
    return Records(tmp_path)


@pytest.fixture
def told(records: Records) -> Any:
    """Return a function that reads a session anew."""
    module: Any = importlib.import_module(f"{host('opencode').__name__}.threads")  # type: ignore[attr-defined]

    def read(session: str, columns: tuple[str, ...] = module.FIELDS, *, projects: bool = True) -> Session:
        with closing(records.connect()) as connection:
            connection.row_factory = module.sqlite3.Row
            found: Session = module.Threads(connection, frozenset(columns), projects=projects).told(session)
            return found

    return read


def test_subagents_are_parts_of_the_first_session(records: Records, told: Any) -> None:
    """However deep it was started, a session names the first one, the one that started it, and the call."""
    top = records.session("top")
    child = records.session("child", top, "general", "/work/tree")
    leaf = records.session("leaf", child, "explore")
    records.call(top, "msg_1", "call_7", child)
    records.call(child, "msg_2", "call_8", leaf)

    assert Session("opencode", top, agent="build", project="/work") == told(top)
    assert Session("opencode", top, child, top, "call_7", "general", "/work/tree") == told(child)
    assert Session("opencode", top, leaf, child, "call_8", "explore", "/work") == told(leaf)


def test_sessions_that_start_each_other_are_read(records: Records, told: Any) -> None:
    """Parents in a circle, or gone, end nothing."""
    a = records.session("a", "ses_b")
    b = records.session("b", a)
    orphan = records.session("c", "ses_gone")

    assert ("ses_b", "ses_b") == (told(a).id, told(a).parent)
    assert (a, a) == (told(b).id, told(b).parent)
    assert ("ses_gone", orphan) == (told(orphan).id, told(orphan).part)
    assert Session("opencode", "ses_nowhere") == told("ses_nowhere")


def test_the_first_prompt_says_the_task(records: Records, told: Any) -> None:
    """The path in the prompt names run and task; the file behind it, as the agent read it, the attempt."""
    child = records.session("child", records.session("top"))
    message = records.prompt(child, f"Your task is in `/w/.batchpack/runs/{RUN}/prompts/backend-go.md`. Read it first.")

    assert (RUN, "backend-go", 0) == told(child)[7:]

    read = {"output": f"Hand it in with\nbatchpack result put {RUN} backend-go --attempt 2\n"}
    records.part(child, message, {"type": "tool", "tool": "read", "state": read})

    assert (RUN, "backend-go", 2) == told(child)[7:]


def test_later_prompts_say_nothing(records: Records, told: Any) -> None:
    """What people come to speak of later is not what a session is for; nor is what models say."""
    session = records.session("a")
    message = records.prompt(session, "Hello")
    for _ in range(5):
        message = records.prompt(session, "and more")
    records.prompt(session, f"see /w/.batchpack/runs/{RUN}/prompts/backend-go.md please")
    records.part(session, message, "not an object")
    records.run("UPDATE part SET data = '{' WHERE message_id = ?", message)

    assert ("", "", 0) == told(session)[7:]


@pytest.mark.parametrize(
    ("folder", "project"),
    [
        ("/work/shop", "/work/shop"),
        ("/work/shop/api", "/work/shop/api"),
        ("/elsewhere/tree", "/work/shop"),
        ("/elsewhere/tree/api", "/work/shop"),
        ("/elsewhere/tree-2", "/elsewhere/tree-2"),
        ("/work/other.worktrees/r/t", "/work/other"),
    ],
)
def test_a_work_tree_belongs_to_its_project(records: Records, told: Any, folder: str, project: str) -> None:
    """Agents in work trees work for the project that these were made for; other folders stand for themselves."""
    records.run("INSERT INTO project VALUES ('p', '/work/shop', '[\"/elsewhere/tree\"]')")

    assert project == told(records.session("a", folder=folder)).project


def test_older_tables_are_read(records: Records, told: Any) -> None:
    """Before sessions had an agent and projects a table, there was none."""
    session = records.session("a")
    records.run("ALTER TABLE session DROP COLUMN agent")
    records.run("DROP TABLE project")

    assert Session("opencode", session, project="/work") == told(session, ("parent_id", "directory"), projects=False)
