"""The spool: bodies that hold every request once, in shards within bounds whose sizes differ."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from batchpack.errors import BatchpackError, BrokenFile
from batchpack.files import fingerprint
from batchpack.messages.job import Job
from batchpack.messages.spool import Bounds, Request, Spool, key_of, requests, verify
from batchpack.messages.state import Shard


def request(number: int, size: int = 20) -> Request:
    """Make a request of about this many bytes."""
    return Request(
        number, key_of(f"k\t{number}"), json.dumps({"n": number, "t": "é" * (size // 2)}, ensure_ascii=False).encode()
    )


def spooled(
    folder: Path, sizes: list[int], bounds: Bounds, taken: set[int] | None = None, **options: Any
) -> list[Shard]:
    """Write a round of requests of these sizes."""
    spool = Spool(folder / "spool", "abcd1234", 3, bounds, taken or set(), **options)
    try:
        for number, size in enumerate(sizes):
            spool.add(request(number, size))
    except BaseException:
        spool.abandon()
        raise
    return [Shard(3, row["shard"], row["requests"], row["bytes"], row["sha256"]) for row in spool.close()]


def check(folder: Path, shards: list[Shard], sizes: list[int], bounds: Bounds) -> None:
    """Hold a round to what was written: all of it, in order, within bounds, with ids of ours, hashed."""
    number = 0
    for shard in shards:
        body = Job(folder).body(shard.name).read_bytes()
        rows = json.loads(body)["requests"]
        assert (len(body), fingerprint(body)) == (shard.bytes, shard.sha256)
        assert shard.requests == len(rows) <= bounds.requests
        assert len(body) <= bounds.bytes
        assert [f"abcd1234-r3-s{shard.number}-{index}" for index in range(len(rows))] == [
            one["custom_id"] for one in rows
        ]
        again = list(requests(Job(folder), shard))
        assert [request(number + index, sizes[number + index]) for index in range(len(rows))] == again
        assert [one["params"] for one in rows] == [json.loads(one.params) for one in again]
        number += len(rows)
    assert len(sizes) == number


@pytest.mark.parametrize(
    ("count", "size", "taken", "expected"),
    [
        (25, 10, set(), [10, 9, 6]),
        (27, 10, set(), [10, 9, 8]),
        (28, 10, set(), [10, 9, 8, 1]),
        (10, 10, {10}, [9, 1]),
        (1, 10, {1}, [1]),
        (8, 10, {8, 7}, [6, 2]),
        (7, 2, set(), [2, 1, 2, 2]),
        (1, 1, set(), [1]),
    ],
)
def test_sizes(tmp_path: Path, count: int, size: int, taken: set[int], expected: list[int]) -> None:
    """Shards differ in size, among each other and from other rounds, as long as sizes last."""
    bounds, sizes = Bounds(size, 10**9), [20] * count

    shards = spooled(tmp_path, sizes, bounds, taken)

    assert expected == [shard.requests for shard in shards]
    check(tmp_path, shards, sizes, bounds)


def test_a_canary_goes_alone(tmp_path: Path) -> None:
    """The first shard of a round with a canary is one request."""
    shards = spooled(tmp_path, [20] * 12, Bounds(10, 10**9), canary=True)

    assert [1, 10] == [shard.requests for shard in shards][:2]
    assert 12 == sum(shard.requests for shard in shards)


def test_bytes_bind_too(tmp_path: Path) -> None:
    """Whatever the sizes of requests are, no body exceeds its bytes, sizes differ, and nothing is lost or doubled."""
    for seed in range(40):
        chance = random.Random(seed)
        sizes = [chance.choice([10, 40, 200, 900]) for _ in range(chance.randint(1, 80))]
        bounds, taken = Bounds(chance.randint(12, 40), 3000), set(chance.sample(range(1, 12), chance.randint(0, 4)))
        folder = tmp_path / str(seed)

        shards = spooled(folder, sizes, bounds, taken)

        check(folder, shards, sizes, bounds)
        differ = [shard.requests for shard in shards[:-1]]
        if len(differ) + len(taken) < 6:
            assert len(differ) == len(set(differ) - taken)


def test_one_item_over_the_limit(tmp_path: Path) -> None:
    """An item that no batch could hold is told with number, key and both sizes."""
    with pytest.raises(BatchpackError, match=r"item 1 \(key .*\) comes to [\d,]+ bytes, more than the 1,000"):
        spooled(tmp_path, [20, 2000], Bounds(10, 1000))


def test_a_changed_body_is_not_sent(tmp_path: Path) -> None:
    """A body that is not the one that was written is refused, and so is one that is gone."""
    (shard,) = spooled(tmp_path, [20] * 3, Bounds(10, 10**6))
    verify(Job(tmp_path), shard)
    path = Job(tmp_path).body(shard.name)
    path.write_bytes(path.read_bytes().replace(b'"n": 1', b'"n": 7'))

    with pytest.raises(BrokenFile, match="it was changed"):
        verify(Job(tmp_path), shard)
    path.unlink()
    with pytest.raises(BrokenFile):
        verify(Job(tmp_path), shard)
