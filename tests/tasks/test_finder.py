"""Where tasks lie: found from any folder of the project and from linked work trees, never above the home folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack.errors import BatchpackError
from batchpack.tasks.finder import VARIABLE, project_folder, project_of, tasks_folder, work_tree_of
from tests.support.project import Project


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv(VARIABLE, raising=False)
    return folder


def made(folder: Path) -> Path:
    """Make a folder and return it."""
    folder.mkdir(parents=True)
    return folder


def test_nearest_repository(home: Path) -> None:
    """The nearest folder upwards with `.git`, be it folder or file, is the project."""
    deep = made(home / "outer" / "inner" / "src" / "deep")
    made(home / "outer" / ".git")
    assert project_folder(deep) == home / "outer"
    (home / "outer" / "inner" / ".git").write_text("gitdir: elsewhere")
    assert project_folder(deep) == home / "outer" / "inner"


def test_package_file_counts_below_home_only(home: Path, tmp_path: Path) -> None:
    """A `package.json` marks a project below the home folder, not in it and not outside."""
    inside = made(home / "app" / "src")
    (home / "package.json").write_text("{}")
    assert project_folder(inside) == inside
    (home / "app" / "package.json").write_text("{}")
    assert project_folder(inside) == home / "app"
    outside = made(tmp_path / "other" / "src")
    (tmp_path / "other" / "package.json").write_text("{}")
    assert project_folder(outside) == outside


def test_never_past_home(home: Path) -> None:
    """The search ends at the home folder; a repository around it is not the project."""
    made(home.parent / ".git")
    assert project_folder(made(home / "loose")) == home / "loose"
    made(home / ".git")
    assert project_folder(home / "loose") == home


def test_linked_work_tree(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A linked work tree uses the main one's tasks, unless it has its own."""
    monkeypatch.delenv(VARIABLE, raising=False)
    project.init_git()
    linked = project.folder.parent / "linked"
    project.git("worktree", "add", "-q", str(linked))
    monkeypatch.chdir(made(linked / "src"))
    assert tasks_folder() == project.folder / ".tmp" / "tasks"
    assert tasks_folder() != made(linked / ".tmp" / "tasks")
    assert tasks_folder() == linked / ".tmp" / "tasks"


def test_git_file_of_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `.git` file that leads nowhere leaves the folder as its own project."""
    folder = made(home / "app")
    (folder / ".git").write_text("gitdir: nowhere")
    monkeypatch.chdir(folder)
    assert tasks_folder() == folder / ".tmp" / "tasks"


def test_given_and_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A given project folder wins over the variable, which wins over the search; a given one must exist."""
    monkeypatch.chdir(made(home / "app"))
    monkeypatch.setenv(VARIABLE, "elsewhere/tasks")
    assert tasks_folder() == home / "app" / "elsewhere" / "tasks"
    assert tasks_folder(home) == home / ".tmp" / "tasks"
    with pytest.raises(BatchpackError, match="not a folder"):
        tasks_folder(home / "none")


def test_project_of_tasks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliverables lie in the folder above `.tmp/tasks`; with tasks elsewhere, in the project around here."""
    monkeypatch.chdir(made(home / "app"))
    assert (home, home / "app") == (project_of(home / ".tmp" / "tasks"), project_of(home / "tasks"))


@pytest.mark.parametrize("link", [".tmp", ".tmp/tasks"])
def test_links_out_of_the_project(home: Path, monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    """A folder of features that a link leads to is taken inside the project only; elsewhere it must be named."""
    made(home / "app" / ".git")
    made(home / "app" / "inside" / "tasks")
    made(home / "other" / "tasks")
    (home / "app" / link).parent.mkdir(exist_ok=True)
    monkeypatch.chdir(home / "app")
    (home / "app" / link).symlink_to(home / "app" / "inside")
    assert tasks_folder() == home / "app" / ".tmp" / "tasks"
    for target in ("other", "nowhere"):
        (home / "app" / link).unlink()
        (home / "app" / link).symlink_to(home / target)
        for given in (None, home / "app"):
            with pytest.raises(BatchpackError, match="leads out of the project") as told:
                tasks_folder(given)
            assert VARIABLE in told.value.hint
    monkeypatch.setenv(VARIABLE, str(home / "other" / "tasks"))
    assert tasks_folder() == home / "other" / "tasks"


def test_link_to_the_main_work_tree(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A linked work tree may have a link to the folder of the main one."""
    monkeypatch.delenv(VARIABLE, raising=False)
    project.init_git()
    linked = project.folder.parent / "linked"
    project.git("worktree", "add", "-q", str(linked))
    made(project.folder / ".tmp" / "tasks")
    (linked / ".tmp").symlink_to(project.folder / ".tmp")
    monkeypatch.chdir(linked)
    assert tasks_folder().resolve() == project.folder / ".tmp" / "tasks"


def test_where_the_work_is(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work on the tasks of the main work tree is done in the linked one around here, or else in the main one."""
    project.init_git()
    linked, other = project.folder.parent / "linked", project.folder.parent / "other"
    project.git("worktree", "add", "-q", str(linked))
    made(other / ".git")
    tasks = project.folder / ".tmp" / "tasks"

    found = []
    for here in (project.folder, linked, made(linked / "deep"), other):
        monkeypatch.chdir(here)
        found.append(work_tree_of(tasks))

    assert [project.folder, linked, linked, project.folder] == found


def test_a_folder_that_was_removed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stands in a folder that is no more is told so."""
    monkeypatch.chdir(made(home / "gone"))
    (home / "gone").rmdir()
    with pytest.raises(BatchpackError, match="the present folder was removed"):
        tasks_folder()
