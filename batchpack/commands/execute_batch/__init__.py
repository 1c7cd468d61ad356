"""`batchpack execute-batch`: a batch of tasks that the agents of a host carry out, each in a worktree of its own."""

from __future__ import annotations

import importlib
import pkgutil

import click


class _BatchGroup(click.Group):
    """A group whose commands are the modules beside this one, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name every module that is a command; one that begins with an underscore is a part of others."""
        names = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return what it calls `command`."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return found


@click.group(cls=_BatchGroup, name="execute-batch", short_help="Carry out a batch of tasks with a host's agents.")
def command() -> None:
    """Carry out a batch of tasks with the agents of a host: begin it, hand in what they answered, end it."""
