"""Groups of commands, each a module of its own that is imported when it is called, and the options of several."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class LateGroup(click.Group):
    """A group whose commands are the modules of a package; one that begins with an underscore is a part of others."""

    def __init__(self, *arguments: Any, package: str = "", **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.package = package

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name every module that is a command."""
        names = (module.name for module in pkgutil.iter_modules(importlib.import_module(self.package).__path__))
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return what it calls `command`."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{self.package}.{cmd_name.replace('-', '_')}")
        found: click.Command = module.command
        return found


def options(*wanted: Callable[[Any], Any]) -> Callable[[F], F]:
    """Give a command several arguments and options, in their order."""

    def give(function: F) -> F:
        for option in reversed(wanted):
            function = option(function)
        return function

    return give
