"""Run the stand-in as a program: `python -m tests.support.message_batches [NAME=VALUE ...]`; prints its address."""

from __future__ import annotations

import json
import os
import sys
import threading

from tests.support.message_batches.server import Service


def _end_with_parent() -> None:
    """End when whoever started this is gone, even by a kill: standard input ends then."""
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    """Serve until killed, or for `seconds`."""
    if "until-eof" in sys.argv:
        sys.argv.remove("until-eof")
        threading.Thread(target=_end_with_parent, daemon=True).start()
    given = dict(word.split("=", 1) for word in sys.argv[1:])
    seconds = float(given.pop("seconds", 3600))
    service = Service(int(given.pop("port", 0)), **{name: json.loads(value) for name, value in given.items()})
    print(json.dumps({"url": service.url, "pid": os.getpid()}), flush=True)  # noqa: T201 - a program of its own
    end = threading.Timer(seconds, os._exit, (0,))
    end.daemon = True
    end.start()
    service.serve()


main()
