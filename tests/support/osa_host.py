"""A stand-in for OSA: its loaders and its shell's rules, and agents that do what the files tell them."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import osa_loader
from tests.support.model import Call, Conversation
from tests.support.orchestrator import FENCE, FILE, REQUEST_WORD, found, hand_in, printed_steps
from tests.support.project import Project

REQUEST_FILE = re.compile(r"Write the request, unchanged, with `file_write` to `([^`]+)`")
DRAFT = re.compile(r"If your shell refuses the signs of the report, write it to the file `([^`]+)`")
TOOLS = Conversation("", (), {"shell_execute": ("command",), "orchestrate": ("task",)})


@dataclass
class OSA:
    """The program in a user's home, working on a project; `said` was printed to the main agent, `answers` to others."""

    project: Project
    commands: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def slash(self, name: str, words: str) -> None:
        """Type `/name words` and follow what the text and the commands say, to the end."""
        text = osa_loader.expand(osa_loader.commands(self.project.home)[name], words)
        request = text.rsplit(found(REQUEST_WORD, text), 1)[1].strip()
        self.write(found(REQUEST_FILE, text), request)
        command = found(FENCE, text).strip().replace("<project folder>", str(self.project.folder))
        steps: list[tuple[Call, ...]] = [(Call("shell_execute", {"command": command}),)]
        while steps:
            (call,), *steps = steps
            if call.name == "orchestrate":
                self.orchestrate(str(call.arguments["task"]))
                continue
            self.said.append(self.shell(str(call.arguments["command"])))
            steps = printed_steps(TOOLS, self.said[-1], "shell_execute") or steps

    def shell(self, command: str) -> str:
        """Run a command as `shell_execute` does, in the home, or refuse it."""
        self.commands.append(command)
        if reason := osa_loader.refusal(command):
            self.refused.append(command)
            return f"refused: {reason}"
        outcome = self.project.execute(["sh", "-c", command], cwd=self.project.home)
        return outcome.out + outcome.err

    def write(self, path: str, text: str) -> None:
        """Write a file as `file_write` does: below the home only."""
        assert Path(path).is_relative_to(self.project.home), path
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)

    def orchestrate(self, task: str) -> None:
        """Start every agent that the task lists, at once."""
        listed = [line.removeprefix("- ").split(": ", 1) for line in task.splitlines() if line.startswith("- ")]
        assert listed, task
        with ThreadPoolExecutor(len(listed)) as pool:
            list(pool.map(lambda one: self._agent(*one), listed))

    def _agent(self, role: str, told: str) -> None:
        """Read the file, make what the role makes, hand in; where the shell refuses the report, by a file."""
        prompt = Path(found(FILE, told)).read_text()
        command = hand_in(prompt, role, "DONE")
        if made := re.search(r"--changed (\S+)", command):
            self.write(f"{self.project.folder}/{made[1]}", f"by {role}\n")
        self.answers.append(self.shell(command))
        if not self.answers[-1].startswith("refused"):
            return
        head, *report, _ = command.split("\n")
        path = found(DRAFT, prompt)
        self.write(path, "\n".join(report))
        self.answers.append(self.shell(re.sub(r"--file - <<\S+", f"--file {path}", head)))
