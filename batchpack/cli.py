"""The edge: finds the commands, parses, dispatches, shows errors and exits."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from batchpack import commands, interrupts, places
from batchpack.errors import BatchpackError
from batchpack.output import mute, say, warn

if TYPE_CHECKING:
    from batchpack.app import App

gc.set_threshold(100_000)  # starting makes many objects and drops none; looking for garbage costs a tenth of it
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
BUG = 3
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _LazyGroup(click.Group):
    """A group whose commands are the modules of `batchpack.commands`, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name every command module that has not its own program."""
        import pkgutil

        names = (module.name for module in pkgutil.iter_modules(commands.__path__))
        return sorted(name.replace("_", "-") for name in names if name not in commands.OWN_PROGRAMS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return what it calls `command`."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return _command(cmd_name.replace("-", "_"))


def _command(module: str) -> click.Command:
    """Return the command of a module of `batchpack.commands`."""
    command = importlib.import_module(f"batchpack.commands.{module}").command
    if not isinstance(command, click.Command):
        raise TypeError(f"batchpack.commands.{module}.command is no click command")
    return command


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    """Print the version and end."""
    if wanted and not ctx.resilient_parsing:
        say(f"batchpack {places.version()}")
        ctx.exit()


@click.command(cls=_LazyGroup, context_settings=CONTEXT)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show it.")
def batchpack() -> None:
    """Run batches of coding agents that can be depended on."""


def main() -> NoReturn:
    """Run `batchpack`."""
    _run(batchpack, "batchpack", _app())


def metrics_main() -> NoReturn:
    """Run `batch-metrics`."""
    _run(_command("batch_metrics"), "batch-metrics", _app())


def task_main(name: str = "task-cli") -> NoReturn:
    """Run `task-cli`, which its usage lines call by this name."""
    _run(_command("task_cli"), name)


def _app() -> App:
    """Make what commands are handed; its rooms are entered late, since `task-cli` starts faster without them."""
    from batchpack import manager
    from batchpack.app import App

    return App(manager.load)


def _run(command: click.Command, name: str, app: App | None = None) -> NoReturn:
    """Run a command and exit: 0 fine, 1 user error or failed work, 2 usage, 3 our bug, 130 interrupt."""
    quiet = False
    try:
        quiet = interrupts.heard()
        _open_input()
        code = command.main(prog_name=name, standalone_mode=False, obj=app)
        _flush()
    except (click.exceptions.Abort, KeyboardInterrupt):
        warn("\ninterrupted; nothing was lost")
        code = interrupts.INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BatchpackError as error:
        warn(f"Error: {error.message}" + (f"\n  {error.hint}" if error.hint else ""))
        code = error.exit_code
    except BrokenPipeError:
        code = _close_quietly()
    except OSError as error:
        code = _say_full(error) if error.errno in FULL else _say_gone() if _is_gone() else _report_bug()
    except SystemExit:  # what click makes of a closed pipe
        if not _reader_left():
            raise
        code = _close_quietly()
    except Exception:
        code = _report_bug()
    if quiet:
        interrupts.quiet()
    gc.freeze()  # else the interpreter ends by looking for garbage once more, which takes a tenth of the time
    sys.exit(code if isinstance(code, int) else 0)


def _open_input() -> None:
    """Take an input that was closed before the program began, where Python has none, for an empty one."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open()  # noqa: SIM115 - an input stays open


def _flush() -> None:
    """Push out what was printed while a closed pipe can still be caught."""
    if sys.stdout is not None:  # it is None when it was closed before the program began
        sys.stdout.flush()


def _reader_left() -> bool:
    """Tell whether nobody reads standard output any more."""
    import select

    asked = select.poll()
    asked.register(sys.stdout.fileno(), 0)
    return any(event & select.POLLERR for _, event in asked.poll(0))


def _say_full(error: OSError) -> int:
    """Say that the disk is full, be it the one that standard output goes to."""
    _close_quietly()
    warn(f"Error: {error.strerror}\n  make room and run the command again; nothing was lost")
    return BatchpackError.exit_code


def _is_gone() -> bool:
    """Tell whether the working folder was removed."""
    try:
        Path.cwd()
    except OSError:
        return True
    return False


def _say_gone() -> int:
    """Say that there is no folder to work in."""
    warn("Error: the folder you are in is not there any more\n  cd to one that is and run the command again")
    return BatchpackError.exit_code


def _close_quietly() -> int:
    """Let a reader such as `head` go: point standard output away so that the interpreter does not complain."""
    mute()
    return 0


def _report_bug() -> int:
    """Write the traceback to a log and tell where it is."""
    import traceback
    from datetime import UTC, datetime

    folder = places.state_folder() / "logs"
    log = folder / f"bug-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    warn(f"Error: this is a bug in batchpack: {_last_line()}")
    try:
        for needed in (folder.parent, folder):
            needed.mkdir(parents=True, exist_ok=True, mode=0o700)
        Path(log).write_text(
            f"batchpack {places.version()}\npython {sys.version}\n{sys.argv[1:2]}\n\n{traceback.format_exc()}"
        )
        warn(f"  please report it with {log}")
    except OSError:
        warn("  the log of it could not be written either")
    return BUG


def _last_line() -> str:
    """Say the present exception in one line."""
    error = sys.exc_info()[1]
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
