"""The pack's commands are recognised only where no agent can have put something else."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import pytest

from batchpack.cli import batchpack
from batchpack.commands.task_cli import command as task_cli
from batchpack.guard import own
from batchpack.guard.places import Place
from batchpack.guard.refusal import Refused
from tests.guard.conftest import ROUTER, Ground


def refused(ground: Ground, command: str, agent: str = "orchestrator") -> str:
    """Judge a command and return the refusal."""
    said = ground.judge(agent, "bash", {"command": command})
    assert said.startswith("no: "), said
    return said


@pytest.mark.parametrize("folder", ["bin", "", ".", "./bin"])
def test_a_program_in_the_project_is_refused(folder: str, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PATH finds the program in the project first, an agent could have put it there."""
    monkeypatch.chdir(ground.project.folder / "bin")
    name = str(ground.project.folder / "bin") if folder == "bin" else folder.replace("bin", "../bin")
    monkeypatch.setenv("PATH", f"{name}:{os.environ['PATH']}")

    assert "in the project" in refused(ground, "batchpack runs")
    assert "in the project" in refused(ground, "cat SYNTHESIS.md", "runner")


def test_a_program_that_is_a_link_into_the_project_is_refused(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the real file that counts."""
    (tmp_path / "batchpack").symlink_to(ground.project.folder / "bin/batchpack")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    assert "in the project" in refused(ground, "batchpack runs")


def test_a_program_that_is_nowhere_is_refused(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that PATH does not know is not granted."""
    monkeypatch.setenv("PATH", "/nowhere")

    assert "not on PATH" in refused(ground, "batchpack runs")
    assert "not on PATH" in refused(ground, f"bash {ROUTER} status", "runner")


def test_the_installed_program_may_be_named_by_its_path(ground: Ground, tmp_path: Path) -> None:
    """An absolute path is the pack's when the policy says it, or when it lies in the pack's own environment."""
    policy = {**ground.policy(), "program": "/opt/somewhere/batchpack"}
    place = Place(str(ground.project.folder), policy["own"])

    for word in ("/opt/somewhere/batchpack", "/opt/pack/bin/batchpack", "batchpack"):
        assert ["batchpack", "runs"] == own.recognised([word, "runs"], policy, place)
    for word in ("/opt/other/batchpack", "bin/batchpack", str(ground.project.folder / "bin/batchpack"), "task-cli"):
        with pytest.raises(Refused):
            own.recognised([word, "runs"], policy, place)
    assert [] == own.recognised(["bash", "other.sh"], policy, place)


def test_router_is_taken_by_its_text_and_place(ground: Ground, tmp_path: Path) -> None:
    """A copy counts in a protected folder only, and a changed one nowhere, be it the installed one itself."""
    policy = ground.policy()
    place = Place(str(ground.project.folder), policy["own"])
    assert "where agents can change it" in refused(ground, "bash copies/router.sh status", "runner")
    assert "not the router.sh" in refused(ground, f"bash sub/{ROUTER} status", "runner")

    changed = tmp_path / "router.sh"
    changed.write_text("changed\n")
    policy["router"] = {"path": str(changed), "sha256": policy["router"]["sha256"]}
    with pytest.raises(Refused, match=r"not the router\.sh"):
        own.recognised(["bash", str(changed)], policy, place)
    assert not own.is_as_installed(policy["router"])
    assert own.is_as_installed(None)


def places(group: click.Command, *words: str) -> set[str]:
    """List the options of a command, and of all below it that agents may give, that take a path."""
    if words in own.PEOPLES:
        return set()
    found = {name for one in group.params if isinstance(one, click.Option) for name in one.opts if _is_place(one)}
    if isinstance(group, click.Group):
        ctx = click.Context(group)
        for name in group.list_commands(ctx):
            below = group.get_command(ctx, name)
            found |= places(below, *words, name) if below else set()
    return found


def _is_place(option: click.Option) -> bool:
    """Tell whether an option takes a path, by its type or by its name."""
    return isinstance(option.type, click.Path | click.File) or option.opts[0] in own.FILES


def test_every_option_with_a_path_is_checked() -> None:
    """An option of the pack's commands that takes a path is known to the guard."""
    known = {*own.SAME, *own.INSIDE, *own.FILES, own.BESIDE}

    assert set() == (places(batchpack) | places(task_cli)) - known
    assert {"--root", "--in", "--file", "--project"} <= places(batchpack) | places(task_cli)


def test_options_cannot_be_cut_short(ground: Ground) -> None:
    """The pack's commands do not take `--roo` for `--root`, so that the guard need not."""
    done = ground.project.execute([sys.executable, "-m", "batchpack.router", "x", "status", "--roo", "/tmp"])

    assert done.code != 0
    assert "--roo" in done.err


@pytest.mark.parametrize(
    ("folder", "goes"),
    [
        ("../trees", True),
        ("../trees/a", True),
        ("/", False),
        ("../../trees", False),
        ("../.config/x", False),
        ("", False),
    ],
)
def test_worktrees_are_made_beside_the_project(folder: str, goes: bool, ground: Ground) -> None:
    """A folder of worktrees leads to no place from which another program takes its settings."""
    words = ["batchpack", "execute-batch", "begin", "--worktree-dir", folder]
    place = Place(str(ground.project.folder), ground.policy()["own"])

    if goes:
        own.check_options(words, place)
        own.check_options([*words[:3], f"--worktree-dir={folder}"], place)
    else:
        with pytest.raises(Refused, match="leads elsewhere"):
            own.check_options(words, place)


@pytest.mark.parametrize(
    "words",
    ["items approve --hash 0123456789ab", "items approve --ahead --check", "items approve --by --check --ahead"],
)
def test_a_yes_is_a_persons(words: str, ground: Ground) -> None:
    """No agent approves, whatever else it may run; --check behind another option may be that one's value."""
    place = Place(str(ground.project.folder), ground.policy()["own"])
    with pytest.raises(Refused, match="agents do not run batchpack items approve"):
        own.check_options(["batchpack", *words.split()], place)
    own.check_options(["batchpack", "items", "approve", "--check", "--chunk", "1"], place)


@pytest.mark.parametrize(
    "words", ["run plan.yaml", "run -j 2 plan.yaml", "merge run latest --gate true", "worktrees clean"]
)
def test_what_runs_commands_beside_the_guard_is_for_people(words: str, ground: Ground) -> None:
    """The commands of a plan and the lines of a gate are judged by nobody, so that no agent may give them."""
    place = Place(str(ground.project.folder), ground.policy()["own"])
    with pytest.raises(Refused, match="agents do not run batchpack"):
        own.check_options(["batchpack", *words.split()], place)
