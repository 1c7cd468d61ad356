"""The repository that worktrees are made from, with what is unusual about it found out before anything is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from batchpack import git, process
from batchpack.errors import BatchpackError, UsageError

OLDEST = (2, 38)
"""The first git with `merge-tree --write-tree`, which the merge queue needs."""

STATES = (
    ("rebase-merge", "rebase"), ("rebase-apply", "rebase"), ("BISECT_LOG", "bisect"), ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert"),
)  # fmt: skip
"""Files of a git folder that tell what is under way."""

PASSING = ("rebase", "bisect")
"""What puts HEAD on a commit that stays for a moment only."""


class NoRepository(BatchpackError):
    """A folder from which no worktree can be made."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as it was when it was opened.

    `root` is the main work tree, `common` the git folder that all worktrees share, `folder` that of the main tree,
    `head` the commit checked out, `branch` its branch (empty: detached HEAD), `prefix` the way from the root to the
    project (empty where they are the same). `under_way` names a merge, rebase or the like that is not finished.
    `notes` are sentences on what agents will find otherwise than the user has it.
    """

    root: Path
    common: Path
    folder: Path
    head: str
    branch: str
    prefix: str = ""
    under_way: str = ""
    notes: tuple[str, ...] = ()


def open_at(project: Path) -> Repository:
    """Open the repository of a project. Raises NoRepository with what is in the way and what to do about it."""
    _check_git()
    _check_tree(project)
    root = git.main_work_tree(project)
    if root is None:
        raise NoRepository(f"{project} is in no git repository", "go to a clone")
    common, folder = _folders(root)
    head, branch = _head(root)
    _check_identity(root)
    under_way = next((name for file, name in STATES if (folder / file).exists()), "")
    prefix = project.resolve().relative_to(root).as_posix() if project.resolve().is_relative_to(root) else "."
    return Repository(
        root,
        common,
        folder,
        head,
        branch,
        "" if prefix == "." else prefix,
        under_way,
        tuple(_notes(root, common, head)),
    )


def _check_git() -> None:
    """Refuse to go on without git, or with one that is too old."""
    if process.find("git") is None:
        raise NoRepository("git is not installed", "install git 2.38 or newer; worktrees are made with it")
    said = process.run(["git", "version"]).out
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise NoRepository(f"{said.strip()} is too old", "install git 2.38 or newer: it can merge without a checkout")


def _check_tree(project: Path) -> None:
    """Refuse a folder that is in no work tree."""
    if not project.is_dir():
        raise NoRepository(f"there is no folder {project}", "name the project's folder")
    done = git.ask(project, "rev-parse", "--is-bare-repository", "--is-inside-work-tree", check=False)
    if done.code != 0:
        said = done.err.strip()
        if "not a git repository" in said:
            raise NoRepository(
                f"{project} is in no git repository", 'make one: git init && git add . && git commit -m "first"'
            )
        raise NoRepository(f"git refuses {project}", said)
    bare, inside = done.out.split()
    if inside != "true":
        what = "a bare repository" if bare == "true" else "inside a git folder"
        raise NoRepository(f"{project} is {what}: there is no work tree", "go to a clone or a worktree of it")


def _folders(root: Path) -> tuple[Path, Path]:
    """Return the git folder that all worktrees share, and that of one work tree."""
    said = git.ask(root, "rev-parse", "--path-format=absolute", "--git-common-dir", "--git-dir").out.splitlines()
    return Path(said[0]), Path(said[1])


def _head(root: Path) -> tuple[str, str]:
    """Return the commit checked out and the branch, empty for a detached HEAD."""
    done = git.ask(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}", check=False)
    if done.code != 0:
        raise NoRepository(
            f"{root} has no commit yet", 'agents start from a commit: git add . && git commit -m "first"'
        )
    branch = git.ask(root, "symbolic-ref", "--quiet", "--short", "HEAD", check=False).out.strip()
    return done.out.strip(), branch


def _check_identity(root: Path) -> None:
    """Refuse to go on where git does not know in whose name to commit."""
    done = git.ask(root, "var", "GIT_COMMITTER_IDENT", check=False)
    if done.code != 0:
        raise NoRepository(
            "git does not know in whose name to commit",
            'tell it: git config user.name "Your Name" && git config user.email you@example.com',
        )


def _notes(root: Path, common: Path, head: str) -> list[str]:
    """Say what agents will find otherwise than the user has it."""
    notes = []
    if git.ask(root, "status", "--porcelain", "--untracked-files=normal").out:
        notes.append(f"The main tree has changes that are not committed; agents start from {head[:12]} without them.")
    if (root / ".gitmodules").exists():
        notes.append("Submodules are filled as far as the main tree has them; changes inside them are not merged.")
    if _uses_lfs(root) and process.find("git-lfs") is None:
        notes.append("Files are kept in LFS but git-lfs is not installed; agents find pointers in their place.")
    if (common / "info/sparse-checkout").exists() and _is_sparse(root):
        notes.append("The main tree is sparse; agents see the same part of it.")
    if (common / "shallow").exists():
        notes.append("The clone is shallow; agents see only the commits it has.")
    return notes


def _uses_lfs(root: Path) -> bool:
    """Tell whether the attributes at the top give files to LFS."""
    file = root / ".gitattributes"
    return file.is_file() and "filter=lfs" in file.read_text(errors="replace")


def _is_sparse(root: Path) -> bool:
    """Tell whether only a part of the tree is checked out."""
    return git.ask(root, "config", "--bool", "core.sparseCheckout", check=False).out.strip() == "true"


def resolve(repository: Repository, ref: str) -> str:
    """Return the commit that a name stands for; empty means HEAD.

    Raises UsageError for a name of nothing, and for HEAD while a rebase or bisect is under way.
    """
    wanted = ref or "HEAD"
    if wanted == "HEAD" and repository.under_way in PASSING:
        raise UsageError(
            f"a {repository.under_way} is under way, so HEAD is a commit that stays for a moment only",
            "finish or abort it, or name the commit or branch to start from",
        )
    done = git.ask(
        repository.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{wanted}^{{commit}}", check=False
    )
    if done.code != 0:
        raise UsageError(f"there is no commit {wanted!r} here", "see the names there are: git branch --all")
    return done.out.strip()
