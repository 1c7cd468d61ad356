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
import sys
import tempfile
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from timing import Command, once

PROGRAMS = Path(sys.executable).parent
CCUSAGE = Path(__file__).resolve().parents[1] / "tests" / "hosts" / "programs" / "node_modules" / ".bin" / "ccusage"
FILE = 1 << 20
"""Bytes of a transcript: a session of an hour or two."""
COLLECT = """
import resource
from batchpack import ledger, manager
from batchpack.metrics.collecting import collect
with ledger.open() as opened:
    done = collect([manager.load().collectors["claude_code"]], opened)
print(done.requests, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
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


def show(name: str, seconds: list[float]) -> float:
    """Print a line of the table and return its median."""
    median = statistics.median(seconds)
    print(f"{name:<52} median {median:8.3f} s   min {min(seconds):8.3f}   max {max(seconds):8.3f}   n={len(seconds)}")
    return median


def passes(base: Path, env: Mapping[str, str], rounds: int) -> None:
    """Print the first and the second pass against the reading and parsing."""
    python = [sys.executable, "-c"]
    first = Command("first pass", [*python, COLLECT], lambda: fresh(base), env)
    second = Command("second pass, nothing new", [*python, COLLECT], lambda: base, env)
    read = Command("reading and json.loads of each line", [*python, READ], lambda: base, env)
    once(read)
    timed = [[once(command) for command in (first, second, read)] for _ in range(rounds)]
    columns = zip(("first pass", "second pass, nothing new", read.name), zip(*timed, strict=True), strict=True)
    one, two, bare = (show(name, list(seconds)) for name, seconds in columns)
    print(f"first pass / reading and parsing: {one / bare:.2f} (aim: at most 1.5)")
    print(f"second pass / first: {two / one:.3f} (aim: at most 0.05)")


def memory(base: Path, env: Mapping[str, str]) -> None:
    """Print the largest memory of a pass over all transcripts, and over a tenth of them."""
    whole = _peak(fresh(base), env)
    with tempfile.TemporaryDirectory(prefix="batchpack-bench-") as other:
        tenth = Path(other) / ".claude" / "projects" / "-p"
        tenth.mkdir(parents=True)
        for path in sorted(base.glob(".claude/projects/*/*.jsonl"))[::10]:
            (tenth / path.name).symlink_to(path)
        part = _peak(Path(other), {**env, "HOME": other})
    print(f"memory: {whole} MB, {part} MB for a tenth, ratio {whole / part:.2f} (aim: flat, about 1)")


def _peak(base: Path, env: Mapping[str, str]) -> int:
    """Return the megabytes that a pass says it needed."""
    import subprocess

    words = [sys.executable, "-c", COLLECT]
    done = subprocess.run(words, cwd=base, env=dict(env), capture_output=True, text=True, check=True)
    return int(done.stdout.split()[1])


def against_ccusage(base: Path, env: Mapping[str, str], rounds: int, program: Path) -> None:
    """Print `batch-metrics --stats`, a look for what is new included, against ccusage's sums by day."""
    stats = Command("batch-metrics --stats", [str(PROGRAMS / "batch-metrics"), "--stats"], lambda: base, env)
    daily = [str(program), "claude", "daily", "--json", "--offline"]
    ccusage = Command("ccusage claude daily --offline", daily, lambda: base, env)
    alone = Command("the same with --single-thread", [*daily, "--single-thread"], lambda: base, env)
    for command in (stats, ccusage):
        once(command)
    timed = [[once(command) for command in (stats, ccusage, alone)] for _ in range(rounds)]
    names = (stats.name, ccusage.name, alone.name)
    ours, theirs, single = (
        show(name, list(seconds)) for name, seconds in zip(names, zip(*timed, strict=True), strict=True)
    )
    print(f"--stats / ccusage: {ours / theirs:.2f}, / on one core: {ours / single:.2f} (aim: at most 0.5)")


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
