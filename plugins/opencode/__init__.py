"""opencode 1.x: skills, agents with permission rules, a slash command, and the plugin that hands over its words."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

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
    no_edits,
    same_names,
    skill_at,
    users_agents,
    words,
)
from batchpack.markers import hookimpl
from batchpack.mirror import Mirror, mirrored
from batchpack.places import home as users_home
from batchpack.values import AgentCall, Capabilities, Check, Detection, File, Target

from .complaint import complaint  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .rules import orchestration, permission  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

if TYPE_CHECKING:
    from batchpack.content import Agent, Pack, Skill

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
        "bash rules do not see redirections: a read-only agent can still write with `git log > file`",
        "agents that build and test may run nearly any command: their edit rules stop accidents, not intent",
        "/batch-run gets its words through a plugin; under `opencode --pure` it asks for them instead",
        "commands of others that put your words into their text run any !`...` in them; no rule forbids it",
    )
)
ARGUMENTS = "REQUEST:"
ORCHESTRATOR = "batch-orchestrator"
ORCHESTRATION = "You take a request through a batch run: you give the commands and make the calls that you are told to."
SECONDS = 40.0
RIPGREP = ".cache/opencode/bin/rg"
MASK = "***"
SWITCHES = {
    "OPENCODE_DISABLE_MODELS_FETCH": "1",
    "OPENCODE_DISABLE_AUTOUPDATE": "1",
    "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
}


def detect(home: Path, search_path: str | None = None) -> Detection | None:
    """Look for the program on PATH, else for `~/.config/opencode`."""
    return find_host("opencode", PLACES.user, home, search_path)


def skill_files(pack: Pack, target: Target) -> list[File]:
    """Say `skills/<name>/SKILL.md` and what lies beside each; the plural folder is the documented one."""
    return [file for skill in pack.skills for file in _skill(skill, target)]


def _skill(skill: Skill, target: Target) -> list[File]:
    """Say one skill's files."""
    folder = below(target, "skills", skill.matter.name)
    matter: dict[str, object] = {"name": skill.matter.name, "description": skill.matter.description}
    return skill_at(folder, matter, skill, words(NAME, TOOLS, target, ARGUMENTS))


def agent_files(pack: Pack, target: Target) -> list[File]:
    """Say `agents/<role>.md` for every role that the user has no agent of their own for, and the orchestrator."""
    theirs = users_agents(_agent_folders(target))
    roles = [_agent(agent, target) for agent in pack.agents if agent.matter.name not in theirs]
    return [*roles, _orchestrator(target)]


def _orchestrator(target: Target) -> File:
    """Say the agent that /batch-run runs as: with two tools and a few rules it sends a third of the usual text."""
    matter = {
        "description": f"Follows the steps of a batch run {MARK}",
        "mode": "primary",
        "hidden": True,
        "permission": orchestration(target.program),
    }
    return File(below(target, "agents", f"{ORCHESTRATOR}.md"), frontmatter.join(matter, ORCHESTRATION))


def _agent_folders(target: Target) -> list[Path]:
    """List the folders that opencode loads agents from beside this target's."""
    roots = {target.folder, users_home() / PLACES.user}
    return [root / name for root in sorted(roots) for name in ("agent", "agents")]


def _agent(agent: Agent, target: Target) -> File:
    """Say one agent; no key that opencode does not know, for it would go into the model's options."""
    matter = {
        "description": agent.matter.description,
        "mode": "subagent",
        "permission": permission(agent.matter.permissions, target.program),
    }
    text = frontmatter.join(matter, agent.body.render(words(NAME, TOOLS, target, ARGUMENTS)))
    return File(below(target, "agents", f"{agent.matter.name}.md"), text)


def command_files(pack: Pack, target: Target) -> list[File]:
    """Say `commands/<name>.md` with the skill's whole text, which saves the model a call to load the skill."""
    return [_command(skill, target) for skill in pack.skills if skill.matter.command]


def _command(skill: Skill, target: Target) -> File:
    """Say one command; `$99` stands for an argument that is never there and keeps opencode from appending them."""
    body = skill.body.render(words(NAME, TOOLS, target, ARGUMENTS))
    matter = {"description": skill.matter.description, "agent": ORCHESTRATOR}
    text = frontmatter.join(matter, f"{body.rstrip()}$99")
    return File(below(target, "commands", f"{skill.matter.name}.md"), text)


def hook_files(pack: Pack, target: Target) -> list[File]:
    """Say the plugin that hands the user's words to the command."""
    script = read_text(Path(__file__).with_name("request.js"))
    return [File(below(target, "plugins", "batchpack-request.js"), script)]


settings_edits = no_edits
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
                return elsewhere + _ask(program, mirror, target, names)
            except process.ProgramFailed as error:
                return [*elsewhere, Check("opencode", False, complaint(error, mirror, users_home(), project))]
    except BatchpackError as error:
        return [Check("opencode", False, f"{error.message}; {error.hint}".rstrip("; "))]


def _ask(program: str, mirror: Mirror, target: Target, names: Names) -> list[Check]:
    """Run the two questions and compare the answers."""
    for folder in (mirror.home / PLACES.user, mirror.project / ".opencode"):
        _seed(folder)
    config = _debug(program, mirror, "config")
    folder = (mirror.home if target.scope == "user" else mirror.project) / target.folder.relative_to(target.base)
    checks = [_loaded("command", name, config.get("command", {})) for name in names.commands]
    agents = (*names.agents, *((ORCHESTRATOR,) if names.commands else ()))
    checks += [_rules(role, config.get("agent", {}), folder) for role in agents]
    checks += [_plugin(config.get("plugin", []))] if names.commands else []
    return checks + _skills(program, mirror, names)


def _seed(folder: Path) -> None:
    """Make opencode believe that its own package is installed there: it would fetch it with npm at every start."""
    (folder / "node_modules").mkdir(parents=True, exist_ok=True)
    lock = {"packages": {"": {"dependencies": {"@opencode-ai/plugin": "*"}}}}
    (folder / "package-lock.json").write_text(json.dumps(lock))


def _debug(program: str, mirror: Mirror, *question: str) -> Any:
    """Return what `opencode debug` prints as JSON; through a pipe it would be cut off, so it goes to a file."""
    script = 'out=$1; shift; exec "$@" >"$out"'
    argv = ["sh", "-c", script, "sh", str(mirror.output), program, "debug", *question]
    process.run(argv, cwd=mirror.project, env=mirror.environment(**SWITCHES), timeout=SECONDS)
    try:
        return json.loads(read_text(mirror.output))
    except ValueError as error:
        raise BatchpackError(f"`opencode debug {question[0]}` printed no JSON", "is it opencode 1.x?") from error


def _loaded(kind: str, name: str, found: Iterable[str]) -> Check:
    """Compare a name with those that opencode knows."""
    here = name in set(found)
    return Check(f"{kind} {name}", here, "loaded" if here else f"opencode does not know it; {MEND}")


MEND = "run `batchpack install --host opencode` again, and look for a broken or shadowing file of that name"


def _rules(role: str, agents: Mapping[str, Any], folder: Path) -> Check:
    """Compare an agent's rules as opencode read them with those in its file: a broken file loads without any."""
    loaded = _loaded("agent", role, agents)
    path = folder / "agents" / f"{role}.md"
    if not loaded.ok or not path.is_file():
        return loaded
    try:
        matter, _ = frontmatter.split(read_text(path), path)
    except BatchpackError as error:
        return Check(loaded.name, False, f"opencode loads it without its rules: {error.message}; {MEND}")
    if MARK not in str(matter.get("description")):
        return Check(loaded.name, True, "your own agent of that name is used")
    if _same(matter.get("permission"), agents[role].get("permission")):
        return Check(loaded.name, True, "loaded with its permission rules")
    return Check(loaded.name, False, f"opencode reads other permission rules than were written; {MEND}")


def _same(written: Any, read: Any) -> bool:
    """Compare rules with their order, which decides; what opencode masks (its key says secret) counts as equal."""
    if isinstance(written, dict) and isinstance(read, dict):
        return list(written) == list(read) and all(_same(written[key], read[key]) for key in written)
    return read in (written, MASK)


def _plugin(plugins: Sequence[object]) -> Check:
    """Look for the plugin that hands over the words of /batch-run."""
    here = any("batchpack-request.js" in str(plugin) for plugin in plugins)
    return Check("plugin batchpack-request", here, "loaded" if here else f"opencode does not load it; {MEND}")


def _skills(program: str, mirror: Mirror, names: Names) -> list[Check]:
    """Ask for the skills, which opencode lists with ripgrep: the one on PATH, else one that it fetched itself."""
    fetched = users_home() / RIPGREP
    found = process.find("rg") or process.find("rg", str(fetched.parent))
    if found is None:
        detail = (
            "opencode needs rg for skills and searches; it is not on PATH, and fetching it takes a network: install it"
        )
        return [Check(name, None, detail) for name in ("ripgrep", *(f"skill {skill}" for skill in names.skills))]
    if Path(found) == fetched:
        copied = mirror.home / RIPGREP
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.symlink_to(fetched)
    known = [str(skill.get("name")) for skill in _debug(program, mirror, "skill")]
    return [Check("ripgrep", True, found), *(_loaded("skill", name, known) for name in names.skills)]


@hookimpl
def batchpack_hosts(register: Callable[[Host], None]) -> None:
    """Offer this page."""
    register(cast("Host", sys.modules[__name__]))
