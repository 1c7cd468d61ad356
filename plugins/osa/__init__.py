"""OSA: a skill, a slash command and the metrics script in `~/.osa`; its agents are built into the program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack import frontmatter, places
from batchpack.files import read_text
from batchpack.host import (
    SERVER,
    SERVER_REASON,
    SERVER_WITHOUT,
    Host,
    Names,
    Places,
    below,
    call_line,
    find_host,
    no_files,
    router_command,
    same_names,
    server_command,
    skill_at,
    words,
)
from batchpack.markers import hookimpl
from batchpack.values import AgentCall, Capabilities, Check, Detection, Edit, File, Target

if TYPE_CHECKING:
    from batchpack.collector import Collector
    from batchpack.content import Pack, Skill

NAME = "osa"
TITLE = "OSA"
PLACES = Places(user=".osa", project=None, runs="~/.osa/work/batches")
TOOLS: Mapping[str, str] = {
    "agent": "orchestrate",
    "bash": "shell_execute",
    "read": "file_read",
    "write": "file_write",
    "edit": "file_edit",
    "search": "file_grep",
    "ask": "ask_user",
}
CAPABILITIES = Capabilities(
    own_agents=False,
    agent_permissions=False,
    hooks=False,
    project_scope=False,
    limits=(
        "agents are OSA's own: the pack cannot set what they may do, nor give them its prompts",
        "`orchestrate` takes one text for a batch: one start for each agent is asked for, not enforced",
        "its shell refuses some words and signs anywhere, so requests and reports go through files",
        "OSA cannot be asked what it loaded, so only the files can be checked",
    ),
)
ARGUMENTS = "Additional context:"
SCRIPT, ALONE = "batch-metrics.py", "batch_metrics_alone.py"
"""What shows where a batch's time and tokens went, and what it falls back on where the pack cannot be found."""


def detect(home: Path, search_path: str | None = None) -> Detection | None:
    """Look for the program on PATH, else for `~/.osa`."""
    return find_host("osa", PLACES.user, home, search_path)


def skill_files(pack: Pack, target: Target) -> list[File]:
    """Say `skills/<name>/SKILL.md` and what lies beside each."""
    return [file for skill in pack.skills for file in _skill(skill, target)]


def _skill(skill: Skill, target: Target) -> list[File]:
    """Say one skill's files; OSA reads `triggers`, people know the skill by its `trigger`."""
    matter: dict[str, object] = {
        "name": skill.matter.name,
        "category": skill.matter.category,
        "trigger": f"/{skill.matter.name}",
        "triggers": list(skill.matter.triggers),
        "description": skill.matter.description,
        "tools": [TOOLS["bash"], TOOLS["write"], TOOLS["agent"]],
    }
    return skill_at(below(target, "skills", skill.matter.name), matter, skill, _words(target))


def _words(target: Target) -> dict[str, object]:
    """Return the words of this host: a request is written to a file, since its shell refuses too many signs."""
    request = target.base / PLACES.runs.removeprefix("~/") / "request.md"
    router = router_command((target.folder / "skills/task-management/router.sh").as_posix())
    return {**words(NAME, TOOLS, target, ARGUMENTS, router=router), "request_file": request.as_posix()}


agent_files = no_files


def command_files(pack: Pack, target: Target) -> list[File]:
    """Say `commands/<name>.md`: its text goes to the model, with the user's words after `Additional context:`."""
    return [_command(skill, target) for skill in pack.skills if skill.matter.command]


def _command(skill: Skill, target: Target) -> File:
    """Say one command, with the skill's whole text."""
    matter = {"name": skill.matter.name, "description": skill.matter.description}
    text = frontmatter.join(matter, skill.body.render(_words(target)))
    return File(below(target, "commands", f"{skill.matter.name}.md"), text)


def hook_files(pack: Pack, target: Target) -> list[File]:
    """Say the metrics script, which people and agents run; OSA itself has no hooks that are scripts."""
    folder = places.pack_root() / "hooks"
    if not (folder / SCRIPT).is_file():
        return []
    door = read_text(folder / SCRIPT).replace('PYTHON = ""', f"PYTHON = {target.python!r}", 1)
    alone = read_text(folder / ALONE)
    return [File(below(target, "hooks", SCRIPT), door, executable=True), File(below(target, "hooks", ALONE), alone)]


def settings_edits(pack: Pack, target: Target) -> list[Edit]:
    """Say the server of tools in `mcp.json`."""
    value = {**server_command(target), "env": {}}
    return [
        Edit(below(target, "mcp.json"), "json", ("mcpServers", SERVER), value, SERVER_REASON, optional=SERVER_WITHOUT)
    ]


agent_names = same_names


def agent_calls(calls: Sequence[AgentCall]) -> list[str]:
    """Write one `orchestrate` call for all agents: each call would otherwise be split into sub-tasks of its own."""
    listed = "\n".join(f"- {call.agent}: {call.prompt}" for call in calls)
    task = (
        f"Start exactly these agents at once, each with its own line as its whole task; add and merge none.\n{listed}"
    )
    return [call_line(TOOLS["agent"], {"task": task, "strategy": "parallel"})] if calls else []


def run_command(request: str) -> list[str] | None:
    """Return None: OSA takes slash commands in its own window only."""
    return None


def verify(target: Target, names: Names) -> list[Check]:
    """Say that OSA cannot be asked, and how a person sees it."""
    return [
        Check(TITLE, None, "it cannot be asked from outside; type /reload and then /skills in OSA to see batch-run")
    ]


@hookimpl
def batchpack_hosts(register: Callable[[Host], None]) -> None:
    """Offer this page."""
    register(cast("Host", sys.modules[__name__]))


@hookimpl
def batchpack_collectors(register: Callable[[Collector], None]) -> None:
    """Offer the reader of this host's records."""
    register(cast("Collector", import_module(".records", __name__)))
