"""The content as values: read from several roots, users' own winning, each complaint with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack import places
from batchpack.content import load_pack
from batchpack.errors import BrokenFile

SKILL = "---\nname: {name}\ndescription: Does {name}.\n---\n\nRun {{{{ program }}}}. {body}\n"
AGENT = "---\nname: {name}\ndescription: Is {name}.\n---\n\nYou are {name}. {body}\n"


def put_skill(root: Path, name: str, body: str = "") -> Path:
    """Write a skill into a root."""
    path = root / "skills" / name / "SKILL.md.j2"
    path.parent.mkdir(parents=True)
    path.write_text(SKILL.format(name=name, body=body))
    return path


def put_agent(root: Path, name: str, body: str = "") -> Path:
    """Write an agent into a root."""
    path = root / "agents" / f"{name}.md.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(AGENT.format(name=name, body=body))
    return path


def test_the_pack_itself_loads() -> None:
    """What the pack carries is read without a complaint: its skills and agents, in the order of names."""
    pack = load_pack([places.pack_root()])

    names = [agent.matter.name for agent in pack.agents]
    assert "batch-run" in [skill.matter.name for skill in pack.skills]
    assert sorted(names) == names
    assert {"architect", "explorer", "debugger", "backend-go", "frontend-react", "BatchExecutor"} <= set(names)


def test_a_later_root_wins(tmp_path: Path) -> None:
    """A user's skill or agent of a known name stands in for the pack's, and new ones are added."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for root in (ours, theirs):
        put_skill(root, "one", f"from {root.name}")
        put_agent(root, "scout", f"from {root.name}")
    put_skill(theirs, "two")

    pack = load_pack([ours, theirs])

    assert ["one", "two"] == [skill.matter.name for skill in pack.skills]
    assert "from theirs" in pack.skills[0].body.text
    assert "from theirs" in pack.agents[0].body.text


def test_pieces_are_shared_and_own_pieces_come_first(tmp_path: Path) -> None:
    """A skill includes from its own root's skills/_shared before any other's."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for root in (ours, theirs):
        put_skill(root, root.name, "{% include 'piece.j2' %}")
        (root / "skills/_shared").mkdir()
        (root / "skills/_shared/piece.j2").write_text(f"piece of {root.name}")

    texts = [skill.body.render({"program": "batchpack"}) for skill in load_pack([ours, theirs]).skills]

    assert ["piece of ours" in texts[0], "piece of theirs" in texts[1]] == [True, True]


def test_files_beside_a_skill_come_along(tmp_path: Path) -> None:
    """Extras are templates with their path below the skill's folder, the ending of templates dropped."""
    path = put_skill(tmp_path, "one")
    (path.parent / "scripts").mkdir()
    (path.parent / "scripts/go.sh.j2").write_text("{{ program }} runs")

    [(name, extra)] = load_pack([tmp_path]).skills[0].beside()

    assert ("scripts/go.sh", "batchpack runs") == (name, extra.render({"program": "batchpack"}))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("name: one", "name: other", "name is 'other' but the file says 'one'"),
        ("name: one", "name: One", "front matter key name"),
        ("description: Does one.", "description: ''", "front matter key description"),
        ("description: Does one.", "descripton: x", "front matter key descri"),
        ("description: Does one.", "description: x\npermissions: {edit: maybe}", "front matter key permissions.edit"),
        ("---\nname", "name", "must begin with front matter"),
    ],
)
def test_a_complaint_names_file_and_key(tmp_path: Path, old: str, new: str, reason: str) -> None:
    """What is wrong in a front matter is told with the file and the key."""
    path = put_skill(tmp_path, "one")
    path.write_text(path.read_text().replace(old, new, 1))

    with pytest.raises(BrokenFile, match=reason) as caught:
        load_pack([tmp_path])

    assert path == caught.value.path


def test_a_root_without_content_is_fine(tmp_path: Path) -> None:
    """A folder that holds no skills and no agents, or is not there, adds nothing."""
    assert ((), ()) == (load_pack([tmp_path]).skills, load_pack([tmp_path / "missing"]).agents)


def test_a_name_in_capitals_has_its_file_in_lower_case(tmp_path: Path) -> None:
    """`BatchExecutor` is read from agents/batch-executor.md.j2."""
    path = tmp_path / "agents" / "batch-executor.md.j2"
    path.parent.mkdir()
    path.write_text(AGENT.format(name="BatchExecutor", body=""))

    assert ["BatchExecutor"] == [agent.matter.name for agent in load_pack([tmp_path]).agents]


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("bash: {'npx*': allow}", "would allow any program"),
        ("bash: {'FOO=1 task-cli status': allow}", "would allow any program"),
        ("bash: {'task-cli  status': allow}", "is no pattern for a command"),
        ("bash: {'task-cli status; rm *': allow}", "is no pattern for a command"),
        ("bash: {'task-cli $(id)': allow}", "is no pattern for a command"),
        ("bash: sometimes", "permissions.bash"),
        ("bash: {'task-cli status': yes}", "permissions.bash"),
        ("edit: {'/etc/*': allow}", "is no pattern for paths below the project"),
        ("edit: {'../*': allow}", "is no pattern for paths below the project"),
        ("task: {'any one': allow}", "permissions.task"),
        ("mcp: [x]", "permissions.mcp"),
        ("sudo: allow", "permissions.sudo"),
    ],
)
def test_a_wrong_permission_is_told_with_its_key(tmp_path: Path, block: str, complaint: str) -> None:
    """A permission that means nothing, or more than it seems to, stops with file, key and reason."""
    path = put_agent(tmp_path, "scout")
    path.write_text(path.read_text().replace("\n---\n\nYou", f"\npermissions:\n  {block}\n---\n\nYou"))

    with pytest.raises(BrokenFile) as raised:
        load_pack([tmp_path])

    assert complaint in str(raised.value)
    assert "scout.md.j2" in str(raised.value)
