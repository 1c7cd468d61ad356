"""The manifest: all items or none, each id once, whatever happens on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchpack import rows
from batchpack.errors import BatchpackError
from batchpack.items import bodies, bulk, manifest
from batchpack.items.shaping import Shape
from batchpack.items.sources import open_source
from batchpack.items.values import BadRow, Rejects
from batchpack.queue import batches, database
from tests.items.conftest import Make
from tests.support.project import ROOT


def test_items_stand_as_they_came(make: Make, tmp_path: Path) -> None:
    """Ids, places, sums and the manifest's hash are kept; the file of the batch is durable and shared."""
    connection = make([{"id": "a", "at": "2026-01-01", "text": "ü"}, {"id": "b", "category": "x"}])
    added = manifest.added(connection)
    rows = connection.execute("SELECT seq, id, at, category, locator, tokens FROM item").fetchall()

    assert [(1, "a", "2026-01-01T00:00:00Z", None, "b.jsonl:1", 13), (2, "b", None, None, "b.jsonl:2", 7)] == [
        tuple(row) for row in rows
    ]  # fmt: skip
    assert (2, 1, added.manifest) == (added.items, added.undated, manifest.recount(connection))
    assert "wal" == connection.execute("PRAGMA journal_mode").fetchone()[0]
    assert [tmp_path / ".batchpack/items/b"] == batches.of_project(tmp_path)
    assert [".gitignore", "b"] == sorted(path.name for path in (tmp_path / ".batchpack/items").iterdir())


def test_twins(make: Make, tmp_path: Path) -> None:
    """A second item of an id is told with both places; with `keep_going` the first one stays, fields and all."""
    rows = [{"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "a", "n": 3}, {"id": "c", "n": 4}]
    with pytest.raises(BadRow, match=r"x.jsonl:3: its id 'a' is that of x.jsonl:1 too"):
        make(rows, "x")
    rejects = Rejects(keep_going=True)
    connection = make(rows, "y", rejects)

    assert [("a", 1), ("b", 2), ("c", 4)] == [(row["id"], fields["n"]) for row, fields in bodies.every(connection)]
    assert (3, 1) == (manifest.added(connection).items, len(manifest.added(connection).rejected))
    assert ["y"] == [folder.name for folder in batches.of_project(tmp_path)]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=30), block=st.integers(1, 7))
def test_each_id_once(make: Make, names: list[str], block: int) -> None:
    """In = kept + set aside, wherever a block of items ends."""
    before, rows.PIECE = rows.PIECE, 10 * block
    rejects = Rejects(keep_going=True)
    try:
        connection = make([{"id": name, "n": at} for at, name in enumerate(names)], f"b{time.monotonic_ns()}", rejects)
    finally:
        rows.PIECE = before
    kept = [(row["id"], fields["n"]) for row, fields in bodies.every(connection)]

    assert [(name, names.index(name)) for name in dict.fromkeys(names)] == kept
    assert len(names) == len(kept) + len(rejects.rows)
    assert manifest.recount(connection) == manifest.added(connection).manifest


def test_nothing_and_a_taken_name(make: Make, tmp_path: Path) -> None:
    """A source without items makes no batch; a name is given once."""
    with pytest.raises(BatchpackError, match="no items"):
        make([], "none")
    make([{"id": "a"}])
    with pytest.raises(BatchpackError, match="there is a batch 'b' already"):
        make([{"id": "a"}])
    assert ["b"] == [folder.name for folder in batches.of_project(tmp_path)]


def test_a_batch_of_tasks_only_has_no_manifest(tmp_path: Path) -> None:
    """What was made for tasks says so."""
    folder = batches.make(tmp_path, "t")
    with database.opened(folder / database.NAME) as connection, pytest.raises(BatchpackError, match="only tasks"):
        manifest.added(connection)


SLOW = """
import sys, time
from pathlib import Path
from batchpack.items import bulk, manifest
from batchpack.items.values import Rejects
def items():
    for n in range(10**9):
        if n == 5000: print("going", flush=True)
        if n > 5000: time.sleep(0.001)
        yield (f"i{n}", "0" * 64, None, None, 2, f"x:{n}"), b"{}"
manifest.make(Path(sys.argv[1]), "half", bulk.of(items()), Rejects(), dict)
"""


def test_a_killed_process_leaves_no_batch(make: Make, tmp_path: Path) -> None:
    """Half of a batch is none; what is left of it is swept when it is old."""
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(tmp_path)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert child.stdout is not None
    with child.stdout as out:
        assert b"going\n" == out.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
    parent = tmp_path / ".batchpack/items"
    left = next(parent.glob(".new-half-*"))
    assert [] == batches.of_project(tmp_path)
    os.utime(left, (0, 0))
    make([{"id": "a"}], "half")

    assert ["half"] == [folder.name for folder in batches.of_project(tmp_path)]
    assert not left.exists()


def test_an_interrupt_leaves_nothing(tmp_path: Path) -> None:
    """What ends a reading early ends the batch."""
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a"}) + "\n{\n")
    rejects = Rejects()
    found = bulk.blocks([open_source("a.jsonl", tmp_path)], Shape(), rejects)
    with pytest.raises(BadRow):
        manifest.make(tmp_path, "a", found, rejects, dict)

    assert [] == list((tmp_path / ".batchpack/items").iterdir())
