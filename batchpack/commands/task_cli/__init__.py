"""`task-cli`: the state of features and their subtasks, for agents and for people."""

from __future__ import annotations

import importlib
from typing import Any

import click

from batchpack.output import say, warn
from batchpack.tasks.values import UnknownTask

_LOOKING = ("status", "next", "parallel", "deps", "blocked", "validate", "context", "watch")
_BATCHES = ("batch-check", "batches", "report")
_CHANGING = ("complete", "start", "block", "unblock", "init", "add", "archive")
_ROOMS = {
    **dict.fromkeys(_LOOKING, "looking"),
    **dict.fromkeys(_BATCHES, "batches"),
    **dict.fromkeys(_CHANGING, "changing"),
    "help": "looking",
}
"""Command → module, so that each call imports only what it needs: agents call this often."""


class _TaskGroup(click.Group):
    """A group that imports a command when it is called, and names an unknown task in words of old."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order in which they are used."""
        return list(_ROOMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of a command and return the command."""
        if cmd_name not in _ROOMS:
            return None
        room = importlib.import_module(f"{__name__}.{_ROOMS[cmd_name]}")
        commands: dict[str, click.Command] = {each.name: each for each in room.COMMANDS}
        return commands[cmd_name]

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an unknown task is told without a word before it, as prompts expect."""
        try:
            return super().invoke(ctx)
        except UnknownTask as error:
            warn(f"{error.message}\n  {error.hint}")
            return error.exit_code


@click.group(
    cls=_TaskGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": 100},
    epilog="Task files are stored in .tmp/tasks/<feature>/ of the project. "
    "Exit codes: 0 fine, 1 refused, failed or a broken file, 2 usage.",
)
@click.pass_context
def command(context: click.Context) -> None:
    """See and change the tasks of a feature, also while others do."""
    if context.invoked_subcommand is None:
        say(context.get_help())
