"""Nothing of prompts, answers, tools or code gets from any host's records into the ledger, nor into what it says."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from batchpack import ledger, manager
from batchpack.metrics.collecting import collect
from tests.support import claude_records as claude
from tests.support.opencode_records import Records

SECRET = "hunter2-correct-horse"


def transcripts(home: Path) -> None:
    """Write Claude Code's records with a secret wherever text may stand, broken lines among them."""
    block = claude.answered(1, 5, agent=claude.AGENT).replace("an answer", f"text {SECRET}")
    tool = {
        "type": "tool_use",
        "id": "toolu_1",
        "name": "Edit",
        "input": {"new_string": SECRET, "path": f"/{SECRET}.py"},
    }
    torn = claude.answered(3, 5).replace("an answer", SECRET)
    lines = (
        claude.said(f"prompt {SECRET}"),
        claude.answered(2, 7, message_content=tool, of=claude.usage(7) | {"service_tier": SECRET}),
        claude.said("x", toolUseResult={"stdout": SECRET, "file": {"content": SECRET}}),
        torn[: len(torn) // 2] + "\n",
        f"{SECRET}\n",
        json.dumps({"type": "summary", "summary": SECRET}) + "\n",
        claude.answered(4, 5, of={"input_tokens": SECRET, "output_tokens": -1}),
        claude.answered(5, 5).replace("2026-11-21T17", SECRET),
    )
    claude.transcript(home, *lines)
    path = claude.transcript(home, claude.said(SECRET, agent=claude.AGENT), block, agent=claude.AGENT)
    claude.describe(path, agentType="Explore", description=SECRET, toolUseId="toolu_1", spawnDepth=1)


def database(home: Path) -> None:
    """Write opencode's records with the same."""
    records = Records(home)
    parent = records.session(f"{SECRET}"[:3], folder="/work")
    records.run("UPDATE session SET title = ?", SECRET)
    asked = records.prompt(parent, f"prompt {SECRET}")
    answer = records.answer(parent, 100, 10, error={"name": "E", "data": {"message": SECRET}})
    records.part(
        parent, answer, {"type": "tool", "tool": "bash", "state": {"input": {"command": SECRET}, "output": SECRET}}
    )
    records.part(parent, asked, {"type": "file", "url": SECRET})
    records.answer(parent, SECRET, 10)
    records.message(parent, f"{{torn {SECRET}")


def sessions(home: Path) -> None:
    """Write OSA's records with the same."""
    path = home / ".osa" / "sessions" / "cli_1.jsonl"
    path.parent.mkdir(parents=True)
    at = "2026-11-21T12:00:00Z"
    told = [
        {"role": "user", "content": SECRET, "timestamp": at},
        {"role": "assistant", "content": SECRET, "timestamp": at, "usage": {"input_tokens": SECRET}},
        {"role": "tool", "content": SECRET, "tool_name": SECRET, "timestamp": SECRET},
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in told) + f"{{torn {SECRET}\n")
    (home / ".osa/metrics").mkdir()
    (home / ".osa/metrics/daily.json").write_text(
        json.dumps({"tool_name": "Bash", "args": SECRET, "timestamp": at}) + "\n"
    )


def test_no_secret_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in each place of each host's records where text may stand is in no file of the ledger, nor exported."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CLAUDE_CONFIG_DIR", "XDG_DATA_HOME", "OSA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for write in (transcripts, database, sessions):
        write(tmp_path)
    exported, said = io.StringIO(), list[str]()
    with ledger.open() as book:
        found = collect(manager.load().collectors.values(), book, note=said.append)
        book.export(exported)
        hosts = {row.key[0] for row in book.totals(["host"])}
        told = repr((found, book.complaints(), list(book.sessions()), list(book.marks()), said))
        kept = {file.name: SECRET.encode() in file.read_bytes() for file in ledger.place().parent.iterdir()}

    assert {"claude_code", "opencode"} <= hosts
    assert {"claude_code", "opencode", "osa"} == {one.collector for one in found.complaints}
    assert (False, False) == (SECRET in told, SECRET in exported.getvalue())
    assert {"metrics.sqlite"} <= set(kept)
    assert not any(kept.values()), kept
