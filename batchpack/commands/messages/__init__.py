"""`batchpack messages`: many requests to a model, as batches, as direct calls or one after another."""

from __future__ import annotations

import click

from batchpack.groups import LateGroup


@click.group(
    cls=LateGroup, package=__name__, name="messages", short_help="Send many requests to a model, never paid twice."
)
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
