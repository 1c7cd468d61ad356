"""Notebook: a made-up host whose settings are YAML and TOML and whose skills and agents are Markdown files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack import frontmatter
from batchpack.host import Host, Names, Places, below, call_line, find_host, no_files, same_names, words
from batchpack.markers import hookimpl
from batchpack.values import AgentCall, Capabilities, Check, Detection, Edit, File, Target

if TYPE_CHECKING:
    from batchpack.content import Agent, Pack, Skill

NAME = "notebook"
TITLE = "Notebook"
PLACES = Places(user=".notebook", project=".notebook")
TOOLS: Mapping[str, str] = {
    "agent": "ask_colleague",
    "bash": "shell",
    "read": "open_page",
    "write": "write_page",
    "edit": "change_page",
    "search": "find",
    "ask": "ask",
}
CAPABILITIES = Capabilities(
    agent_permissions=False,
    hooks=False,
    limits=("agents may do what their user may: Notebook has no permissions for each agent",),
)


def detect(home: Path, search_path: str | None = None) -> Detection | None:
    """Look for the program on PATH, else for `~/.notebook`."""
    return find_host("notebook", PLACES.user, home, search_path)


def skill_files(pack: Pack, target: Target) -> list[File]:
    """Say `skills/<name>.md`, and what lies beside a skill in `skills/<name>/`."""
    return [file for skill in pack.skills for file in _skill(skill, target)]


def _skill(skill: Skill, target: Target) -> list[File]:
    """Say one skill's files."""
    said = words(NAME, TOOLS, target, "The reader asks:")
    name = skill.matter.name
    page = frontmatter.join({"title": name, "when": skill.matter.description}, skill.body.render(said))
    beside = [File(below(target, "skills", name, path), extra.render(said)) for path, extra in skill.beside()]
    return [File(below(target, "skills", f"{name}.md"), page), *beside]


def agent_files(pack: Pack, target: Target) -> list[File]:
    """Say `colleagues/<name>.md`."""
    return [_agent(agent, target) for agent in pack.agents]


def _agent(agent: Agent, target: Target) -> File:
    """Say one agent's file."""
    page = {"title": agent.matter.name, "about": agent.matter.description}
    text = frontmatter.join(page, agent.body.render(words(NAME, TOOLS, target, "")))
    return File(below(target, "colleagues", f"{agent.matter.name}.md"), text)


command_files = no_files
hook_files = no_files


def settings_edits(pack: Pack, target: Target) -> list[Edit]:
    """Have the skills folder read (YAML) and `batchpack` allowed in the shell (TOML)."""
    return [
        Edit(below(target, "notebook.yaml"), "yaml", ("skills", "folders"), "skills", "reads the skills", "append"),
        Edit(below(target, "shell.toml"), "toml", ("shell", "allow"), "batchpack", "lets skills run it", "append"),
    ]


agent_names = same_names


def agent_calls(calls: Sequence[AgentCall]) -> list[str]:
    """Write one `ask_colleague` call an agent."""
    return [call_line(TOOLS["agent"], {"who": call.agent, "what": call.prompt}) for call in calls]


def run_command(request: str) -> list[str] | None:
    """Return the argv that runs a request without a window."""
    return ["notebook", "--headless", f"/batch-run {request}"]


def verify(target: Target, names: Names) -> list[Check]:
    """Say that the made-up program cannot be asked."""
    return [Check(TITLE, None, "it is made up, so it cannot be asked what it loaded")]


@hookimpl
def batchpack_hosts(register: Callable[[Host], None]) -> None:
    """Offer this page."""
    register(cast("Host", sys.modules[__name__]))
