"""The user's settings for `batchpack messages`: defaults of options, and variables for the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from batchpack import places
from batchpack.errors import BatchpackError, BrokenFile
from batchpack.files import read_text

ENVIRONMENT = "environment"
OPEN = 0o077
Values = dict[str, Any]


def path() -> Path:
    """Return where the settings are looked for; they need not exist."""
    return places.config_folder() / "messages.toml"


def load(file: Path) -> Values:
    """Return the settings of a TOML file, none if it is not there; raises BrokenFile."""
    if not file.is_file():
        return {}
    import tomllib

    try:
        found = tomllib.loads(read_text(file))
    except tomllib.TOMLDecodeError as error:
        raise BrokenFile(file, f"it is no TOML: {error}") from error
    environment = found.get(ENVIRONMENT, {})
    if not isinstance(environment, dict) or not all(isinstance(value, str) for value in environment.values()):
        raise BrokenFile(file, f"[{ENVIRONMENT}] must give each variable a text")
    if environment and file.stat().st_mode & OPEN:
        raise BatchpackError(
            f"{file} may hold a key, and others can read it", f"close it and run the command again: chmod 600 {file}"
        )
    return found


def apply(settings: Values) -> None:
    """Put variables into this process's environment, where they are not set already."""
    for name, value in settings.get(ENVIRONMENT, {}).items():
        os.environ.setdefault(name, value)


def defaults(file: Path, settings: Values, command: click.Command) -> Values:
    """Return the defaults for a command: what stands at the top for all that have the option, then its own table.

    Raises BrokenFile for an option that the command does not have in its own table.
    """
    options = {word.lstrip("-"): one for one in command.params for word in one.opts if word.startswith("--")}
    own = settings.get(command.name or "", {})
    shared = {key: value for key, value in settings.items() if not isinstance(value, dict)}
    unknown = sorted(set(own) - set(options))
    if unknown:
        raise BrokenFile(file, f"[{command.name}] has {unknown[0]!r}, which is no option of `messages {command.name}`")
    return {str(options[key].name): value for key, value in _known({**shared, **own}, options).items()}


def _known(given: Mapping[str, Any], options: Mapping[str, object]) -> Values:
    """Return those values that are of one of these options."""
    return {key: value for key, value in given.items() if key in options}
