"""`task-cli`: the state of features and their subtasks, for agents and for people."""

from __future__ import annotations

from typing import Any

import click

from batchpack.commands.task_cli import batches, changing, looking
from batchpack.output import say, warn
from batchpack.tasks.values import UnknownTask


class _TaskGroup(click.Group):
    """A group that names its commands in the order in which they are used, and unknown tasks in words of old."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order of their definition."""
        return list(self.commands)

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
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Task files are stored in .tmp/tasks/<feature>/ of the project. "
    "Exit codes: 0 fine, 1 refused, failed or a broken file, 2 usage.",
)
@click.pass_context
def command(context: click.Context) -> None:
    """See and change the tasks of a feature, also while others do."""
    if context.invoked_subcommand is None:
        say(context.get_help())


@click.command("help")
@click.pass_context
def _help(context: click.Context) -> None:
    """Show this page."""
    say((context.parent or context).get_help())


for _each in (*looking.COMMANDS, *batches.COMMANDS, *changing.COMMANDS, _help):
    command.add_command(_each)
