"""`batchpack plan` as a process."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from batchpack.planning import plan_from_json
from tests.support.project import Project, tree

FIRST = "Build user authentication with React frontend, Go backend, tests, and docs"


def test_a_plan_for_a_person(project: Project) -> None:
    """Score, agents with their words, batches, estimate, notes and the next command are shown in a short text."""
    out = project.run("plan", FIRST).assert_ok().out
    for part in (
        "Complexity 7 of 10 (high)", 'backend-go      "Go" (word 7)', "  1  backend-go, frontend-react",
        "  2  test-automator", "Estimate (from assumptions; nothing was measured)", "Documentation has no role",
    ):  # fmt: skip
        assert part in out
    assert len(out.splitlines()) <= 30


def test_the_next_command_starts_the_same_plan(project: Project) -> None:
    """The last line is a command, behind a line that ends with `run:`, and its words make the same plan again."""
    shown = project.run("plan", "--max-parallel", "1", "--complexity", "9", "--agents", "debugger", "it's $HOME `x`")
    lead, line = shown.assert_ok().out.splitlines()[-2:]
    words = shlex.split(line.strip())
    assert (lead[-4:], line[:4], words[1]) == ("run:", "    ", "start")
    assert ["--", "it's $HOME `x`"] == words[-2:]
    again = project.run("plan", "--json", *words[2:]).json()
    options = {"agents": ["debugger"], "complexity": 9, "max_parallel": 1}
    assert options == again["options"]


def test_json_is_a_plan_with_a_schema(project: Project) -> None:
    """--json has the keys that others read at its top, and can be read back."""
    facts = project.run("plan", "--json", FIRST).json()
    assert {"schema", "hash", "complexity", "agents", "batches", "estimate"} <= set(facts)
    assert "schema" == next(iter(facts))
    assert facts["hash"] == plan_from_json(facts).hash


def test_every_way_in_is_the_same_plan(project: Project) -> None:
    """Words, quoted words, a file and standard input give one hash; another process gives the same."""
    project.write({"task.txt": f"{FIRST}\n"})
    ways = [
        project.run("plan", "--json", *FIRST.split()),
        project.run("plan", "--json", f'"{FIRST}"'),
        project.run("plan", "--json", "--file", "task.txt"),
        project.run("plan", "--json", "--file", "-", stdin=f"  {FIRST}  \n", env={"PYTHONHASHSEED": "7"}),
    ]
    assert 1 == len({way.json()["hash"] for way in ways})


def test_a_dry_run_says_what_a_start_would_create(project: Project) -> None:
    """--dry-run lists the files of a run; planning writes nothing with or without it."""
    before = tree(project.folder), tree(project.home)
    out = project.run("plan", "--dry-run", FIRST).assert_ok().out
    assert "Nothing was written" in out
    assert all(name in out for name in ("plan.json", "prompts/backend-go.md", "batch2-results.md", "SYNTHESIS.md"))
    project.run("plan", FIRST).assert_ok()
    assert before == (tree(project.folder), tree(project.home))


def test_a_file_is_named_in_the_next_command(project: Project) -> None:
    """A task from a file is started from that file."""
    project.write({"my task.txt": "Fix it"})
    assert "--file 'my task.txt'" in project.run("plan", "--file", "my task.txt").assert_ok().out.splitlines()[-1]


def test_the_users_own_roster_counts(project: Project) -> None:
    """agents/roster.yaml in the user's own folder adds roles."""
    mine = project.home / ".config" / "batchpack" / "agents" / "roster.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("roles:\n  writer:\n    does: texts\n    keywords: [blog]\n")
    agents = project.run("plan", "--json", "Write a blog").json()["agents"]
    assert ["writer"] == [agent["name"] for agent in agents]
    mine.write_text("roles:\n  writer:\n    does: texts\n    keywords: blog\n")
    project.run("plan", "Write a blog").assert_failed("roster.yaml:4", "a list is expected")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "say what is to be done"),
        ([""], 2, "empty"),
        (["   "], 2, "empty"),
        (['""'], 2, "empty"),
        (["?!..."], 2, "no word"),
        (["--agents", "painter", "Fix it"], 2, "painter"),
        (["--agents", ",", "Fix it"], 2, "no agent"),
        (["--complexity", "0", "Fix it"], 2, "1<=x<=10"),
        (["--complexity", "11", "Fix it"], 2, "1<=x<=10"),
        (["--max-parallel", "0", "Fix it"], 2, "1<=x<=8"),
        (["--max-parallel", "9", "Fix it"], 2, "1<=x<=8"),
        (["--max-parallel", "two", "Fix it"], 2, "two"),
        (["--file", "missing.txt"], 1, "missing.txt"),
        (["--file", "."], 1, "."),
        (["--file", "missing.txt", "Fix it"], 2, "say what is to be done once"),
        (["x" * 100_001], 1, "100,001"),
    ],
)
def test_bad_input_is_told(words: list[str], code: int, said: str, project: Project) -> None:
    """What is empty, unknown, out of range, missing or too long is told in a sentence, with the right exit code."""
    project.run("plan", *words).assert_failed(said, code=code)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00\x01\x02ELF", "binary"),
        (b"caf\xe9 au lait", "UTF-8"),
        (b"Fix it " * 200_000, "MB"),
        (b"Fix it " * 50_000, "100,000"),
        (b"", "empty"),
    ],
)
def test_bad_bytes_are_told(data: bytes, said: str, project: Project) -> None:
    """Binary data, another encoding and too much of it on standard input are told without a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "batchpack", "plan", "--file", "-"], input=data, capture_output=True, check=False,
        cwd=project.folder, env=project.environment(),
    )  # fmt: skip
    assert done.returncode in {1, 2}
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_bytes_that_are_no_text_on_the_command_line(project: Project) -> None:
    """An argument that is not UTF-8 is refused, not a crash."""
    done = subprocess.run(
        [sys.executable, "-m", "batchpack", "plan", b"fix caf\xe9"], capture_output=True, check=False,
        cwd=project.folder, env=project.environment({"LC_ALL": "C.UTF-8"}),
    )  # fmt: skip
    assert (1, True) == (done.returncode, b"UTF-8" in done.stderr)


def test_escapes_never_reach_the_terminal(project: Project) -> None:
    """Control characters of a task are not printed."""
    assert "\x1b" not in project.run("plan", "Fix \x1b]0;title\x07 it, no \x1b[31mtests").assert_ok().out


def test_heavy_libraries_stay_out(project: Project, tmp_path: Path) -> None:
    """Planning loads none of the libraries that would make it slow."""
    code = (
        "import sys; sys.argv = ['batchpack', 'plan', 'Fix it']\n"
        "from batchpack.cli import main\n"
        "try: main()\n"
        "finally: sys.stderr.write(' '.join(sorted(sys.modules)))"
    )
    loaded = set(project.execute([sys.executable, "-c", code]).assert_ok().err.split())
    assert set() == loaded & {"pydantic", "jinja2", "rich", "anthropic", "filelock", "json5", "tomlkit", "ruamel.yaml"}
