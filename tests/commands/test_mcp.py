"""`batchpack mcp`: every tool has its command, and the server ends when its host does."""

from __future__ import annotations

import inspect
import json
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from batchpack.commands.items import command as items
from batchpack.commands.receipts import command as receipts
from batchpack.mcp_server.tools import Tools
from tests.support.project import Project

COMMANDS = {
    "list_tasks": ("items tasks",),
    "get_task": ("items tasks",),
    "create_task": ("items create",),
    "claim_task": ("items claim",),
    "update_task": ("items append", "items claim", "items release"),
    "heartbeat": ("items heartbeat",),
    "release_task": ("items release",),
    "complete_task": ("items complete",),
    "fail_task": ("items fail",),
    "skip_task": ("items skip",),
    "list_chunks": ("items chunks",),
    "list_items": ("items list",),
    "get_item": ("items show",),
    "record_items": ("items record",),
    "append_receipt": ("receipts append",),
}
"""The commands that do what a tool does."""

SAID = {
    "id": "task", "assignee": "worker", "cursor": "after", "lease_seconds": "lease", "pause_seconds": "pause",
    "body_append": "text", "if_version": "version",
    "records": "file",
}  # fmt: skip
"""Parameters of tools that commands have under another name."""

OWN = {
    "get_task": {"body_from"},  # a terminal scrolls
    "update_task": {"status"},  # it says which of the commands is meant
}
"""Parameters of tools that no command needs, with the reason."""


def parameters(command: str) -> set[str]:
    """Name the parameters of a command."""
    group, name = command.split()
    found = {"items": items, "receipts": receipts}[group].get_command(click.Context(items), name)
    assert found, command
    return {str(one.name) for one in found.params}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_tool_has_its_command(name: str) -> None:
    """What a tool takes, its command takes too: workers without the tools lose nothing."""
    taken = set(inspect.signature(getattr(Tools, name)).parameters) - {"self"} - OWN.get(name, set())
    known = set().union(*map(parameters, COMMANDS[name]))

    said = SAID | ({"id": "item"} if name == "get_item" else {})
    assert set() == {said.get(one, one) for one in taken} - known


def test_no_tool_is_without_a_command() -> None:
    """Each tool that there is stands in the table."""
    assert COMMANDS.keys() == {tool.__name__ for tool in Tools(Path()).all()}


def test_both_ways_give_the_same_facts(project: Project) -> None:
    """A task that a tool shows is the task that the command prints, and one's claim is the other's."""
    from batchpack.queue import batches

    folder = project.folder.resolve()
    batches.make(folder, "mails")
    tools = Tools(folder)
    tools.create_task("one", "Title", "Body")
    claimed = project.run("items", "claim", "--worker", "w", "--json").json()["task"]
    shown = project.run("items", "tasks", "one", "--json").json()["task"]

    assert shown == json.loads(json.dumps(tools.get_task("one")["task"])) == claimed
    tools.complete_task("one", claimed["token"], ["seen"])
    assert "done" == project.run("items", "tasks", "one", "--json").json()["task"]["status"]


def test_the_server_ends_with_its_input(project: Project) -> None:
    """When the host closes the pipe the server ends well, and has said nothing that is no protocol."""
    outcome = project.run("mcp", stdin="").assert_ok()
    assert ("", "") == (outcome.out, outcome.err)


def test_what_is_no_protocol_does_not_stop_it(project: Project) -> None:
    """Lines that are no JSON are answered or passed over, never with a traceback."""
    outcome = project.run("mcp", stdin="rubbish\n{}\n[]\n\x00\n").assert_ok()
    assert "Traceback" not in outcome.out + outcome.err


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(project: Project, sign: signal.Signals) -> None:
    """Ctrl-C or an end from the host ends the server within seconds while its input is still open."""
    child = subprocess.Popen(
        [sys.executable, "-m", "batchpack", "mcp"], cwd=project.folder, env=project.environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin
    assert child.stdout
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
    child.stdin.flush()
    child.stdout.readline()
    child.send_signal(sign)
    try:
        assert child.wait(timeout=20) == -sign
        assert "Traceback" not in child.stderr.read()  # type: ignore[union-attr]
    finally:
        child.kill()
        child.communicate()
