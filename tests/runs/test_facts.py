"""What is settled when a run starts: read back as it was written, or told as broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchpack.errors import BrokenFile
from batchpack.runs import facts
from batchpack.runs.facts import Baseline, Facts, Role
from tests.runs.build import REQUEST, make_run, plan
from tests.support.project import Project

FACTS = Facts(
    run="20260102T030405-a1b2",
    project=Path("/p é"),
    tree=Path("/p é/tree"),
    root=Path("/p é/.batchpack"),
    host=None,
    started="2026-01-02T03:04:05.000Z",
    baseline=Baseline("c", "t", "s", {"a b\n": "-"}),
    roles={"one": Role("looks", edits=False)},
)


@pytest.mark.parametrize("ascii_only", [True, False])
def test_facts_are_read_as_they_were_written(tmp_path: Path, ascii_only: bool) -> None:
    """JSON and back is the same, with paths as paths and any letters in them."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(FACTS.to_json(), ensure_ascii=ascii_only))
    assert FACTS == facts.read_facts(path)


@pytest.mark.parametrize("key", ["run", "project", "tree", "root", "host", "started", "baseline", "roles"])
def test_each_fact_is_needed(tmp_path: Path, key: str) -> None:
    """A record without one of its facts is broken and says which is missing."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps({name: value for name, value in FACTS.to_json().items() if name != key}))
    with pytest.raises(BrokenFile, match=f"run.json: it does not say what a run needs: '{key}'"):
        facts.read_facts(path)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"7", b'{"roles": []}', b"\xff", b'{"run": "a"}'])
def test_what_is_no_record_is_told_with_its_file(tmp_path: Path, text: bytes) -> None:
    """Torn, foreign and binary files are errors that name the file, for facts and plans alike."""
    for name, read in (("run.json", facts.read_facts), ("plan.json", facts.read_plan)):
        path = tmp_path / name
        path.write_bytes(text)
        with pytest.raises(BrokenFile, match=name):
            read(path)
        with pytest.raises(BrokenFile, match="gone"):
            read(tmp_path / "gone.json")


@pytest.mark.parametrize(
    "wrong",
    [
        {"batches": [{"number": "x", "tasks": []}]}, {"batches": [{"tasks": []}]}, {"batches": 3},
        {"depends_on": {"one": None}}, {"depends_on": []},
    ],
)  # fmt: skip
def test_a_plan_of_another_shape_is_broken(tmp_path: Path, wrong: dict[str, object]) -> None:
    """Batches have a number and tasks, and dependencies are lists by task."""
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan([("one",)], {}) | wrong))
    with pytest.raises(BrokenFile, match="it is no plan"):
        facts.read_plan(path)


def test_a_run_keeps_what_it_needs_of_its_plan(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Request, hash, batches by number and dependencies come back from the run's directory."""
    run = make_run(project, monkeypatch, [("one", "two"), ("three",)], depends_on={"three": ("one",)})
    assert run.plan == facts.Plan(REQUEST, "0" * 64, {1: ("one", "two"), 2: ("three",)}, {"three": ("one",)})
