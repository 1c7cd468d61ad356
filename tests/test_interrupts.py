"""Ctrl-C while a program begins: no word, exit code 130."""

from __future__ import annotations

import sys

import pytest

from tests.support.project import Project

INTERRUPTED_EARLY = """
import os, runpy, signal, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
"""
"""The interrupt comes when the first large library is about to be imported."""


@pytest.mark.parametrize(
    "door",
    [
        "from batchpack.__main__ import main; main()",
        "from batchpack.__main__ import metrics; metrics()",
        "from batchpack.__main__ import tasks; tasks()",
        "runpy.run_module('batchpack', run_name='__main__')",
        "sys.argv.append('router.sh'); runpy.run_module('batchpack.router', run_name='__main__')",
    ],
)
def test_every_door_is_quiet_while_it_opens(project: Project, door: str) -> None:
    """Nothing was begun, so there is nothing to tell."""
    done = project.execute([sys.executable, "-c", f"{INTERRUPTED_EARLY}{door}"])

    assert (130, "", "") == (done.code, done.out, done.err)


STEPS = """
import signal
from batchpack import interrupts

def now():
    return signal.getsignal(signal.SIGINT)

signal.signal(signal.SIGINT, signal.SIG_IGN)
interrupts.quiet()
print(now() is signal.SIG_IGN, interrupts.heard())
signal.signal(signal.SIGINT, signal.default_int_handler)
print(interrupts.heard())
interrupts.quiet()
print(interrupts.heard(), now() is signal.default_int_handler)
"""


def test_what_was_ignored_stays_ignored(project: Project) -> None:
    """Behind `nohup` nothing changes; what was made quiet is heard again, and nothing else."""
    done = project.execute([sys.executable, "-c", STEPS])

    assert "True False\nFalse\nTrue True\n" == done.assert_ok().out
