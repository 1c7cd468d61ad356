"""Collecting transcripts against reading and parsing them, a second pass against the first, `--stats` against ccusage.

`collect.py [GIGABYTES [ROUNDS [CCUSAGE]]]`: the transcripts that are made and read (1), how often (3), and the path of
the program from `npm install ccusage@20.0.24`, by default the one of tests/hosts/programs.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from timing import Command

PROGRAMS = Path(sys.executable).parent
CCUSAGE = Path(__file__).resolve().parents[1] / "tests" / "hosts" / "programs" / "node_modules" / ".bin" / "ccusage"
FILE = 1 << 20
"""Bytes of a transcript: a session of an hour or two."""
COLLECT = """
from batchpack import ledger, manager
from batchpack.metrics.collecting import collect
with ledger.open() as opened:
    collect([manager.load().collectors["claude_code"]], opened)
"""
READ = """
import json, os
from pathlib import Path
for path in Path(os.environ["HOME"]).rglob("*.jsonl"):
    with path.open("rb") as stream:
        for line in stream:
            json.loads(line)
"""
WORDS = "the parser reads each line, and what it cannot read is told with the place; then it goes on "


def answer(number: int, block: str, size: int, session: str, at: str) -> str:
    """Return the line of a block of an answer."""
    usage = {
        "input_tokens": number % 50, "cache_creation_input_tokens": number % 4000,
        "cache_read_input_tokens": 20_000 + number % 90_000, "output_tokens": number % 900,
        "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0}, "service_tier": "standard",
        "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": number % 4000},
        "inference_geo": "", "iterations": [], "speed": "standard",
    }  # fmt: skip
    text = (WORDS * (size // len(WORDS) + 1))[:size]
    parts = {
        "text": {"type": "text", "text": text},
        "thinking": {"type": "thinking", "thinking": text, "signature": "x" * 300},
        "tool_use": {"type": "tool_use", "id": f"toolu_{number}", "name": "Edit", "input": {"new_string": text}},
    }
    message = {
        "id": f"msg_{number:012d}", "type": "message", "role": "assistant", "model": "claude-opus-4-8",
        "content": [parts[block]], "stop_reason": "tool_use", "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    return _line(session, at, message=message, requestId=f"req_{number:012d}", type="assistant")


def result(number: int, size: int, session: str, at: str) -> str:
    """Return the line of what a tool answered, which holds the text twice, as Claude Code keeps it."""
    text = (WORDS * (size // len(WORDS) + 1))[:size].replace(", ", ",\n")
    content = [{"tool_use_id": f"toolu_{number}", "type": "tool_result", "content": text}]
    told = {"stdout": text, "stderr": "", "interrupted": False}
    return _line(session, at, type="user", message={"role": "user", "content": content}, toolUseResult=told)


def _line(session: str, at: str, **record: object) -> str:
    """Return a line with what all lines have."""
    head = {"parentUuid": session, "isSidechain": False}
    tail = {
        "uuid": session, "timestamp": at, "userType": "external", "cwd": "/home/you/project", "sessionId": session,
        "version": "2.1.329", "gitBranch": "main",
    }  # fmt: skip
    return json.dumps({**head, **record, **tail}, separators=(",", ":")) + "\n"


def write(home: Path, gigabytes: float) -> tuple[int, int, int]:
    """Write transcripts; returns their bytes, lines and requests. A request is two lines, its results one or two."""
    chance, folder = random.Random(7), home / ".claude" / "projects" / "-home-you-project"
    folder.mkdir(parents=True)
    size = lines = requests = 0
    at = datetime(2026, 1, 1, tzinfo=UTC)
    while size < gigabytes * 1e9:
        session, text = str(uuid.UUID(int=chance.getrandbits(128))), list[str]()
        length = 0
        while length < FILE:
            requests, at = requests + 1, at + timedelta(seconds=20)
            moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            made = [
                *(
                    answer(requests, block, chance.randrange(100, 1600), session, moment)
                    for block in ("text", "tool_use")
                ),
                *(result(requests, chance.choice((100, 1500, 6000)), session, moment) for _ in range(1 + requests % 2)),
            ]
            text += made
            length += sum(map(len, made))
        (folder / f"{session}.jsonl").write_text("".join(text))
        size, lines = size + length, lines + len(text)
    return size, lines, requests


def fresh(base: Path) -> Path:
    """Take the ledger away."""
    shutil.rmtree(base / ".local", ignore_errors=True)
    return base


@dataclass(frozen=True)
class Spent:
    """What one run of a command took: seconds on the clock, seconds of processor, and its largest memory in MB."""

    wall: float
    processor: float
    memory: float


def spend(command: Command) -> Spent:
    """Run a command and return what it took; a failing one ends the benchmark."""
    folder, start = command.prepare(), time.perf_counter()
    child = subprocess.Popen(command.argv, cwd=folder, env=dict(command.env), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{command.name} failed ({child.returncode})")
    return Spent(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def in_turn(commands: Sequence[Command], rounds: int) -> list[tuple[float, float]]:
    """Run commands in turn, print a line for each, and return the medians on the clock and of the processor."""
    timed = list(zip(*([spend(command) for command in commands] for _ in range(rounds)), strict=True))
    found = []
    for command, column in zip(commands, timed, strict=True):
        wall, processor = (statistics.median(getattr(one, name) for one in column) for name in ("wall", "processor"))
        print(f"{command.name:<40} median {wall:8.3f} s   processor {processor:8.3f} s   n={rounds}")
        found.append((wall, processor))
    return found


def ratio(what: str, over: tuple[float, float], under: tuple[float, float], aim: float) -> None:
    """Print the ratio of two medians."""
    print(f"{what}: {over[0] / under[0]:.3f}, processor {over[1] / under[1]:.3f} (aim: at most {aim:g})")


def passes(base: Path, env: Mapping[str, str], rounds: int) -> None:
    """Print the first and the second pass against the reading and parsing."""
    python = [sys.executable, "-c"]
    first = Command("first pass", [*python, COLLECT], lambda: fresh(base), env)
    second = Command("second pass, nothing new", [*python, COLLECT], lambda: base, env)
    read = Command("reading and json.loads of each line", [*python, READ], lambda: base, env)
    spend(read)
    one, two, bare = in_turn((first, second, read), rounds)
    ratio("first pass / reading and parsing", one, bare, 1.5)
    ratio("second pass / first", two, one, 0.05)


def memory(base: Path, env: Mapping[str, str]) -> None:
    """Print the largest memory of a pass over all transcripts, and over a tenth of them."""
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as other:
        tenth = Path(other) / ".claude" / "projects" / "-p"
        tenth.mkdir(parents=True)
        for path in sorted(base.glob(".claude/projects/*/*.jsonl"))[::10]:
            (tenth / path.name).symlink_to(path)
        words = [sys.executable, "-c", COLLECT]
        whole = spend(Command("all", words, lambda: fresh(base), env)).memory
        part = spend(Command("a tenth", words, lambda: Path(other), {**env, "HOME": other})).memory
    print(f"memory: {whole:.0f} MB, {part:.0f} MB for a tenth, ratio {whole / part:.2f} (aim: flat, about 1)")


def against_ccusage(base: Path, env: Mapping[str, str], rounds: int, program: Path) -> None:
    """Print `batch-metrics --stats`, a look for what is new included, against ccusage's sums by day."""
    daily = [str(program), "claude", "daily", "--json", "--offline"]
    stats = Command("batch-metrics --stats", [str(PROGRAMS / "batch-metrics"), "--stats"], lambda: base, env)
    ccusage = Command("ccusage claude daily --offline", daily, lambda: base, env)
    alone = Command("the same with --single-thread", [*daily, "--single-thread"], lambda: base, env)
    for command in (stats, ccusage):
        spend(command)
    ours, theirs, single = in_turn((stats, ccusage, alone), rounds)
    ratio("--stats / ccusage", ours, theirs, 0.5)
    ratio("--stats / ccusage on one core", ours, single, 0.5)


def main() -> None:
    """Print the tables."""
    gigabytes, rounds = float((sys.argv[1:] or ["1"])[0]), int((sys.argv[2:] or ["3"])[0])
    program = Path((sys.argv[3:] or [str(CCUSAGE)])[0])
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as folder:
        base = Path(folder)
        env = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": folder}
        size, lines, requests = write(base, gigabytes)
        print(f"{size / 1e9:.2f} GB of transcripts, {lines:,} lines, {requests:,} requests in {size // FILE:,} files")
        passes(base, env, rounds)
        memory(base, env)
        if program.exists():
            against_ccusage(base, env, rounds, program)


if __name__ == "__main__":
    main()
