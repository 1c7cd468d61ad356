"""`batch-metrics export`."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

from batchpack import ledger
from tests.support.ledgers import put, used
from tests.support.metrics import DOOR, ask
from tests.support.project import Project
from tests.support.work import Ground


def test_everything_can_be_exported(ground: Ground) -> None:
    """A line for each request, to standard output or a file that is whole or not there; a closed pipe ends it."""
    lines = ask(ground.project, "export").assert_ok().out.splitlines()
    out = ground.root.parent / "all.csv"
    done = ask(ground.project, "export", "--format", "csv", "--out", str(out)).assert_ok()

    assert [7, 1000] == [json.loads(line)["input"] for line in lines]
    assert ["7", "1000"] == [row["input"] for row in csv.DictReader(io.StringIO(out.read_text()))]
    assert f"2 requests written to {out}" in done.err
    assert 1 == len(ask(ground.project, "export", "--since", "24h").out.splitlines())
    assert 1 == len(ask(ground.project, "export", "--project", ".").out.splitlines())
    ask(ground.project, "export", "--out", "README.md/x").assert_failed("cannot write README.md/x")
    piped = ground.project.execute(["bash", "-o", "pipefail", "-c", f"{DOOR[0]} export | true"])
    assert (0, "") == (piped.code, piped.err)


def test_devices_and_pipes_are_not_replaced(project: Project) -> None:
    """What is no regular file stays what it is; a link to a file is written through."""
    pipe, link, file = (project.folder / name for name in ("pipe", "link", "file"))
    os.mkfifo(pipe)
    file.write_text("old")
    link.symlink_to(file)

    for out in ("pipe", ""):
        ask(project, "export", "--out", out).assert_failed("it is no regular file")
    ask(project, "export", "--out", "link").assert_ok()
    assert (True, True, "") == (pipe.is_fifo(), link.is_symlink(), file.read_text())


def test_a_ledger_that_breaks_off_leaves_no_half_of_a_file(project: Project, tmp_path: Path) -> None:
    """What could not be exported whole is not there, under its name or another."""
    book = project.home / ".local/state/batchpack/metrics.sqlite"
    with ledger.open(book) as store:
        put(store, *(used(f"k{number}") for number in range(5000)))
    with book.open("r+b") as stream:
        stream.seek(book.stat().st_size // 2)
        stream.write(b"\xff" * (book.stat().st_size // 4))
    before = sorted(tmp_path.iterdir())

    done = ask(project, "export", "--no-collect", "--out", str(tmp_path / "all.jsonl"))

    assert (1, before) == (done.code, sorted(tmp_path.iterdir())), done.err
