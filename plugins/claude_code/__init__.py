"""Claude Code 2.1: a self-contained plugin folder for the user, plain files for a project."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack import frontmatter, process
from batchpack.errors import BatchpackError
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
    moved,
    no_files,
    router_command,
    server_command,
    skill_at,
    users_agents,
    words,
)
from batchpack.markers import hookimpl
from batchpack.mirror import mirrored
from batchpack.places import home as users_home
from batchpack.policy import Policy
from batchpack.values import AgentCall, Capabilities, Check, Detection, Edit, File, Target

from .asking import ask, check_guard  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .guarding import PLUGIN, guard_edits, guard_files, guard_policy, hooks_for, policy_path  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .marking import SCRIPTS, mark_edits, marks, merged, script_file, status_edits  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

if TYPE_CHECKING:
    from batchpack.collector import Collector
    from batchpack.content import Agent, Pack, Permissions, Skill
    from batchpack.executor import Executor

NAME = "claude_code"
TITLE = "Claude Code"
PLACES = Places(user=".claude", project=".claude", data=("plugins/data/batchpack-skills-dir",))
TOOLS: Mapping[str, str] = {
    "agent": "Agent",
    "bash": "Bash",
    "read": "Read",
    "write": "Write",
    "edit": "Edit",
    "search": "Grep",
    "ask": "AskUserQuestion",
}
CAPABILITIES = Capabilities(
    status_line=True,
    limits=(
        "agents that build and test run what your permission rules let through: there the guard stops accidents only",
        "`claude -p` denies agents' edits unless it is started with --permission-mode acceptEdits",
        "the grant for batchpack's commands holds when you type /batch-run, not when the model starts the skill",
        "`disableAllHooks` in settings takes the agents' guard and their grants away; `--bare` loads no agents at all",
        "in project scope, `claude -p` below the root or in a linked work tree never trusted loads agents unguarded",
    ),
)
ARGUMENTS = "ARGUMENTS:"
SESSION = "CLAUDE_CODE_SESSION_ID"
TASKS = "task-cli"
SERVERS = ".mcp.json"
HOOKS = ("skills", PLUGIN, "hooks", "hooks.json")
ROUTER = "skills/task-management/router.sh"
READ_RUNS, READ_TASKS = "Read(//**/.batchpack/**)", "Read(//**/.tmp/tasks/**)"
"""Opened in a linked work tree, a session reads prompts and subtasks in the main one, which is outside for it."""


def detect(home: Path, search_path: str | None = None) -> Detection | None:
    """Look for the program on PATH, else for `~/.claude`."""
    return find_host("claude", PLACES.user, home, search_path)


def _folder(target: Target) -> str:
    """Return where skills/ and agents/ stand: in the plugin's folder for a user, in `.claude` for a project."""
    return below(target, "skills", PLUGIN) if target.scope == "user" else below(target)


def skill_files(pack: Pack, target: Target) -> list[File]:
    """Say `skills/<name>/SKILL.md` and what lies beside each; every skill is a slash command too."""
    return [file for skill in pack.skills for file in _skill(skill, target)]


def _skill(skill: Skill, target: Target) -> list[File]:
    """Say one skill's files."""
    matter: dict[str, object] = {"name": skill.matter.name, "description": skill.matter.description}
    if skill.matter.argument_hint:
        matter["argument-hint"] = skill.matter.argument_hint
    if grants := _grants(skill.matter.permissions, target):
        matter["allowed-tools"] = ", ".join(grants)
    return skill_at(f"{_folder(target)}/skills/{skill.matter.name}", matter, skill, _words(target))


def _words(target: Target) -> dict[str, object]:
    """Return this host's words; an agent of the plugin is started by its long name."""
    prefix = _prefix(target)
    return words(NAME, TOOLS, target, ARGUMENTS, router=_router(target), prefix=prefix)


def _prefix(target: Target) -> str:
    """Return what stands before the names of the pack's agents."""
    return f"{PLUGIN}:" if target.scope == "user" else ""


def _router(target: Target) -> str:
    """Return the command that runs router.sh; a project's files are shared, so its path is the project's own."""
    path = f"{_folder(target)}/{ROUTER}"
    return router_command(path if target.scope == "project" else str(target.base / path))


def _grants(permissions: Permissions, target: Target) -> list[str]:
    """Write the allowed patterns of commands as grants, in every form in which the skills give the commands."""
    patterns = permissions.bash.items() if isinstance(permissions.bash, dict) else ()
    allowed = [pattern.removesuffix(" *") for pattern, action in patterns if action == "allow"]
    runs = [pattern for pattern in allowed if pattern.split()[0] == PLUGIN]
    paths = [pattern.replace(PLUGIN, target.program, 1) for pattern in runs if target.program != PLUGIN]
    tasks = [pattern.replace(TASKS, _router(target), 1) for pattern in allowed if pattern.split()[0] == TASKS]
    reads = [READ_RUNS] * bool(runs) + [READ_TASKS] * bool(tasks)
    return [*(f"Bash({pattern}:*)" for pattern in (*runs, *paths, *tasks)), *reads]


def agent_files(pack: Pack, target: Target) -> list[File]:
    """Say the agents; where a name is the user's own, theirs stays the only one."""
    policy = _policy(pack, target)
    return [_agent(agent, target, policy) for agent in _agents(pack, target)]


def _agents(pack: Pack, target: Target) -> list[Agent]:
    """Return the agents that are installed."""
    theirs = users_agents(_users_folders(target.base))
    return [agent for agent in pack.agents if agent.matter.name not in theirs]


def _policy(pack: Pack, target: Target) -> Policy:
    """Write the guard's policy for the agents that are installed."""
    restricted = {_prefix(target) + agent.matter.name: agent.matter.permissions for agent in _agents(pack, target)}
    router = next((file for file in skill_files(pack, target) if file.path.endswith(ROUTER)), None)
    return guard_policy(target, restricted, router)


def _users_folders(project: Path) -> list[Path]:
    """List the folders with agents that have bare names."""
    return [project / ".claude" / "agents", users_home() / ".claude" / "agents"]


def _agent(agent: Agent, target: Target, policy: Policy) -> File:
    """Say one agent with the tools that its role needs.

    A project's agent brings the guard's hook itself: Claude Code finds the agent from a subfolder or a linked work tree
    too, but a project's settings only in the folder that it was started in. The same hook twice runs once.
    """
    matter: dict[str, object] = {
        "name": agent.matter.name,
        "description": agent.matter.description,
        "tools": ", ".join(_tools(agent.matter.permissions)),
    }
    if target.scope == "project":
        wanted = hooks_for(target, policy.sha256, policy.agents)
        matter["hooks"] = {"PreToolUse": wanted["PreToolUse"]}
    text = frontmatter.join(matter, agent.body.render(_words(target)))
    return File(f"{_folder(target)}/agents/{agent.matter.name}.md", text)


def _tools(permissions: Permissions) -> list[str]:
    """List the tools for these permissions; which of them may do what is the guard's to judge."""
    given = (
        (permissions.read, ("Read", "Grep", "Glob")),
        (permissions.bash, ("Bash",)),
        (permissions.edit, ("Edit", "Write")),
        (permissions.web, ("WebFetch", "WebSearch")),
        (permissions.task, ("Agent",)),
    )
    return [tool for action, tools in given if action != "deny" for tool in tools]


command_files = no_files


def hook_files(pack: Pack, target: Target) -> list[File]:
    """Say the guard's policy and the scripts of hooks; for the user's scope the plugin's hooks and manifest too."""
    policy, folder = _policy(pack, target), policy_path(target).parent
    beside = [*guard_files(target, policy), *(script_file(target, folder, name) for name in SCRIPTS)]
    if target.scope == "project":
        return beside
    manifest = {"name": PLUGIN, "version": pack.version, "description": "Dependable batches of agent work"}
    servers = {"mcpServers": {SERVER: server_command(target)}}
    plain = {".claude-plugin/plugin.json": manifest, SERVERS: servers}
    files = [File(f"{_folder(target)}/{path}", json.dumps(facts, indent=2) + "\n") for path, facts in plain.items()]
    guard = hooks_for(target, policy.sha256, policy.agents) if policy.agents else {}
    hooks = merged(guard, marks(target, folder))
    return [*files, *beside, File(below(target, *HOOKS), hooks, sealed=True)]


def settings_edits(pack: Pack, target: Target) -> list[Edit]:
    """Say the status line and, in a project, the hooks and the server of tools, which a user's plugin folder brings."""
    folder, line = policy_path(target).parent, status_edits(target, policy_path(target).parent)
    if target.scope == "user":
        return line
    server = Edit(
        SERVERS, "json", ("mcpServers", SERVER), server_command(target), SERVER_REASON, optional=SERVER_WITHOUT
    )
    marking = mark_edits(target, below(target, "settings.json"), folder)
    return [*guard_edits(target, _policy(pack, target)), *marking, *line, server]


def agent_names(roles: Iterable[str], project: Path, home: Path) -> dict[str, str]:
    """Use the bare name where the user or the project has an agent of it, else the plugin's `batchpack:<role>`."""
    folders = [folder / ".claude" / "agents" for folder in (project, home)]
    theirs = users_agents(folders)
    return {role: role if role in theirs or _is_file(folders, role) else f"{PLUGIN}:{role}" for role in roles}


def _is_file(folders: Iterable[Path], role: str) -> bool:
    """Tell whether a plain agent file of the role is there."""
    return any((folder / f"{role}.md").is_file() for folder in folders)


def agent_calls(calls: Sequence[AgentCall]) -> list[str]:
    """Write one `Agent` call an agent, that says whether it waits: what is usual differs between versions."""
    return [
        call_line(
            TOOLS["agent"],
            {
                "description": call.description,
                "prompt": call.prompt,
                "subagent_type": call.agent,
                "run_in_background": call.background,
            },
        )
        for call in calls
    ]


def run_command(request: str) -> list[str] | None:
    """Return `claude -p "/batch-run …"`."""
    return ["claude", "-p", f"/batch-run {request}"]


def verify(target: Target, names: Names) -> list[Check]:
    """Read the first lines of a session in a mirror, which list skills, commands and agents, and ask the guard."""
    program = process.find("claude")
    if program is None:
        return [Check(TITLE, None, "its program `claude` is not on PATH, so it could not be asked what it loads")]
    project = target.base if target.scope == "project" else None
    kept = ("skills", "agents", "commands", "settings.json", "settings.local.json")
    wanted = [f".claude/{name}" for name in kept]
    guard = check_guard(target) if names.agents else []
    try:
        with mirrored(users_home(), project, from_home=wanted, from_project=wanted) as mirror:
            elsewhere = moved(TITLE, "CLAUDE_CONFIG_DIR", users_home() / PLACES.user, target)
            return elsewhere + ask(TITLE, program, mirror, names) + guard
    except BatchpackError as error:
        return [Check(TITLE, False, f"{error.message}; {error.hint}".rstrip("; ")), *guard]


@hookimpl
def batchpack_hosts(register: Callable[[Host], None]) -> None:
    """Offer this page."""
    register(cast("Host", sys.modules[__name__]))


@hookimpl
def batchpack_executors(register: Callable[[Executor], None]) -> None:
    """Offer this host's headless command."""
    register(cast("Executor", import_module(".headless", __name__)))


@hookimpl
def batchpack_collectors(register: Callable[[Collector], None]) -> None:
    """Offer the reader of this host's transcripts."""
    register(cast("Collector", import_module(".transcripts", __name__)))
