"""Cleaning: what has no worth goes, what has is kept or saved."""

from __future__ import annotations

from batchpack.worktrees import changes, cleaning, listing, trees
from batchpack.worktrees.cleaning import Cleaned
from tests.support.project import Project
from tests.worktrees.build import Ground, lay


def many(project: Project) -> Ground:
    """Make worktrees without work, with merged, unmerged and uncommitted work."""
    ground = lay(project)
    for name in ("idle", "merged", "done", "dirty"):
        made = ground.tree(name)
        if name != "idle":
            (made.path / name).write_text("x")
        if name in {"merged", "done"}:
            changes.commit(made, name)
    project.git("branch", "batchpack/run/integration", "batchpack/run/merged")
    return ground


def clean(ground: Ground, *, everything: bool = False) -> list[Cleaned]:
    """Clean and return what became of each."""
    repository = ground.again().repository
    into = ground.project.home / "s"
    return cleaning.clean(repository, listing.rows(repository), lambda run: into / run, everything=everything)


def test_only_what_would_not_be_missed_goes(project: Project) -> None:
    """By default unmerged and uncommitted work keeps its worktree, and it is said why."""
    ground = many(project)

    kept = {one.row.task: one.kept for one in clean(ground)}

    assert {"idle": "", "merged": "", "done": "1 commit not merged", "dirty": "1 file not committed"} == kept
    assert {"done", "dirty"} == {path.name for path in ground.folder.iterdir()}


def test_everything_goes_when_asked_and_nothing_is_lost(project: Project) -> None:
    """With `everything` files are saved before they go and commits stay on their branches; the folder goes too."""
    ground = many(project)
    (ground.folder / ".x.999999999-2.removed").mkdir()

    cleaned = {one.row.task: one for one in clean(ground, everything=True)}

    assert not ground.folder.exists()
    assert {""} == {one.kept for one in cleaned.values()}
    saved = cleaned["dirty"].salvaged
    assert saved is not None
    assert (project.home / "s/run/dirty", ("dirty",)) == (saved.folder, saved.untracked)
    assert "batchpack/run/done" in project.git("branch")
    assert [] == clean(ground, everything=True)


def test_work_that_was_cleaned_away_can_be_gone_on_with(project: Project) -> None:
    """A worktree made again after it was cleaned has the commits that its branch kept."""
    ground = many(project)
    clean(ground, everything=True)

    made = ground.tree("done")

    assert ("done",) == changes.of(made).files


def test_branches_go_when_their_commits_are_elsewhere(project: Project) -> None:
    """A task's branch goes when it is merged, the integration branch when the user has it; others stay."""
    ground = many(project)
    clean(ground, everything=True)

    def branches() -> list[str]:
        return project.git("branch", "--format=%(refname:short)", "--list", "batchpack/*").split()

    gone = cleaning.delete_branches(ground.again().repository, ["run"])
    assert (["batchpack/run/merged"], ["batchpack/run/done", "batchpack/run/integration"]) == (gone, branches())

    project.git("merge", "-q", "batchpack/run/integration")
    assert [] == cleaning.delete_branches(ground.again().repository, ["run"], unfinished=["run"])
    gone = cleaning.delete_branches(ground.again().repository, ["run", "other"])
    assert (["batchpack/run/integration"], ["batchpack/run/done"]) == (gone, branches())


def test_a_branch_that_is_checked_out_stays(project: Project) -> None:
    """A branch whose worktree was kept is kept as well."""
    ground = lay(project)
    ground.tree()

    assert [] == cleaning.delete_branches(ground.repository, ["run"])


def test_the_folder_the_project_lies_in_is_not_swept(project: Project) -> None:
    """A worktree beside the project does not make us tidy up the folder around both."""
    ground = lay(project)
    trees.create(ground.repository, project.folder.parent / "beside", "batchpack/run/one", ground.base)
    other = ground.project.folder.parent / ".x.999999999-2.removed"
    other.mkdir()

    clean(ground)

    assert other.exists()
