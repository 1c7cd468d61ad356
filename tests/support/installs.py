"""Throw-away environments, copies of this clone, and what was built from them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests.support.project import ROOT

LIBRARIES = sysconfig.get_paths()["purelib"]
NEEDED = ("install.py", "pyproject.toml", "README.md", "LICENSE", ".gitignore")
FOLDERS = ("batchpack", "plugins", "skills", "agents", "hooks", "tests")


def run(argv: list[str], cwd: Path | None = None) -> str:
    """Run a program to a good end and return what it printed; its words show up when it fails."""
    done = subprocess.run(argv, cwd=cwd, env=clean(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"$ {' '.join(argv)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def clean() -> dict[str, str]:
    """Return the environment without what would lead Python to this clone."""
    return {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}


def copy_clone(folder: Path) -> Path:
    """Copy what git would carry of this clone, with the bytecode and caches that work leaves about."""
    listed = run(["git", "ls-files", "-co", "--exclude-standard", *NEEDED, *FOLDERS], ROOT).splitlines()
    for path in (ROOT / name for name in listed if (ROOT / name).is_file()):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    for place in FOLDERS:
        junk = folder / place / "__pycache__" / "junk.cpython-311.pyc"
        junk.parent.mkdir(exist_ok=True)
        junk.write_bytes(b"junk")
    return folder


class Environment:
    """A virtual environment that sees the libraries of this one, but not this clone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder, with_pip=False, symlinks=True)
        [self.site] = folder.glob("lib/python*/site-packages")
        (self.site / "libraries.pth").write_text(LIBRARIES + "\n")

    def program(self, name: str) -> str:
        """Return the path of a program of the environment."""
        return str(self.folder / "bin" / name)

    def install(self, *words: str) -> None:
        """Install without dependencies and without asking the network; with pip where this Python has it, else uv."""
        python = self.program("python")
        if importlib.util.find_spec("pip"):
            start = [sys.executable, "-m", "pip", "--python", python, "install"]
        else:
            start = ["uv", "pip", "install", "--python", python]
        run([*start, "--quiet", "--no-deps", "--no-index", "--no-build-isolation", *words])

    def brought(self) -> set[str]:
        """Name what lies at the top of its site-packages beside what was there from the start."""
        return {path.name for path in self.site.iterdir()} - {"libraries.pth", "_virtualenv.py", "_virtualenv.pth"}
