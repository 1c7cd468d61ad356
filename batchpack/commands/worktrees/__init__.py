"""`batchpack worktrees`: the worktrees that runs of work have made."""

from __future__ import annotations

import importlib
import pkgutil

import click


class _WorktreesGroup(click.Group):
    """A group whose commands are the modules beside this one, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name every module that is a command; one that begins with an underscore is a part of others."""
        return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return what it calls `command`."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return found


@click.group(cls=_WorktreesGroup, name="worktrees", short_help="See, save and take away the worktrees of runs.")
def command() -> None:
    """See, save and take away the worktrees of runs; nothing that is not committed or saved is ever deleted."""
