"""The worktree of gates: holds exactly a commit, whatever was done to it, and never leads git elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from batchpack import git
from batchpack.merging.ground import Ground as Place
from batchpack.merging.target import common_folder
from batchpack.worktrees import registry
from tests.merging.ground import Ground
from tests.support.project import tree


def place(ground: Ground) -> Place:
    """Make the worktree's keeper."""
    return Place(ground.root, ground.root.parent / "worktrees" / "merge", ground.root.parent / "logs")


def held(folder: Path) -> dict[str, bytes | str]:
    """Return what a worktree holds besides git's own file."""
    return {name: data for name, data in tree(folder).items() if name != ".git"}


def test_it_holds_exactly_the_commit(ground: Ground) -> None:
    """From one commit to another, whatever was changed, made, ignored or deleted in between."""
    other = ground.commit({"a.txt": "two\n", ".gitignore": "*.o\n", "sub/x": "x"})
    ours = place(ground)
    folder = ours.set_to(other)
    (folder / "a.txt").unlink()
    (folder / "left").mkdir()
    (folder / "left" / "x.o").write_text("x")
    (folder / "b.txt").write_text("changed\n")
    git.ask(folder, "add", "-A")
    nested = folder / "nested"
    nested.mkdir()
    git.ask(nested, "init", "-q")

    ours.set_to(ground.base)

    assert {"a.txt": b"one\n", "b.txt": b"one\n"} == held(folder)
    ours.set_to(other)
    assert {".gitignore", "a.txt", "b.txt", "sub", "sub/x"} == set(held(folder))


def test_a_git_file_that_leads_to_the_users_tree_is_not_followed(ground: Ground) -> None:
    """An agent's gate that points the worktree's `.git` to the main tree cannot have git clean that."""
    ours = place(ground)
    folder = ours.set_to(ground.base)
    (ground.root / "mine.txt").write_text("not committed")
    (folder / ".git").write_text(f"gitdir: {ground.root / '.git'}\n")

    ours.set_to(ground.commit({"a.txt": "two\n"}))

    assert ("two\n", "one\n") == ((folder / "a.txt").read_text(), (ground.root / "a.txt").read_text())
    assert "not committed" == (ground.root / "mine.txt").read_text()
    assert "main" == ground.git("branch", "--show-current")


def test_a_link_in_its_place_is_not_followed(ground: Ground) -> None:
    """A worktree that was replaced by a link to the main tree is made anew; the main tree stays as it was."""
    ours = place(ground)
    folder = ours.set_to(ground.base)
    (ground.root / "mine.txt").write_text("not committed")
    shutil.rmtree(folder)
    folder.symlink_to(ground.root)

    ours.set_to(ground.base)

    assert not folder.is_symlink()
    assert ("not committed", False) == ((ground.root / "mine.txt").read_text(), (folder / "mine.txt").exists())


@pytest.mark.parametrize("harm", ["gone", "no git file", "locked index", "broken index", "not marked", "broken HEAD"])
def test_a_broken_one_is_made_anew(ground: Ground, harm: str) -> None:
    """Whatever a crash, an agent or a person did to it, the next gate finds its commit."""
    ours = place(ground)
    folder = ours.set_to(ground.base)
    record = registry.find(common_folder(ground.root), folder)
    assert record is not None
    match harm:
        case "gone":
            shutil.rmtree(folder)
        case "no git file":
            (folder / ".git").unlink()
        case "locked index":
            (record / "index.lock").touch()
        case "broken index":
            (record / "index").write_bytes(b"no index")
        case "not marked":
            registry.unmark(record)
        case _:
            (record / "HEAD").write_text("rubbish\n")

    ours.set_to(ground.commit({"a.txt": "two\n"}))

    assert {"a.txt": b"two\n", "b.txt": b"one\n"} == held(folder)


def test_what_was_prepared_stays_whatever_it_is_called(ground: Ground) -> None:
    """What preparing put there survives the cleaning between gates, and only that."""
    names = ["node_modules", "a [b]*.txt", "!x", "#y", " z "]
    ours = place(ground)
    ours.prepare = lambda folder: [(folder / name).write_text("x") for name in names]
    folder = ours.set_to(ground.base)
    (folder / "a b.txt").write_text("left by a gate")

    ours.set_to(ground.commit({"a.txt": "two\n"}))

    assert {*names, "a.txt", "b.txt"} == set(held(folder))


def test_preparing_that_fails_is_done_again(ground: Ground) -> None:
    """A worktree whose preparation failed is not taken for a good one."""
    ours = place(ground)
    seen: list[int] = []

    def prepare(folder: Path) -> None:
        seen.append(1)
        if len(seen) == 1:
            raise OSError("no network")

    ours.prepare = prepare
    with pytest.raises(OSError, match="no network"):
        ours.set_to(ground.base)
    ours.set_to(ground.base)
    ours.set_to(ground.base)

    assert [1, 1] == seen


def test_hooks_of_the_repository_stay_out(ground: Ground) -> None:
    """Hooks of the repository are not run by setting up gates, nor by merging."""
    for name in ("post-checkout", "reference-transaction"):
        hook = ground.root / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {ground.root.parent}/hooked\nexit 1\n")
        hook.chmod(0o755)
    commit = ground.commit({"a.txt": "2\n"})

    place(ground).set_to(ground.base)
    place(ground).set_to(commit)

    assert not (ground.root.parent / "hooked").exists()


def test_taking_it_away_can_be_done_twice(ground: Ground) -> None:
    """Removing one that is gone is fine."""
    ours = place(ground)
    ours.set_to(ground.base)
    ours.remove()
    ours.remove()

    assert not ours.path.exists()
