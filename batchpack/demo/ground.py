"""The ground of a demo: one folder that holds a project under git, a home of its own, and all that a run writes."""

from __future__ import annotations

import os
import shutil
import site
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from batchpack import files, places, process
from batchpack.errors import BatchpackError, Unwritable
from batchpack.process import Completed

SEED = Path(__file__).parent / "seed"
SEED_ENDING = ".txt"
LEFT_OUT = ("XDG_", "GIT_", "BATCHPACK_", "PYTHONDONTWRITEBYTECODE")
LONGEST_SECONDS = 120.0
AUTHOR = {"NAME": "Demo", "EMAIL": "demo@example.com"}


@dataclass(frozen=True, slots=True)
class Ground:
    """A demo's folder; `made` tells whether the demo made it, so that it may also remove it."""

    folder: Path
    made: bool

    @property
    def project(self) -> Path:
        """Return the project."""
        return self.folder / "project"

    @property
    def home(self) -> Path:
        """Return the private home."""
        return self.folder / "home"

    def environment(self) -> dict[str, str]:
        """Return the variables of every program of the demo: the private home, an author for git, this installation."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in AUTHOR.items()}
        here = {"HOME": str(self.home), "PYTHONUSERBASE": site.getuserbase(), "GIT_CONFIG_NOSYSTEM": "1"}
        clone = [str(places.pack_root())] if (places.pack_root() / "pyproject.toml").is_file() else []
        path = [word for word in (*clone, kept.get("PYTHONPATH", "")) if word]
        return {**kept, **who, **here, **({"PYTHONPATH": os.pathsep.join(path)} if path else {})}

    def run(self, argv: list[str], *, check: bool = True) -> Completed:
        """Run a program in the project."""
        return process.run(argv, cwd=self.project, env=self.environment(), timeout=LONGEST_SECONDS, check=check)

    def batchpack(self, *words: str) -> Completed:
        """Run a command of this very installation in the project."""
        return self.run([sys.executable, "-m", "batchpack", *words])

    def remove(self) -> None:
        """Remove all that the demo made."""
        for part in (self.project, self.home):
            shutil.rmtree(part, ignore_errors=True)
        if self.made:
            shutil.rmtree(self.folder, ignore_errors=True)


def make(given: Path | None) -> Ground:
    """Make the folder of a demo, a new one or the given one when it is empty."""
    if process.find("git") is None:
        raise BatchpackError("the demo needs git, and there is none on PATH", "install git, then run it again")
    ground = Ground(*_folder(given))
    try:
        ground.home.mkdir()
        _plant(ground.project)
    except OSError as error:
        raise Unwritable(ground.folder, error.strerror or str(error)) from error
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "a small project"]):
        ground.run(["git", *words])
    return ground


def _folder(given: Path | None) -> tuple[Path, bool]:
    """Return the demo's folder and whether it is new."""
    if given is None:
        return Path(tempfile.mkdtemp(prefix="batchpack-demo-")).resolve(), True
    folder, made = given.absolute(), not given.exists()
    if not made and (not folder.is_dir() or any(folder.iterdir())):
        raise BatchpackError(f"{folder} is not an empty folder", "name one that is empty, or one that is not there yet")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unwritable(folder, error.strerror or str(error)) from error
    return folder.resolve(), made


def _plant(project: Path) -> None:
    """Write the small project; its files are carried as texts, so that nobody takes them for modules of ours."""
    for seed in sorted(path for path in SEED.rglob(f"*{SEED_ENDING}") if path.is_file()):
        name = str(seed.relative_to(SEED)).removesuffix(SEED_ENDING)
        files.write_atomic(project / name, seed.read_bytes())
