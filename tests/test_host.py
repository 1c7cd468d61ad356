"""The defaults that host pages share."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack import host
from batchpack.values import AgentCall
from tests.support.pack import pack, target


def _agent(path: Path, matter: str) -> None:
    """Write an agent file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{matter}---\nhi\n")


def test_the_users_agents_are_told_from_the_packs(tmp_path: Path) -> None:
    """An agent counts as the user's by its name, else its file's, unless its description has the pack's mark."""
    _agent(tmp_path / "one.md", "name: renamed\ndescription: mine\n")
    _agent(tmp_path / "deep/two.md", "description: mine too\n")
    _agent(tmp_path / "three.md", f"description: ours {host.MARK}\n")
    (tmp_path / "broken.md").write_text("no front matter")
    assert {"renamed", "two", "broken"} == host.users_agents([tmp_path, tmp_path / "missing"])


def test_all_agents_of_the_pack_bear_its_mark() -> None:
    """Without the mark an agent of ours would count as the user's at the next install."""
    assert [] == [agent.matter.name for agent in pack().agents if not agent.matter.description.endswith(host.MARK)]


def test_paths_are_relative_to_the_base() -> None:
    """Files name their place from the home or project on, with slashes."""
    assert ".config/opencode/agents/x.md" == host.below(target("opencode", "user"), "agents", "x.md")


def test_a_call_is_one_line() -> None:
    """Line ends in parameters are escaped, other languages are not."""
    assert 'task {"prompt":"a\\nb é"}' == host.call_line("task", {"prompt": "a\nb é"})


def test_the_defaults_say_nothing() -> None:
    """A page that assigns a default has no such files or edits, and calls agents by their bare names."""
    place = target("opencode", "user")
    assert [] == host.no_files(pack(), place)
    assert [] == host.no_edits(pack(), place)
    assert {"a": "a"} == host.same_names(["a"], Path(), Path())
    assert "x" == AgentCall("x", "y", "z").agent


def test_a_skill_brings_what_lies_beside_it(tmp_path: Path) -> None:
    """SKILL.md and the files of its folder are rendered together, templates under their names without `.j2`."""
    from batchpack.content import load_pack

    folder = tmp_path / "skills/demo"
    folder.mkdir(parents=True)
    (folder / "SKILL.md.j2").write_text("---\nname: demo\ndescription: a demo\n---\n\nRun {{ program }}.\n")
    (folder / "more.md.j2").write_text("{{ program }} more\n")
    (skill,) = load_pack([tmp_path]).skills
    files = host.skill_at("s/demo", {"name": "demo"}, skill, {"program": "bp"})
    assert {"s/demo/SKILL.md": "---\nname: demo\n---\n\nRun bp.\n", "s/demo/more.md": "bp more\n"} == {
        file.path: file.text for file in files
    }


def test_a_moved_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a variable leads the host elsewhere, the user's scope would not be seen; a project's is."""
    here, elsewhere = target("claude_code", "user", tmp_path), str(tmp_path / "other")
    assert [] == host.moved("X", "X_HOME", tmp_path / ".claude", here)
    monkeypatch.setenv("X_HOME", str(tmp_path / ".claude"))
    assert [] == host.moved("X", "X_HOME", tmp_path / ".claude", here)
    monkeypatch.setenv("X_HOME", elsewhere)
    (check,) = host.moved("X", "X_HOME", tmp_path / ".claude", here)
    assert check.ok is False
    assert elsewhere in check.detail
    assert [] == host.moved("X", "X_HOME", tmp_path / ".claude", target("claude_code", "project", tmp_path))
