"""An orchestrator without judgement: it does what the commands print, to the letter, and plays the agents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.project import Outcome, Project

CALLS = re.compile(r"calls? together in one message and wait for all of them:$")
Agent = Callable[[Project, str, str], object]
"""An agent is handed the project, its task and the text of its prompt."""


@dataclass(frozen=True)
class Printed:
    """What a command printed, read as an orchestrator reads it."""

    calls: tuple[tuple[str, dict[str, Any]], ...]
    command: str | None


def read(text: str) -> Printed:
    """Find the calls and the command in a printed text."""
    lines = text.splitlines()
    calls: list[tuple[str, dict[str, Any]]] = []
    command = None
    for at, line in enumerate(lines):
        if CALLS.search(line):
            assert lines[at + 1] == "", text
            end = lines.index("", at + 2)
            calls += [(tool, json.loads(rest)) for tool, _, rest in (one.partition(" ") for one in lines[at + 2 : end])]
        if line.endswith("run:"):
            assert command is None, text
            assert lines[at + 1].startswith("    "), text
            command = lines[at + 1].strip()
    return Printed(tuple(calls), command)


def prompt_of(call: Mapping[str, Any], folder: Path) -> Path:
    """Return the prompt file that a call names."""
    return folder / str(call["prompt"]).split()[-1]


def task_of(prompt: str) -> str:
    """Return the task of a prompt by its heading."""
    found = re.match(r"# Task `([^`]+)`", prompt)
    assert found, prompt[:200]
    return found[1]


def hand_in(prompt: str) -> str:
    """Return the command to hand in with, as the prompt has it."""
    found = re.search(r"```\n(.*?)\n```", prompt[prompt.index("## Hand in") :], re.DOTALL)
    assert found, prompt
    return found[1]


def diligent(project: Project, task: str, prompt: str) -> Outcome:
    """Change a file of the task's own where it may, and hand in as the prompt says."""
    command = hand_in(prompt)
    if "--changed" in command:
        project.write({f"{task}.txt": f"work of {task}\n"})
    return project.execute(["bash", "-c", command.replace("path/of/a/file", f"{task}.txt")]).assert_ok()


def silent(project: Project, task: str, prompt: str) -> None:
    """Hand in nothing."""


def blocked(project: Project, task: str, prompt: str) -> Outcome:
    """Say that something is in the way."""
    command = re.sub(r" --changed '[^']*'", "", hand_in(prompt)).replace("--status DONE", "--status BLOCKED")
    return project.execute(["bash", "-c", command]).assert_ok()


@dataclass
class Orchestra:
    """Runs commands as they are printed until none is printed any more."""

    project: Project
    agents: Mapping[str, Agent] = field(default_factory=dict)
    said: list[Outcome] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def start(self, *words: str) -> Outcome:
        """Start a run and follow it to its end; returns the last outcome."""
        return self.follow(self.project.run("start", *words).assert_ok())

    def follow(self, outcome: Outcome, most: int = 60) -> Outcome:
        """Follow what was printed to its end."""
        for _ in range(most):
            self.said.append(outcome)
            printed = read(outcome.out)
            for _, call in printed.calls:
                self._play(prompt_of(call, self.project.folder).read_text())
            if printed.command is None:
                return outcome
            outcome = self.project.execute(["bash", "-c", printed.command])
        raise AssertionError(f"no end after {most} commands: {outcome}")

    def _play(self, prompt: str) -> None:
        """Play one agent."""
        task = task_of(prompt)
        self.called.append(task)
        self.agents.get(task, diligent)(self.project, task, prompt)

    def printed_bytes(self) -> int:
        """Return how much the orchestrator was told, in bytes."""
        return sum(len(outcome.out.encode()) for outcome in self.said)


def run_folder(project: Project) -> Path:
    """Return the directory of the newest run of a project."""
    return max((project.folder / ".batchpack" / "runs").glob("2*"))


def events(folder: Path) -> list[dict[str, Any]]:
    """Return the events of a run's journal."""
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
