"""Whole runs on whole projects: what goes wrong is caught, what is right is merged, to the last commit."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.work import Ground, plan

PACKAGE = {
    "calc/__init__.py": "",
    "calc/rate.py": "RATE = 1\n",
    "tests/test_rate.py": "from calc.rate import RATE\n\n\ndef test_rate():\n    assert RATE > 0\n",
    "CHANGES.md": "# Changes\n",
    ".gitignore": "__pycache__/\n.pytest_cache/\n",
}
PYTEST = f"'{sys.executable}' -m pytest -q -p no:cacheprovider"
PRICE = (
    f"'{sys.executable}' -c \"import calc.rate as r; open('tests/test_price.py', 'w').write("
    "'from calc.price import price\\n\\n\\ndef test_price():\\n    assert price(10) == %d\\n' % (10 * r.RATE))\""
    " && printf 'from calc.rate import RATE\\n\\n\\ndef price(n):\\n    return n * RATE\\n' > calc/price.py"
)

MEND = "if test -e tests/test_price.py; then sed -i 's/== 10/== 20/' tests/test_price.py; fi"
RATE = f"echo 'RATE = 2' > calc/rate.py; {MEND}"
"""Whichever of the two is merged first, the other one is mended on top of it."""


def task(name: str, command: str, *depends_on: str, **more: Any) -> dict[str, Any]:
    """Make a task of its layer, verified by the project's own tests."""
    layer = {"L1": "1-foundation", "L2": "2-backend", "L3": "3-release"}[name[:2]]
    return {"id": name, "command": command, "layer": layer, "depends_on": list(depends_on), "verify": [PYTEST], **more}


def once(marker: Path, first: str, then: str) -> str:
    """Do one thing in the first attempt, another in those after."""
    return f"if mkdir '{marker}' 2>/dev/null; then {first}; else {then}; fi"


def twelve(base: Path, root: Path) -> list[dict[str, Any]]:
    """Return twelve tasks in three layers; nine can come to something."""
    tries = base / "tries"
    right = f"test $(wc -l < '{tries}') -ge 3 && echo 'MODEL = 1' > calc/model.py"
    flaky = f"echo x >> '{tries}'; {right} || echo bad > calc/model.py"
    return [
        task("L1-001", "printf 'RED = 1\\n' > calc/enums.py", deliverables=["calc/enums.py"]),
        task(
            "L1-002",
            flaky,
            verify=[f"'{sys.executable}' -c 'from calc.model import MODEL'"],
            deliverables=["calc/model.py"],
        ),
        task("L1-003", "date +%N > never.txt", verify=["grep -q never never.txt"], attempts=2),
        task("L1-004", "sleep 600", timeout=1, attempts=1),
        task("L1-005", once(base / "scope", "echo > stray.txt; echo > s.txt", "rm stray.txt"), deliverables=["s.txt"]),
        task("L1-006", once(base / "main", f"echo > '{root}/leak.txt'; echo > m.txt", "true"), deliverables=["m.txt"]),
        task("L2-001", "echo '- one' >> CHANGES.md", "L1-001", scope=["CHANGES.md"]),
        task("L2-002", "echo '- two' >> CHANGES.md", "L1-001", scope=["CHANGES.md"]),
        task("L2-003", RATE, "L1-001"),
        task("L2-004", PRICE, "L1-001"),
        task("L3-001", "ls calc > contents.txt", "L2-001", "L2-002", "L2-003", "L2-004"),
        task("L3-002", "true", "L1-003"),
    ]


def test_twelve_tasks_of_which_some_go_wrong_in_every_way(tmp_path: Path) -> None:
    """One fails twice, one always, one hangs, one leaves its scope, one its tree, two conflict, two break together."""
    ground = Ground(tmp_path, PACKAGE)
    text = plan(*twelve(tmp_path, ground.root), gate=[PYTEST])
    done = ground.run(text, "--halt", "never")

    assert 3 == done.code, str(done)
    states = ground.states()
    bad = {"L1-003": "abandoned", "L1-004": "abandoned", "L3-002": "skipped"}
    assert {**dict.fromkeys(states, "merged"), **bad} == states
    tasks = ground.last.state().tasks
    assert ["failed", "failed", "verified"] == [one.verdict for one in tasks["L1-002"].tries]
    assert "stray.txt" in tasks["L1-005"].tries[0].facts["reason"]
    assert "leak.txt" in tasks["L1-006"].tries[0].facts["reason"]
    verdicts = {name: [one.verdict for one in task.tries] for name, task in tasks.items()}
    assert 1 == sum("conflict" in verdicts[name] for name in ("L2-001", "L2-002"))
    assert 1 == sum("culprit" in verdicts[name] for name in ("L2-003", "L2-004")), verdicts

    files = ground.merged()
    assert {"- one", "- two"} <= set(files["CHANGES.md"].splitlines())
    assert ("RATE = 2\n", True) == (files["calc/rate.py"], "== 20" in files["tests/test_price.py"])
    assert {"stray.txt", "never.txt", "leak.txt"}.isdisjoint(files)
    assert "price.py" in files["contents.txt"]
    _check_history(ground)


def _check_history(ground: Ground) -> None:
    """Each merged task is a merge of two parents, its commit among the branch's ancestors; the user's tree stays."""
    branch, base = ground.last.facts.target, ground.last.facts.base
    merged = {name: one for name, one in ground.last.state().tasks.items() if one.status == "merged"}
    for one in merged.values():
        ground.project.git("merge-base", "--is-ancestor", one.commit, branch)
    parents = ground.project.git("rev-list", "--first-parent", "--parents", f"{base}..{branch}").splitlines()
    assert len(merged) == len(parents)
    assert {3} == {len(line.split()) for line in parents}
    (ground.root / "leak.txt").unlink()
    ground.check_untouched()


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_a_program_in_c_that_breaks_in_combination(tmp_path: Path) -> None:
    """A renamed function and a new caller of it build alone and not together; the second is mended after the merge."""
    files = {"sum.c": "int sum(int a) { return a; }\n", "main.c": "int sum(int);\nint main(void) { return sum(0); }\n"}
    ground = Ground(tmp_path, files)
    build = 'cc -Wall -Werror -o "${TMPDIR:-/tmp}/out-$$" *.c && rm "${TMPDIR:-/tmp}/out-$$"'
    rename = "sed -i 's/sum(/total(/' *.c"
    named = 'name=$(sed -n "s/int \\([a-z]*\\)(.*/\\1/p" sum.c); '
    caller = named + 'printf "int $name(int);\\nint twice(int a) { return 2 * $name(a); }\\n" > twice.c'
    tasks = ({"id": "rename", "command": rename, "priority": 1}, {"id": "caller", "command": caller})
    ground.run(plan(*({**one, "verify": [build]} for one in tasks), gate=[build])).assert_ok()

    assert {"rename": "merged", "caller": "merged"} == ground.states()
    assert "total(a)" in ground.merged()["twice.c"]
    ground.check_untouched()
