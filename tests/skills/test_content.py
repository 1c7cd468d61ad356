"""The pack's texts: valid, in every host's words, and short."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from skills_ref import validate

from batchpack.commands.choose import command as choose_command
from batchpack.commands.items import command as items_group
from batchpack.commands.messages import command as messages_group
from batchpack.commands.receipts import command as receipts_group
from batchpack.planning import load_roster
from tests.support.pack import TARGETS, pack, rendered, write
from tests.support.project import ROOT

ROLES = {
    "explorer", "architect", "backend-go", "frontend-react", "test-automator", "performance-optimizer",
    "security-auditor", "devops-engineer", "debugger",
}  # fmt: skip
PIPELINE = {"BatchExecutor", "CoderAgent", "ContextScout", "ExternalScout", "TaskManager"}
AGENT_TOKENS, COMMAND_TOKENS = 700, 700
WORKER = "batch-worker"
IMPLEMENTER = "task-implementer"
READERS = {"explorer", "architect", "security-auditor"}


def _body(text: str) -> str:
    """Return what a model gets of a Markdown file: all behind the front matter, if there is any."""
    return text.split("---\n", 2)[2] if text.startswith("---\n") else text


def test_there_is_an_agent_for_every_role_of_the_roster() -> None:
    """The planner's nine roles, the five agents of the task pipeline and the workers of batches and plans are all."""
    assert ROLES == set(load_roster([ROOT]).roles)
    assert {*ROLES, *PIPELINE, WORKER, IMPLEMENTER} == {agent.matter.name for agent in pack().agents}


def test_roster_and_permissions_agree_on_who_edits() -> None:
    """A role that the planner lets change files has an agent that may, and no other has."""
    roles = load_roster([ROOT]).roles
    may = {agent.matter.name for agent in pack().agents if agent.matter.permissions.edit != "deny"}
    roster = {name for name, role in roles.items() if role.edits}
    assert ROLES - READERS == may - PIPELINE - {WORKER, IMPLEMENTER} == roster


def test_the_neutral_skill_passes_the_reference_validator(tmp_path: Path) -> None:
    """What opencode gets holds only what the Agent Skills specification has."""
    write(rendered("opencode", "project", tmp_path), tmp_path)
    for name in ("batch-run", "batch-processing", "batch-workflow", "execute-batch", "execute-task", "execute-verify"):
        assert [] == validate(tmp_path / ".opencode/skills" / name)


@pytest.mark.parametrize(("name", "scope"), TARGETS)
def test_what_batch_processing_says_can_be_typed(name: str, scope: str) -> None:
    """Every command and option that the skill names is one of the program's, and nothing that is billed is granted."""
    files = rendered(name, scope, program="batchpack")  # type: ignore[arg-type]
    text = next(file.text for path, file in files.items() if path.endswith("skills/batch-processing/SKILL.md"))
    for word in re.findall(r"`batchpack messages ([a-z]+)", text):
        assert word in messages_group.list_commands(click.Context(messages_group)), word
    commands = (choose_command, _messages("submit"), _messages("results"))
    options = {option for command in commands for one in command.params for option in one.opts}
    assert set(re.findall(r"--[a-z][a-z-]*", _body(text))) <= options
    skill = next(each for each in pack().skills if each.matter.name == "batch-processing")
    granted = {"choose *", "messages status *", "messages list *", "messages wait *"}
    assert {f"batchpack {words}" for words in granted} == set(skill.matter.permissions.bash)


@pytest.mark.parametrize(("name", "scope"), TARGETS)
def test_what_batch_workflow_says_can_be_typed(name: str, scope: str) -> None:
    """Every command and option that the skill names is one of the program's, and a person's are not granted."""
    files = rendered(name, scope, program="batchpack")  # type: ignore[arg-type]
    texts = [_body(file.text) for at, file in files.items() if "skills/batch-workflow/" in at]
    assert len(texts) == 2
    _check_commands("\n".join(texts))
    skill = next(each for each in pack().skills if each.matter.name == "batch-workflow")
    granted = [rule.removeprefix("batchpack ").removesuffix(" *") for rule in skill.matter.permissions.bash]
    peoples = {"items add", "items approve", "items run", "items requeue", "items prune", "receipts undo"}
    assert set() == peoples & set(granted)


def test_what_workers_are_told_can_be_typed() -> None:
    """Every command in the prompt of all workers is one of the program's, and one that their agent may run."""
    text = (ROOT / "skills/_shared/worker-prompt.md.j2").read_text().replace("{{ program }}", "batchpack")
    _check_commands(text)
    worker = next(agent for agent in pack().agents if agent.matter.name == WORKER)
    rules = worker.matter.permissions.model_dump()["bash"]
    for words in set(re.findall(r"batchpack ((?:items|receipts) [a-z]+)", text)):
        assert rules[f"batchpack {words} *"] == "allow", words


def _check_commands(text: str) -> None:
    """Hold the commands and options of a text against the program's."""
    named = re.findall(r"(?:batchpack |`)(items|receipts) ([a-z]+)\b", text)
    groups = {"items": items_group, "receipts": receipts_group}
    commands = [_of(groups[group], word) for group, word in named]
    assert commands
    options = {option for command in commands for one in command.params for option in one.opts}
    assert set(re.findall(r"--[a-z][a-z-]*", text)) <= options


def _of(group: click.Group, word: str) -> click.Command:
    """Return a command of a group."""
    found = group.get_command(click.Context(group), word)
    assert found is not None, word
    return found


def _messages(word: str) -> click.Command:
    """Return a command of `batchpack messages`."""
    found = messages_group.get_command(click.Context(messages_group), word)
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "scope"), TARGETS)
def test_texts_keep_to_their_budget(name: str, scope: str) -> None:
    """An agent's prompt and the text of /batch-run stay far below what a host may put before the model."""
    for path, file in rendered(name, scope).items():  # type: ignore[arg-type]
        if path.endswith(".md"):
            most = AGENT_TOKENS if "/agents/" in path else COMMAND_TOKENS
            assert len(_body(file.text)) / 4 < most, path


@pytest.mark.parametrize(("name", "scope"), TARGETS)
def test_no_template_word_is_left(name: str, scope: str) -> None:
    """A rendered text has no braces of the template language and no other host's tool words."""
    for path, file in rendered(name, scope).items():  # type: ignore[arg-type]
        if path.endswith(".md"):
            assert [] == re.findall(r"\{[{%]|[%}]\}", file.text), path


@pytest.mark.parametrize("role", sorted(ROLES))
def test_an_agent_says_what_it_hands_in(role: str) -> None:
    """Each prompt has a method, what the report holds, how to hand in, and limits."""
    text = rendered("claude_code", "project")[f".claude/agents/{role}.md"].text
    for part in ("## Method", "## Handing in", "The report: ", "## Limits", "BLOCKED"):
        assert part in text, part
