#!/usr/bin/env python3
"""Show what batches of agents came to: hands over to the program `batch-metrics`, else shows what it can by itself.

It stands in a host's folder: standard library only, Python 3.8 or newer.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # it takes longer to import than the rest does
    import argparse

PYTHON = ""  # an install writes here which interpreter has the pack
TRIED = "BATCHPACK_METRICS_TRIED"
START = """import os, sys
try:
    from batchpack.__main__ import metrics
except Exception:
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
sys.argv = ["batch-metrics", *sys.argv[2:]]
metrics()"""


def hand_over(words: list[str]) -> None:
    """Become the pack's program, by the interpreter of the install or by PATH; returns where neither can be had.

    Each way is tried once, and the environment says which were, so that programs which lead back here end here.
    """
    here, tried = os.path.realpath(__file__), os.environ.get(TRIED, "")
    found = [os.path.join(folder, "batch-metrics") for folder in os.get_exec_path() if folder.startswith("/")]
    ways = [[PYTHON, "-I", "-c", START, here], *([path] for path in found if os.path.isfile(path))]
    for number, way in enumerate(ways):
        usable = way[0].startswith("/") and os.access(way[0], os.X_OK) and os.path.realpath(way[0]) != here
        if usable and number >= len(tried):
            os.environ[TRIED] = "x" * (number + 1)
            try:
                os.execv(way[0], way + words)  # noqa: S606 - no shell is what is wanted
            except OSError:
                continue  # it is no program after all


def arguments(words: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    import argparse

    parser = argparse.ArgumentParser(prog="batch-metrics", description=__doc__.splitlines()[0])
    parser.add_argument("--stats", action="store_true", help="show the runs (the default)")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    parser.add_argument("--project", metavar="DIR", help="only the runs of this project")
    parser.add_argument("--run", metavar="RUN", help="show the agents of one run")
    parser.add_argument("--all", action="store_true", help="show all runs, not only the newest")
    asked, more = parser.parse_known_args(words)
    if more:
        parser.error(f"{more[0]!a} is for the program batch-metrics, which was not found; install batchpack for it")
    return asked


def alone(words: list[str]) -> int:
    """Show what can be shown without the pack's program; returns the exit code."""
    asked = arguments(words)
    sys.dont_write_bytecode = True  # nothing is left in a host's folder
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - it was closed before
    folder = os.path.dirname(os.path.realpath(__file__))
    sys.path.insert(0, folder)
    try:
        import batch_metrics_alone  # type: ignore[import-not-found]

        return int(batch_metrics_alone.main(asked))
    except KeyboardInterrupt:
        return 130
    except ImportError:
        return failed(f"batch_metrics_alone.py is missing in {folder!a}", "install it anew: batchpack install")
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the end would complain as well
        return failed(error.strerror or "it cannot be shown", "mend that and run the command again; nothing was lost")


def failed(message: str, hint: str) -> int:
    """Say what is wrong and what to do; returns the exit code."""
    if sys.stderr:
        sys.stderr.write(f"Error: {message}\n  {hint}\n")
    return 1


if __name__ == "__main__":
    hand_over(sys.argv[1:])
    sys.exit(alone(sys.argv[1:]))
