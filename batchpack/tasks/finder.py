"""Where the tasks of a project lie, from any of its folders and from linked work trees."""

from __future__ import annotations

import os
from pathlib import Path

from batchpack.errors import BatchpackError

VARIABLE = "BATCHPACK_TASKS_DIR"
"""Names the folder that holds the features, instead of the one that is found."""
BELOW_PROJECT = Path(".tmp", "tasks")


def tasks_folder(given: Path | None = None) -> Path:
    """Return the folder of features: of a given project folder, else of the variable, else of the project around here.

    In a linked work tree it is that of the main work tree, unless the linked one has its own. It need not exist yet.
    """
    if given is not None:
        return _kept_inside(_existing(given))
    named = os.environ.get(VARIABLE, "")
    if named:
        return Path(os.path.abspath(Path(named).expanduser()))  # noqa: PTH100 - a link is kept as it was named
    project = project_folder(_here())
    if os.path.isdir(project / BELOW_PROJECT) or not (project / ".git").is_file():  # noqa: PTH112 - as in _is_there
        return _kept_inside(project)
    return _kept_inside(_main_work_tree(project))


def _kept_inside(project: Path) -> Path:
    """Return a project's folder of features; raises BatchpackError when a link leads from it to another project.

    A linked work tree may have a link to the folder of the main one.
    """
    folder = project / BELOW_PROJECT
    link = next((each for each in (folder.parent, folder) if os.path.islink(each)), None)  # noqa: PTH114 - as in _is_there
    if link is None or _is_below(folder, project):
        return folder
    if (project / ".git").is_file() and _is_below(folder, _main_work_tree(project)):
        return folder
    raise BatchpackError(
        f"{link} is a link that leads out of the project",
        f"if it is meant, name the folder it leads to in the variable {VARIABLE}",
    )


def _is_below(path: Path, folder: Path) -> bool:
    """Tell whether a path, its links followed, lies below a folder."""
    return os.path.realpath(path).startswith(os.path.realpath(folder) + os.sep)


def project_folder(start: Path) -> Path:
    """Return the nearest folder upwards with `.git` or, below the home folder, `package.json`; else the start.

    The search ends at the home folder, which may be the project only by its `.git`.
    """
    home = Path.home().resolve()
    here = start.resolve()
    for folder in (here, *here.parents):
        below_home = folder != home and folder.is_relative_to(home)
        if _is_there(folder / ".git") or (below_home and _is_there(folder / "package.json")):
            return folder
        if folder == home:
            break
    return here


def _is_there(path: Path) -> bool:
    """Tell whether a path exists, in a folder that may be entered."""
    return os.path.exists(path)  # noqa: PTH110 - Path.exists raises where a folder may not be entered


def project_of(tasks: Path) -> Path:
    """Return the project folder of a tasks folder: where deliverables and context files lie."""
    if tasks.parts[-2:] == BELOW_PROJECT.parts:
        return tasks.parent.parent
    return project_folder(_here())


def work_tree_of(tasks: Path) -> Path:
    """Return where a feature is worked on: a linked work tree around here that has these tasks, else the project."""
    project, here = project_of(tasks), project_folder(Path.cwd())
    linked = here != project and (here / ".git").is_file() and _main_work_tree(here) == project
    return here if linked else project


def _here() -> Path:
    """Return the present folder; raises BatchpackError when somebody removed it."""
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise BatchpackError("the present folder was removed", "go to a folder that is there") from error


def _existing(given: Path) -> Path:
    """Return a project folder that was named, as an absolute path; raises BatchpackError when it is none."""
    if not given.is_dir():
        raise BatchpackError(f"{given} is not a folder", "name the project's folder after --root")
    return given.resolve()


def _main_work_tree(project: Path) -> Path:
    """Ask git for the main work tree of a linked one; the import is late, since most projects need no answer."""
    from batchpack import git

    return git.main_work_tree(project) or project
