"""`batchpack install` of three hosts into a fresh project against `rulesync generate` of the same content."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
from pathlib import Path

from timing import Command, compare

from batchpack import frontmatter, places
from batchpack.content import Pack, load_pack

HOSTS = ("opencode", "claude_code", "osa")
PEER_TARGETS = "claudecode,opencode,cursor"


def main() -> None:
    """Print the table; the first argument is the rulesync program."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python benchmarks/install.py PATH_OF_RULESYNC")
    base = Path(tempfile.mkdtemp(prefix="batchpack-bench-"))
    source = base / "source"
    written = write_rulesync_source(load_pack([places.pack_root()]), source)
    print(f"{written} skills, agents and commands; three hosts each")
    numbers = itertools.count()
    env = {"PATH": os.environ["PATH"], "HOME": str(base / "home")}

    def fresh() -> Path:
        shutil.rmtree(base / "home", ignore_errors=True)
        (base / "home").mkdir()
        folder = base / f"project-{next(numbers)}"
        folder.mkdir()
        return folder

    def fresh_with_source() -> Path:
        folder = fresh()
        shutil.copytree(source, folder, dirs_exist_ok=True)
        return folder

    hosts = [word for host in HOSTS for word in ("--host", host)]
    ours = [sys.executable, "-m", "batchpack", "install", *hosts, "--scope", "project", "--yes", "--no-check"]
    peer = [sys.argv[1], "generate", "-t", PEER_TARGETS, "-f", "skills,subagents,commands"]
    compare(
        Command("batchpack install (opencode, Claude Code, OSA)", ours, fresh, env),
        Command("rulesync generate (opencode, Claude Code, Cursor)", peer, fresh_with_source, env),
        rounds=11,
        aim=0.5,
    )
    shutil.rmtree(base)


def write_rulesync_source(pack: Pack, folder: Path) -> int:
    """Write our skills, agents and commands as rulesync's source and return how many files that makes."""
    entries = {f"subagents/{agent.matter.name}.md": agent for agent in pack.agents}
    skills = {f"skills/{skill.matter.name}/SKILL.md": skill for skill in pack.skills}
    commands = {f"commands/{skill.matter.name}.md": skill for skill in pack.skills if skill.matter.command}
    everything = {**entries, **skills, **commands}
    for path, thing in everything.items():
        file = folder / ".rulesync" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        matter = {"name": thing.matter.name, "targets": ["*"], "description": thing.matter.description}
        file.write_text(frontmatter.join(matter, thing.body.text))
    return len(everything)


if __name__ == "__main__":
    main()
