"""Going on: with what the job was begun with, and what changed is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from batchpack.messages import begin, items, requests, resume
from batchpack.messages.begin import Order
from batchpack.messages.job import Job
from batchpack.messages.resume import Changed
from tests.support.message_desks import draft_of, order_of, provider_of


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Begin a job of a file of items and a template."""
    provider = provider_of(monkeypatch)
    order = order_of(tmp_path, provider)
    (tmp_path / "review.j2").write_text("Review {{ text }}")
    writer = requests.Writer(requests.read_template(tmp_path / "review.j2"), order.writer.shared)
    order = Order(provider, order.source, writer, shard_size=4)
    return begin.register(order, draft_of(tmp_path, order), provider.connect("http://127.0.0.1:9"))


def test_nothing_changed(job: Job) -> None:
    """The same files are the same job."""
    assert (None, "reviews") == (resume.check(job), job.id)  # type: ignore[func-returns-value]


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "items": (lambda folder: (folder / "items.jsonl").write_text('{"text": "x"}\n'), "items.jsonl has changed"),
    "template": (lambda folder: (folder / "review.j2").write_text("Look at {{ text }}"), "review.j2 has changed"),
    "items gone": (lambda folder: (folder / "items.jsonl").unlink(), "items.jsonl is gone"),
    "template gone": (lambda folder: (folder / "review.j2").unlink(), "review.j2 is gone"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_is_told(job: Job, tmp_path: Path, what: str) -> None:
    """The file is named, and the way to go on all the same."""
    change, said = CHANGES[what]
    change(tmp_path)

    with pytest.raises(Changed, match=said) as caught:
        resume.check(job)
    assert "--as-begun" in caught.value.hint


def test_items_from_standard_input_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came by standard input lies in the job's folder, and words as a template cannot change."""
    provider = provider_of(monkeypatch)
    order = order_of(tmp_path, provider)
    folder = tmp_path / ".batchpack/messages/reviews"
    folder.mkdir(parents=True)
    (folder / "items.jsonl").write_text(json.dumps({"text": "x"}) + "\n")
    source = items.open_source(("-",), tmp_path)
    source.file = folder / "items.jsonl"
    order = Order(provider, source, order.writer, shard_size=4)
    job = begin.register(order, draft_of(tmp_path, order), provider.connect("http://127.0.0.1:9"))

    resume.check(job)
    (folder / "items.jsonl").write_text("")
    with pytest.raises(Changed, match="- has changed"):
        resume.check(job)
