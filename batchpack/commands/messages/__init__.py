"""`batchpack messages`: many requests to a model, as batches, as direct calls or one after another."""

from __future__ import annotations

import importlib
import pkgutil

import click


class _MessagesGroup(click.Group):
    """A group whose commands are the modules beside this one, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name every module that is a command; one that begins with an underscore is a part of others."""
        names = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return what it calls `command`."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}")
        found: click.Command = module.command
        return found


@click.group(cls=_MessagesGroup, name="messages", short_help="Send many requests to a model, never paid twice.")
@click.pass_context
def command(context: click.Context) -> None:
    """Send many requests to a model at half the price as batches, or at once as direct calls; never paid twice."""
    from batchpack.commands.messages import _settings

    name = context.invoked_subcommand
    called = command.get_command(context, name) if name else None
    file = _settings.path()
    if name and called is not None and (found := _settings.load(file)):
        _settings.apply(found)
        context.default_map = {name: _settings.defaults(file, found, called)}
