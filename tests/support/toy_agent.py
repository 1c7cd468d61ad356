"""An executor of the tests' own: a small program that answers by what stands in the prompt, and logs each call."""

from __future__ import annotations

from pathlib import Path

PAGE = '''
"""A toy executor."""

import sys
from pathlib import Path

from batchpack.executor import Answer, Launch, Pause, last_words
from batchpack.markers import hookimpl

NAME, TITLE, AGENT = "toy", "Toy", True
SCRIPT = {script!r}


def missing():
    return ""


def launch(order):
    return Launch((sys.executable, "-I", SCRIPT, order.task), {{}}, order.prompt)


def read(order, out, err, code):
    text = last_words(out)
    if code == 75:
        return Answer(text, pause=Pause("Toy: slow down", 0.2))
    if code == 76:
        return Answer(text, pause=Pause("Toy: no key", mends=False))
    return Answer(text)


@hookimpl
def batchpack_executors(register):
    register(sys.modules[__name__])
'''

SCRIPT = """
import json, os, re, sys, time
from pathlib import Path
prompt = sys.stdin.read()
log = Path("toy.log")
with log.open("a") as stream:
    stream.write(sys.argv[1] + "\\n")
wish = Path("toy.json")
wish = json.loads(wish.read_text()) if wish.exists() else {}
items = [json.loads(line) for line in prompt.splitlines() if line.startswith('{"item"')]
name = items[0]["item"]
if name in wish.get("sleep", []) and not Path("go").exists():
    Path("sleeping").write_text(str(os.getpid()))
    time.sleep(60)
if name in wish.get("busy", []) and log.read_text().count(name + "\\n") == 1:
    sys.exit(75)
if name in wish.get("closed", []):
    sys.exit(76)
if name in wish.get("crash", []):
    sys.exit("broken")
answers = [{"item": one["item"], "category": "offer", "rationale": "so"} for one in items]
if name in wish.get("bad", []) or (name in wish.get("mended", []) and "was refused" not in prompt):
    answers = [{"wrong": 1}]
print("I looked at it.")
if "JSON array" in prompt:
    print(json.dumps(answers))
else:
    answers[0].pop("item", None)
    print("```json\\n" + json.dumps(answers[0]) + "\\n```")
"""


def put_toy_agent(home: Path) -> None:
    """Put the executor `toy` into a home as the user's own plugin; what it does stands in `toy.json` of the project."""
    folder = home / ".config" / "batchpack" / "plugins"
    folder.mkdir(parents=True, exist_ok=True)
    script = home / "toy_agent_script.py"
    script.write_text(SCRIPT)
    (folder / "toy_agent.py").write_text(PAGE.format(script=str(script)))
