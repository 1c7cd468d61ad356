"""An agent without a model: reads its prompt, does the scripted work of its role for real, checks it, hands it in.

Standard library only, since it runs as a program of its own: `python agent.py ROLE PROMPT`.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

WORK = Path(__file__).parent / "work"
LONGEST_SECONDS = 60


def find(pattern: str, text: str) -> str:
    """Return what a pattern finds in the prompt; without it the agent cannot work."""
    found = re.search(pattern, text, re.MULTILINE | re.DOTALL)
    if found is None:
        sys.exit(f"the prompt says nothing like {pattern!r}")
    return found[1]


def hand_in_command(prompt: str) -> list[str]:
    """Return the words of the prompt's command for handing in, up to where the agent's own begin."""
    words = shlex.split(find(r"^## Hand in.*?```\n(.*?)\n", prompt))
    return words[: words.index("--status")]


def write(files: dict[str, str], folder: Path) -> None:
    """Write the files of the role."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.lstrip("\n"))


def check(words: list[str], folder: Path) -> tuple[bool, str]:
    """Run a check with this Python; returns whether it went well, and one line of evidence."""
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )
    said = " ".join((done.stdout + done.stderr).replace("-", " ").split())[-120:]
    shown = "a check of one line" if words[0] == "-c" else f"python {shlex.join(words)}"
    return done.returncode == 0, f"{shown}: exit {done.returncode}, {said}"


def report(work: dict[str, Any], read: list[str], evidence: list[str]) -> str:
    """Write the report."""
    parts = [work["report"].strip()]
    if read:
        parts.append("Read before: " + ", ".join(f"`{Path(path).name}`" for path in read))
    parts.append("Checked:\n\n" + "\n".join(f"- {line}" for line in evidence))
    return "\n\n".join(parts) + "\n"


def main(role: str, prompt_file: str) -> int:
    """Work as the prompt says; returns the exit code of handing in."""
    prompt = Path(prompt_file).read_text()
    folder = Path(find(r"^Folder to work in: (.+?)$", prompt))
    read = [path for path in re.findall(r"^- [\w-]+: (/.+\.md)$", prompt, re.MULTILINE) if Path(path).read_text()]
    work = tomllib.loads((WORK / f"{role}.toml").read_text())
    write(work["files"], folder)
    results = [check(words, folder) for words in work["checks"]]
    evidence = [line for _, line in results]
    status = work["status"] if all(well for well, _ in results) else "BLOCKED"
    said = ["--status", status, "--summary", work["summary"] if status != "BLOCKED" else "a check failed"]
    said += [word for path in work["files"] for word in ("--changed", path)]
    said += [word for line in evidence for word in ("--evidence", line)]
    argv = [*hand_in_command(prompt), *said, "--file", "-"]
    return subprocess.run(argv, cwd=folder, input=report(work, read, evidence), text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
