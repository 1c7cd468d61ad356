"""A project to run real commands in, with a fresh HOME, and an outcome that can be questioned."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "LANG", "LC_ALL", "TERM", "TMPDIR", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Outcome:
    """What a command left, with assertions that show all of it when they fail."""

    argv: tuple[str, ...]
    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"$ {' '.join(self.argv)}\nexit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"

    def assert_ok(self) -> Outcome:
        """Fail with everything said unless the exit code is 0."""
        assert self.code == 0, str(self)
        return self

    def assert_failed(self, *words: str, code: int = 1) -> Outcome:
        """Fail unless the command ended with that code, said these words on standard error, and no traceback."""
        assert self.code == code, str(self)
        assert "Traceback" not in self.out + self.err, str(self)
        for word in words:
            assert word in self.err, f"{word!r} is missing in\n{self}"
        return self

    def json(self) -> dict[str, Any]:
        """Return standard output as JSON, after checking that the command went well."""
        facts: dict[str, Any] = json.loads(self.assert_ok().out)
        return facts


class Project:
    """A folder of files under a HOME of its own; commands run as real processes."""

    def __init__(self, base: Path, folder: str = "project") -> None:
        self.home = base / "home"
        self.folder = base / folder
        self.home.mkdir(parents=True)
        self.folder.mkdir()

    def write(self, tree: Mapping[str, str]) -> Project:
        """Write files given as path below the project → text."""
        for path, text in tree.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return self

    def git(self, *arguments: str) -> str:
        """Run git in the project and return what it printed."""
        return self.execute(["git", *arguments]).assert_ok().out

    def init_git(self) -> Project:
        """Make the project a repository with one commit of all that is there."""
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "first")
        return self

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the only variables a command sees: this HOME, a git identity, our programs first on PATH."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        who = {"GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.com"}
        who |= {"GIT_COMMITTER_NAME": "T", "GIT_COMMITTER_EMAIL": "t@example.com", "GIT_CONFIG_NOSYSTEM": "1"}
        path = f"{Path(sys.executable).parent}:{kept.get('PATH', '')}"
        return {**kept, **who, "PATH": path, "HOME": str(self.home), **(extra or {})}

    def execute(
        self,
        argv: list[str],
        *,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 120,
    ) -> Outcome:
        """Run any program in the project."""
        done = subprocess.run(
            argv, cwd=cwd or self.folder, env=self.environment(env), input=stdin, capture_output=True, text=True,
            timeout=timeout, check=False,
        )  # fmt: skip
        return Outcome(tuple(argv), done.returncode, done.stdout, done.stderr)

    def run(
        self, *words: str, stdin: str = "", env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Outcome:
        """Run `batchpack <words>` as a process of its own."""
        return self.execute([sys.executable, "-m", "batchpack", *words], stdin=stdin, env=env, cwd=cwd)


def tree(folder: Path) -> dict[str, bytes | str]:
    """Return all of a folder, links included, as path → bytes (a link: `-> target`; a folder: `/` and its mode)."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_dir():
            found[name] = f"/ {path.stat().st_mode & 0o777:o}"
        else:
            found[name] = path.read_bytes()
    return found
