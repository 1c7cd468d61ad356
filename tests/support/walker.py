"""Takes any host through its life: plan, apply, again (nothing to do), undo (nothing left)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.support.project import Outcome, Project, tree


def state_of(project: Project) -> dict[str, bytes | str]:
    """Return all of the home and the project: content, links, folders and their modes, and the modes of files."""
    base = project.home.parent
    found = {name: data for name, data in tree(base).items() if "__pycache__" not in name}
    files = (path for path in base.rglob("*") if path.is_file() and not path.is_symlink())
    modes = {f"{path.relative_to(base)} mode": f"{path.stat().st_mode & 0o777:o}" for path in files}
    return found | {name: mode for name, mode in modes.items() if "__pycache__" not in name}


def times_of(project: Project) -> dict[str, int]:
    """Return when each file and folder was last changed."""
    base = project.home.parent
    return {
        str(path.relative_to(base)): path.lstat().st_mtime_ns
        for path in base.rglob("*")
        if "__pycache__" not in str(path)
    }


def install(project: Project, *words: str, env: Mapping[str, str] | None = None) -> Outcome:
    """Install without asking hosts."""
    return project.run("install", "--yes", "--no-check", *words, env=env)


def uninstall(project: Project, *words: str, env: Mapping[str, str] | None = None) -> Outcome:
    """Uninstall all that is installed here."""
    return project.run("uninstall", "--yes", *words, env=env)


def check_life(project: Project, host: str, scope: str) -> list[Path]:
    """Take a host through its life in a home and project as they are; returns the files that were written."""
    before = state_of(project)
    words = ("--host", host, "--scope", scope)

    planned = project.run("install", *words, "--dry-run", "--json").json()["hosts"][0]
    assert before == state_of(project), "a dry run changes nothing"

    done = project.run("install", *words, "--yes", "--no-check", "--json").json()["hosts"][0]
    settings = [change["path"] for change in done["settings"]]
    assert ("planned", "installed") == (planned["state"], done["state"])
    assert planned["written"] == done["written"], "what was planned is what is done"
    files = [Path(done["base"]) / path for path in [*done["written"], *settings]]
    assert all(path.is_file() for path in files)

    times = times_of(project)
    again = project.run("install", *words, "--yes", "--no-check", "--json").json()["hosts"][0]
    assert ("unchanged", []) == (again["state"], again["written"])
    assert times == times_of(project), "a second install touches nothing"

    uninstall(project, *words).assert_ok()
    assert before == state_of(project), "an uninstall leaves nothing"
    return files
