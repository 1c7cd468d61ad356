"""The demo's agents: they do what their prompt says, for real, and tell the truth about checks."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.project import ROOT, Outcome, Project

AGENT = ROOT / "plugins" / "demo" / "agent.py"
WORK = sorted((ROOT / "plugins/demo/work").glob("*.toml"))
PROMPT = """# Task `{role}`, attempt 1

Folder to work in: {folder}

## Read first

- explorer: {folder}/before.md

## Hand in

Your work counts only when this command has accepted it:

```
{python} record.py put ab12 {role} --attempt 1 --status DONE --summary 'x' --changed 'p' --file - <<'END_OF_REPORT'
your report
END_OF_REPORT
```
"""
RECORD = "import json, sys; json.dump([sys.argv[1:], sys.stdin.read()], open('handed.json', 'w')); sys.exit({code})"


def work(project: Project, role: str, code: int = 0) -> Outcome:
    """Run an agent on a prompt whose command records what is handed in."""
    prompt = PROMPT.format(role=role, folder=project.folder, python=sys.executable)
    project.write({"p.md": prompt, "before.md": "seen", "record.py": RECORD.format(code=code)})
    project.write({"notes/__init__.py": "", "tests/__init__.py": ""})
    return project.execute([sys.executable, str(AGENT), role, "p.md"])


def handed(project: Project) -> tuple[list[str], str]:
    """Return the words and the report that were handed in."""
    words, report = json.loads((project.folder / "handed.json").read_text())
    return words, report


def test_it_writes_checks_and_hands_in(project: Project) -> None:
    """The files of its role are written, every one is named, and the report says what was read and checked."""
    work(project, "backend-go").assert_ok()

    words, report = handed(project)
    files = tomllib.loads((AGENT.parent / "work/backend-go.toml").read_text())["files"]
    assert ["put", "ab12", "backend-go", "--attempt", "1", "--status", "DONE"] == words[:7]
    assert list(files) == [words[at + 1] for at, word in enumerate(words) if word == "--changed"]
    assert all((project.folder / path).is_file() for path in files)
    assert "signed in: ada" in report
    assert "`before.md`" in report


def test_a_failing_check_is_told(project: Project) -> None:
    """Where its check fails, as tests without a backend do, the agent says BLOCKED and shows the check's words."""
    work(project, "test-automator").assert_ok()

    words, report = handed(project)
    assert "BLOCKED" == words[words.index("--status") + 1]
    assert "exit 1" in report


def test_the_answer_of_handing_in_is_its_own(project: Project) -> None:
    """When its result is refused, the agent ends with that code."""
    assert 3 == work(project, "backend-go", code=3).code


def test_a_prompt_without_a_command_ends_it(project: Project) -> None:
    """An agent that cannot find how to hand in says so and does nothing."""
    project.write({"p.md": "# Task\n"})

    project.execute([sys.executable, str(AGENT), "backend-go", "p.md"]).assert_failed("the prompt says nothing like")


@pytest.mark.parametrize("path", WORK, ids=lambda path: path.stem)
def test_every_script_is_whole(path: Path) -> None:
    """Each role's script has a status, a summary that fits a line, a report, checks and files."""
    script = tomllib.loads(path.read_text())

    assert {"status", "summary", "report", "checks", "files"} == set(script)
    assert len(script["summary"]) <= 200
    assert script["files"]
