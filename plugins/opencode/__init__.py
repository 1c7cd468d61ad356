"""opencode 1.x: skills, agents with permission rules, a slash command, and the plugin that hands over its words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from batchpack import frontmatter, process
from batchpack.errors import BatchpackError
from batchpack.files import read_text
from batchpack.host import (
    MARK,
    Host,
    Names,
    Places,
    below,
    call_line,
    find_host,
    moved,
    router_command,
    same_names,
    skill_at,
    users_agents,
    words,
)
from batchpack.markers import hookimpl
from batchpack.mirror import mirrored
from batchpack.places import home as users_home
from batchpack.values import AgentCall, Capabilities, Check, Detection, Edit, File, Target

from .checks import ask  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .complaint import complaint  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .depth import depth_edits  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .guarding import Guarded, guard_files  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .rules import FOREIGN, locked, orchestration, permission  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .serving import server_edits  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .settings import settings_files  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

if TYPE_CHECKING:
    from batchpack.collector import Collector
    from batchpack.content import Action, Agent, Pack, Permissions, Skill
    from batchpack.executor import Executor

NAME = "opencode"
TITLE = "opencode"
PLACES = Places(
    user=".config/opencode",
    project=".opencode",
    litter=(".gitignore", "bun.lock", "node_modules", "package-lock.json", "package.json"),
    stubs=(("opencode.jsonc", '{\n  "$schema": "https://opencode.ai/config.json"\n}'),),
)
TOOLS: Mapping[str, str] = {
    "agent": "task",
    "bash": "bash",
    "read": "read",
    "write": "write",
    "edit": "edit",
    "search": "grep",
    "ask": "question",
}
CAPABILITIES = Capabilities(
    limits=(
        "agents that build and test may run nearly any command: their edit rules stop accidents, not intent",
        "agents with a worktree of their own work below folders named `*.worktrees` only, as batchpack makes them",
        "under `opencode --pure` no plugin runs: the pack's agents have no tools then, and /batch-run does nothing",
        "plugins of others run beside the guard, and one of them could change a call after it was judged",
        "commands of others that put your words into their text run any !`...` in them; no rule forbids it",
    )
)
ARGUMENTS = "REQUEST:"
TASKS = "task-management"
"""The skill whose folder is the singular one: prompts in the wild call its script there."""
PLUGINS = ("request.js", "marks.js")
ORCHESTRATOR = "batch-orchestrator"
ORCHESTRATION = "You take a request through a batch run: you give the commands and make the calls that you are told to."


def detect(home: Path, search_path: str | None = None) -> Detection | None:
    """Look for the program on PATH, else for `~/.config/opencode`."""
    return find_host("opencode", PLACES.user, home, search_path)


def skill_files(pack: Pack, target: Target) -> list[File]:
    """Say `skills/<name>/SKILL.md` and what lies beside each; the plural folder is the documented one."""
    return [file for skill in pack.skills for file in _skill(skill, target)]


def _skill(skill: Skill, target: Target) -> list[File]:
    """Say one skill's files."""
    name = skill.matter.name
    folder = below(target, "skill" if name == TASKS else "skills", name)
    matter: dict[str, object] = {"name": name, "description": skill.matter.description}
    return skill_at(folder, matter, skill, _words(target))


def _words(target: Target) -> dict[str, object]:
    """Return the words for skills and agents."""
    return words(NAME, TOOLS, target, ARGUMENTS, router=_router(target))


def _router(target: Target) -> str:
    """Return the command that runs router.sh: in a project by its relative path, since the files are shared."""
    path = below(target, "skill", TASKS, "router.sh")
    return router_command(path if target.scope == "project" else (target.base / path).as_posix())


def agent_files(pack: Pack, target: Target) -> list[File]:
    """Say `agents/<name>.md` for every agent that the user has none of their own for, and the orchestrator."""
    return [*(_agent(agent, target) for agent in _ours(pack, target)), _orchestrator(pack, target)]


def _ours(pack: Pack, target: Target) -> list[Agent]:
    """List the agents that the user has none of the same name for."""
    theirs = users_agents(_agent_folders(target))
    return [agent for agent in pack.agents if agent.matter.name not in theirs]


def _agent_folders(target: Target) -> list[Path]:
    """List the folders that opencode loads agents from beside this target's."""
    roots = {target.folder, users_home() / PLACES.user}
    return [root / name for root in sorted(roots) for name in ("agent", "agents")]


def _orchestrator(pack: Pack, target: Target) -> File:
    """Say the agent that /batch-run runs as: with two tools and a few rules it sends a third of the usual text."""
    matter = {
        "description": f"Follows the steps of a batch run {MARK}",
        "mode": "primary",
        "hidden": True,
        "permission": locked(orchestration(_orchestrators(pack), target.program, _router(target))),
    }
    return File(below(target, "agents", f"{ORCHESTRATOR}.md"), frontmatter.join(matter, ORCHESTRATION))


def _orchestrators(pack: Pack) -> Permissions:
    """Say what the orchestrator may do: it starts agents that have a role, whose names are in small letters."""
    from batchpack.content import Permissions

    names = [agent.matter.name for agent in pack.agents]
    others = [*FOREIGN, *(name for name in names if name != name.lower())]
    bash: dict[str, Action] = {"batchpack *": "allow", "cat *SYNTHESIS.md": "allow"}
    task: dict[str, Action] = {"*": "allow", **dict.fromkeys(others, "deny")}
    return Permissions(read="deny", bash=bash, task=task)


def _agent(agent: Agent, target: Target) -> File:
    """Say one agent; no key that opencode does not know, for it would go into the model's options."""
    own = agent.matter
    warmth = {} if own.temperature is None else {"temperature": own.temperature}
    rules = permission(own.permissions, target.program, _router(target))
    matter = {"description": own.description, "mode": "subagent", **warmth, "permission": locked(rules)}
    return File(below(target, "agents", f"{own.name}.md"), frontmatter.join(matter, agent.body.render(_words(target))))


def command_files(pack: Pack, target: Target) -> list[File]:
    """Say `commands/<name>.md` with the skill's whole text, which saves the model a call to load the skill."""
    return [_command(skill, target) for skill in pack.skills if skill.matter.command]


def _command(skill: Skill, target: Target) -> File:
    """Say one command; `$99` stands for an argument that is never there and keeps opencode from appending them."""
    body = skill.body.render(_words(target))
    matter = {"description": skill.matter.description, "agent": ORCHESTRATOR}
    text = frontmatter.join(matter, f"{body.rstrip()}$99")
    return File(below(target, "commands", f"{skill.matter.name}.md"), text)


def hook_files(pack: Pack, target: Target) -> list[File]:
    """Say the plugins: the user's words for the command, marks for metrics, and the guard of the agents."""
    plain = [
        File(below(target, "plugins", f"batchpack-{name}"), read_text(Path(__file__).with_name(name)))
        for name in PLUGINS
    ]
    return [*plain, *guard_files(target, _guarded(pack, target), router=_script(pack, target))]


def _guarded(pack: Pack, target: Target) -> dict[str, Guarded]:
    """Return what the guard holds each agent to, and the rules that its plugin gives back."""
    # the files of a project are shared and have no path of this machine; the policy is of this machine
    said = (target.program, *dict.fromkeys((_router(target), _router(replace(target, scope="user")))))
    blocks = {agent.matter.name: agent.matter.permissions for agent in _ours(pack, target)}
    found = {name: Guarded(block, permission(block, *said)) for name, block in blocks.items()}
    orchestrators = _orchestrators(pack)
    return {**found, ORCHESTRATOR: Guarded(orchestrators, orchestration(orchestrators, *said))}


def _script(pack: Pack, target: Target) -> File | None:
    """Return router.sh, if a skill brings it."""
    files = skill_files(pack, target)
    return next((file for file in files if file.path == below(target, "skill", TASKS, "router.sh")), None)


def settings_edits(pack: Pack, target: Target) -> list[Edit]:
    """Say the setting that lets a subagent start others, and the server of tools."""
    files = settings_files(target)
    said = [*depth_edits(files), *server_edits(target, files)]
    return [*(edit for path in dict.fromkeys(one.path for one in said) for edit in files.named(path)), *said]


agent_names = same_names


def agent_calls(calls: Sequence[AgentCall]) -> list[str]:
    """Write one `task` call an agent."""
    return [
        call_line(TOOLS["agent"], {"description": call.description, "prompt": call.prompt, "subagent_type": call.agent})
        for call in calls
    ]


def run_command(request: str) -> list[str] | None:
    """Return `opencode run --command batch-run`, which takes the request as one argument."""
    return ["opencode", "run", "--command", "batch-run", request]


def verify(target: Target, names: Names) -> list[Check]:
    """Ask `opencode debug` in a mirror which commands, agents with which rules, plugins and skills it loads."""
    program = process.find("opencode")
    if program is None:
        return [Check("opencode", None, "its program is not on PATH, so it could not be asked what it loads")]
    project = target.base if target.scope == "project" else None
    try:
        with mirrored(
            users_home(),
            project,
            from_home=(".config/opencode", ".claude/skills", ".agents"),
            from_project=(".opencode", "opencode.json", "opencode.jsonc"),
        ) as mirror:
            elsewhere = moved(TITLE, "XDG_CONFIG_HOME", users_home() / ".config", target)
            try:
                return elsewhere + ask(program, mirror, target, _with_orchestrator(names))
            except process.ProgramFailed as error:
                return [*elsewhere, Check("opencode", False, complaint(error, mirror, users_home(), project))]
    except BatchpackError as error:
        return [Check("opencode", False, f"{error.message}; {error.hint}".rstrip("; "))]


def _with_orchestrator(names: Names) -> Names:
    """Add the agent that comes with the command."""
    return replace(names, agents=(*names.agents, ORCHESTRATOR)) if names.commands else names


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
    """Offer the reader of this host's records."""
    register(cast("Collector", import_module(".sessions", __name__)))
