"""What message jobs used: to the token by the books of the service, in batches, side by side and in loops."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from batchpack import ledger
from batchpack.collector import Used
from batchpack.errors import BrokenFile
from batchpack.metrics.collecting import collect
from batchpack.metrics.own.messages import Messages
from batchpack.metrics.own.shelf import Shelf
from batchpack.prices import Usage, cost, shipped
from tests.support.collected import KINDS
from tests.support.collected import Shelf as Read
from tests.support.message_batches.remote import Remote
from tests.support.message_ground import Collected
from tests.support.message_jobs import run, start, warm

MARKS = {
    1: "cache:700:30:0", 2: "cache:0:0:2000", 3: "fake:expired:1", 4: "cache:150000:1:2", 5: "fake:errored:api_error:1",
    7: "fake:max_tokens", 9: "fake:refusal",
}  # fmt: skip


@pytest.fixture(scope="module")
def service() -> Iterator[Remote]:
    """Start the stand-in once."""
    warm()
    with Remote() as remote:
        yield remote


def marked(ground: Collected) -> Collected:
    """Write items with marks that choose what is cached and what goes wrong."""
    marks = [MARKS.get(n % 25, "plain") for n in range(ground.count)]
    rows = [{"id": f"doc-{n}", "text": f"document {n} [[{mark}]]"} for n, mark in enumerate(marks)]
    (ground.folder / "items.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return ground


def reader(folder: Path) -> Messages:
    """Return the collector for one project."""
    return Messages(Shelf({}, folder))


def batch(tmp_path: Path, service: Remote) -> Collected:
    """Return a job of three shards that was collected."""
    service.reset()
    service.options(duration=0.15, list_lag=0.0, queue_limit=0, keys={}, answer_length=80)
    ground = marked(Collected(tmp_path / "ground", service)).send()
    ground.wait()
    return ground


def test_a_batch_is_counted_to_the_token(service: Remote, tmp_path: Path) -> None:
    """Each kind of tokens is what the service charged, answers that are no good included, each at its own price."""
    before = time.time()
    ground = batch(tmp_path, service)
    found = Read().collect(reader(ground.folder))

    assert service.used() == found.sums()
    assert not found.complaints
    assert {True} == {one.batch for one in found.used.values()}
    session = next(iter(found.used.values())).session
    assert ("anthropic", "reviews", str(ground.folder)) == (session.host, session.run, session.project)
    assert all(before - 1 <= one.at <= time.time() + 1 for one in found.used.values())
    bill = sum(price(one) for one in found.used.values())
    assert ground.facts()["cost"]["dollars"] == pytest.approx(bill)


def test_a_thousand_messages_are_counted_to_the_token(service: Remote, tmp_path: Path) -> None:
    """By the ledger's sums: requests and each kind of tokens as the service charged them, at the price of a batch."""
    service.reset()
    service.options(duration=0.3, list_lag=0.0, queue_limit=0, keys={}, answer_length=80)
    ground = Collected(tmp_path / "ground", service, count=1000, shard_size=300)
    marked(ground).send()
    ground.wait()
    bill = ground.facts()["cost"]
    one = reader(ground.folder)
    with ledger.open(tmp_path / "metrics.sqlite") as store:
        collect([one], store)
        (found,) = store.totals(("host", "run", "model", "batch"))
        again = collect([one], store)
        assert [found] == store.totals(("host", "run", "model", "batch"))

    kept = b"".join(path.read_bytes() for path in tmp_path.glob("metrics.sqlite*"))
    assert b"yyyy" not in kept, "no word of an answer is kept"
    assert b"document" not in kept, "nor of a request"
    assert ("anthropic", "reviews", "claude-haiku-5-5", "yes") == found.key
    assert service.used() == {"requests": found.requests} | {kind: getattr(found, kind) for kind in KINDS}
    assert 900 < found.requests == found.priced_requests
    assert min(found.input, found.output, found.cache_read, found.write_5m, found.write_1h) > 0
    assert (bill["dollars"], bill["standard_dollars"]) == (
        pytest.approx(float(found.dollars or 0)), pytest.approx(float(found.standard or 0)),
    )  # fmt: skip
    assert (0, 0) == (again.portions, again.requests)


def price(one: Used) -> float:
    """Return what one request costs."""
    usage = Usage(one.input, one.output, one.cache_read, one.write_5m, one.write_1h)
    found = cost(one.model, usage, shipped(), batch=one.batch)
    assert found is not None
    return float(found.dollars)


def test_collected_again_it_is_the_same(service: Remote, tmp_path: Path) -> None:
    """Nothing is read twice; asked again for what failed at no charge, only that is new."""
    ground = batch(tmp_path, service)
    one, found = reader(ground.folder), Read()
    found.collect(one)
    sums, portions = found.sums(), found.portions

    assert (sums, portions) == (found.collect(one).sums(), found.portions)
    assert 0 == ground.do("retry").code
    ground.wait()
    assert service.used() == found.collect(one).sums()
    assert sums["requests"] + 2 == found.sums()["requests"]


@pytest.mark.parametrize("mode", [["stream"], ["loop", "--keep-going"]], ids=["stream", "loop"])
def test_direct_messages_are_counted_while_they_come(mode: list[str], service: Remote, tmp_path: Path) -> None:
    """One by one at standard price; the file of a run under way and the one at its end tell of the same requests."""
    service.reset()
    service.options(answer_length=80)
    ground = marked(Collected(tmp_path / "ground", service))
    words = [word for word in ground.submit if word not in {"--shard-size", "10", "--grace", str(ground.grace)}]
    ended = run(ground, ["messages", *mode, *words[2:]])
    assert "Traceback" not in ended.text
    one, found = reader(ground.folder), Read()
    found.collect(one)

    assert service.used() == found.sums(), ended.text
    assert {False} == {used.batch for used in found.used.values()}
    results = ground.folder / ".batchpack/messages/reviews/results"
    parts = list(results.glob("*.part"))
    for path in results.glob("?-?.jsonl"):
        path.unlink()
    assert parts
    assert found.sums() == Read().collect(one).sums()


def test_a_job_under_way_is_followed(service: Remote, tmp_path: Path) -> None:
    """Read again and again while answers come in and files are finished, the sums only grow, to those of the books."""
    service.reset()
    service.options(answer_length=80)
    ground = Collected(tmp_path / "ground", service, count=200).mark({})
    words = [word for word in ground.submit if word not in {"--shard-size", "10", "--grace", str(ground.grace)}]
    running, seen = start(ground, ["messages", "stream", *words[2:]]), [0]
    with ledger.open(tmp_path / "metrics.sqlite") as store, ThreadPoolExecutor() as pool:
        end = pool.submit(running.wait)
        while not end.done():
            assert () == collect([reader(ground.folder)], store).complaints
            seen += [row.requests for row in store.totals()]
            time.sleep(0.01)
        collect([reader(ground.folder)], store)
        (found,) = store.totals()

    assert "Traceback" not in end.result().text
    assert seen == sorted(seen)
    assert service.used() == {"requests": found.requests} | {kind: getattr(found, kind) for kind in KINDS}


def test_what_makes_no_sense_is_told(service: Remote, tmp_path: Path) -> None:
    """A result of another form, or of no request of ours, is a complaint; results without a job are nobody's."""
    ground = batch(tmp_path, service)
    results = ground.folder / ".batchpack/messages/reviews/results"
    name = json.loads((results / "1-1.jsonl").read_text().splitlines()[0])["custom_id"]
    usage = {"input_tokens": "a", "cache_creation_input_tokens": "b"}
    lines = (
        {"custom_id": name, "result": {"type": "succeeded", "message": {"model": "m", "usage": usage}}},
        {"result": 1},
        {"custom_id": name, "result": {"type": "expired"}},
        {
            "custom_id": "msg_1:req_1",
            "result": {"type": "succeeded", "message": {"model": "m", "usage": {"input_tokens": 9}}},
        },
    )
    (results / "1-1.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    stray = ground.folder / ".batchpack/messages/stray/results"
    shutil.copytree(results, stray)
    one = reader(ground.folder)
    sources = [source for source in one.sources() if source.key.endswith("1-1.jsonl")]
    facts = [fact for source in sources for portion in one.read(source, None) for fact in portion.facts]

    assert 3 == len(facts), facts
    assert all("line" in str(fact) for fact in facts)
    (results / "9-9.jsonl").write_text('{"custom_id": "x"}\n')
    (source,) = [source for source in one.sources() if source.key.endswith("9-9.jsonl") and "reviews" in source.key]
    with pytest.raises(BrokenFile):
        list(one.read(source, None))
