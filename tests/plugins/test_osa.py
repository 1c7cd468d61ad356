"""The OSA page, judged by the rules of OSA's own loaders and shell."""

from __future__ import annotations

import json
import re
from pathlib import Path

from batchpack.values import AgentCall
from tests.support import osa_loader
from tests.support.pack import host, pack, rendered, target, write
from tests.support.project import ROOT

MOST_WORDS = 500


def _home(tmp_path: Path) -> Path:
    """Make a home with the pack's files."""
    write(rendered("osa", "user", tmp_path), tmp_path)
    return tmp_path


def test_the_skill_loads(tmp_path: Path) -> None:
    """OSA's loader finds the skill with its triggers and with tools that it has, within the length it asks for."""
    skill = osa_loader.skills(_home(tmp_path))["batch-run"]
    assert "/batch-run" == skill.matter["trigger"]
    assert "batch run" in skill.matter["triggers"]
    assert set(skill.matter["tools"]) <= osa_loader.TOOLS
    assert skill.description
    assert len(skill.body.split()) < MOST_WORDS


def test_the_command_carries_the_users_words(tmp_path: Path) -> None:
    """The words come after `Additional context:`, which is where the text says they are."""
    command = osa_loader.commands(_home(tmp_path))["batch-run"]
    text = osa_loader.expand(command, "build `x`")
    word = re.search(r"the text after `([^`]+)`", text)
    assert word is not None
    assert "build `x`" == text.split(word[1])[-1].strip()
    assert "$ARGUMENTS" not in text


def test_its_shell_takes_every_command_of_the_text(tmp_path: Path) -> None:
    """Commands are plain words with absolute paths; the user's words are in none of them."""
    body = osa_loader.commands(_home(tmp_path))["batch-run"].body
    (block,) = re.findall(r"```\n(.*?)```", body, re.DOTALL)
    assert 1 == len(block.strip().splitlines())
    assert osa_loader.refusal(block.replace("<project folder>", "/home/user/project")) is None
    assert str(tmp_path / ".osa/work/batches/request.md") in block


def test_the_checker_refuses_what_osa_refuses() -> None:
    """The rules of the checker bite."""
    for command in ("echo `x`", "echo $(x)", "a; rm b", "cd /tmp", "/usr/bin/sudo ls", "cat ../x"):
        assert osa_loader.refusal(command), command


def test_the_metrics_script_is_the_packs() -> None:
    """It is copied with what it falls back on, and knows the interpreter that has the pack; nothing else differs."""
    files = rendered("osa", "user")
    door, alone = (files[f".osa/hooks/{name}"] for name in ("batch-metrics.py", "batch_metrics_alone.py"))
    pairs = zip((ROOT / "hooks/batch-metrics.py").read_text().splitlines(), door.text.splitlines(), strict=True)

    [(before, after)] = [(one, other) for one, other in pairs if one != other]
    assert before.startswith('PYTHON = ""  # ')
    assert after == before.replace('""', repr(target("osa", "user").python))
    assert (ROOT / "hooks/batch_metrics_alone.py").read_text() == alone.text
    assert (True, False) == (door.executable, alone.executable)


def test_one_call_starts_a_batch() -> None:
    """All agents of a batch are in one call, each named with its own task."""
    calls = [AgentCall("explorer", "a", "Read /a"), AgentCall("architect", "b", "Read /b")]
    (line,) = host("osa").agent_calls(calls)
    tool, parameters = line.split(" ", 1)
    task = json.loads(parameters)
    assert ("orchestrate", "parallel") == (tool, task["strategy"])
    assert ["- explorer: Read /a", "- architect: Read /b"] == task["task"].splitlines()[1:]
    assert [] == host("osa").agent_calls([])


def test_the_server_of_tools_is_in_mcp_json() -> None:
    """OSA is told how to start the pack's server in the shape that it reads."""
    (edit,) = host("osa").settings_edits(pack(), target("osa", "user", program="/opt/bp"))
    assert (".osa/mcp.json", ("mcpServers", "batchpack")) == (edit.path, edit.keys)
    assert {"command": "/opt/bp", "args": ["mcp"], "env": {}} == edit.value
