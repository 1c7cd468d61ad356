"""`batch-metrics export`."""

from __future__ import annotations

import csv
import io
import json

from tests.support.metrics import DOOR, ask
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
