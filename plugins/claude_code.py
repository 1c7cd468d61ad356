"""Claude Code 2.1: a self-contained plugin folder for the user, plain files for a project."""

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
    Host,
    Names,
    Places,
    below,
    call_line,
    find_host,
    moved,
    no_edits,
    no_files,
    skill_at,
    users_agents,
    words,
)
from batchpack.markers import hookimpl
from batchpack.mirror import Mirror, mirrored
from batchpack.places import home as users_home
from batchpack.values import AgentCall, Capabilities, Check, Detection, File, Target

if TYPE_CHECKING:
    from batchpack.content import Agent, Pack, Permissions, Skill

NAME = "claude_code"
TITLE = "Claude Code"
PLACES = Places(user=".claude", project=".claude")
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
    limits=(
        "an agent's tools are a list: one that has Bash may run whatever your own permission rules let through",
        "`claude -p` denies agents' edits unless it is started with --permission-mode acceptEdits",
        "the grant for batchpack's commands holds when you type /batch-run, not when the model starts the skill",
    )
)
ARGUMENTS = "ARGUMENTS:"
PLUGIN = "batchpack"
READ_RUNS = "Read(//**/.batchpack/**)"
"""Opened in a linked work tree, a session reads prompts and reports in the main one, which is outside for it."""
SECONDS = 40.0
RUNNERS = (
    "apiKeyHelper",
    "awsAuthRefresh",
    "awsCredentialExport",
    "env",
    "hooks",
    "otelHeadersHelper",
    "statusLine",
)
"""Keys of settings that start programs or lead elsewhere; a check leaves them out."""


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
    if grants := _grants(skill.matter.permissions, target.program):
        matter["allowed-tools"] = ", ".join(grants)
    folder = f"{_folder(target)}/skills/{skill.matter.name}"
    return skill_at(folder, matter, skill, words(NAME, TOOLS, target, ARGUMENTS))


def _grants(permissions: Permissions, program: str) -> list[str]:
    """Write the allowed patterns of commands as grants, for the word `batchpack` and for the program's own path."""
    patterns = permissions.bash.items() if isinstance(permissions.bash, dict) else ()
    allowed = [pattern.removesuffix(" *") for pattern, action in patterns if action == "allow"]
    paths = [pattern.replace(PLUGIN, program, 1) for pattern in allowed if program != PLUGIN]
    return [f"Bash({pattern}:*)" for pattern in (*allowed, *paths)] + ([READ_RUNS] if allowed else [])


def agent_files(pack: Pack, target: Target) -> list[File]:
    """Say the agents; where a name is the user's own, theirs stays the only one."""
    theirs = users_agents(_users_folders(target.base))
    return [_agent(agent, target) for agent in pack.agents if agent.matter.name not in theirs]


def _users_folders(project: Path) -> list[Path]:
    """List the folders with agents that have bare names."""
    return [project / ".claude" / "agents", users_home() / ".claude" / "agents"]


def _agent(agent: Agent, target: Target) -> File:
    """Say one agent with the tools that its role needs."""
    matter = {
        "name": agent.matter.name,
        "description": agent.matter.description,
        "tools": ", ".join(_tools(agent.matter.permissions)),
    }
    text = frontmatter.join(matter, agent.body.render(words(NAME, TOOLS, target, ARGUMENTS)))
    return File(f"{_folder(target)}/agents/{agent.matter.name}.md", text)


def _tools(permissions: Permissions) -> list[str]:
    """List the tools for these permissions; Bash is always there, since results are handed in with it."""
    reading = ["Read", "Grep", "Glob"] if permissions.read != "deny" else []
    editing = ["Edit", "Write"] if permissions.edit != "deny" else []
    web = ["WebFetch", "WebSearch"] if permissions.web != "deny" else []
    return [*reading, "Bash", *editing, *web]


command_files = no_files


def hook_files(pack: Pack, target: Target) -> list[File]:
    """Say the plugin's manifest, for the user's scope."""
    if target.scope == "project":
        return []
    manifest = {"name": PLUGIN, "version": pack.version, "description": "Dependable batches of agent work"}
    return [File(f"{_folder(target)}/.claude-plugin/plugin.json", json.dumps(manifest, indent=2) + "\n")]


settings_edits = no_edits


def agent_names(roles: Iterable[str], project: Path, home: Path) -> dict[str, str]:
    """Use the bare name where the user or the project has an agent of it, else the plugin's `batchpack:<role>`."""
    folders = [folder / ".claude" / "agents" for folder in (project, home)]
    theirs = users_agents(folders)
    return {role: role if role in theirs or _is_file(folders, role) else f"{PLUGIN}:{role}" for role in roles}


def _is_file(folders: Iterable[Path], role: str) -> bool:
    """Tell whether a plain agent file of the role is there."""
    return any((folder / f"{role}.md").is_file() for folder in folders)


def agent_calls(calls: Sequence[AgentCall]) -> list[str]:
    """Write one `Agent` call an agent, in the foreground: the default differs between versions."""
    return [
        call_line(
            TOOLS["agent"],
            {
                "description": call.description,
                "prompt": call.prompt,
                "subagent_type": call.agent,
                "run_in_background": False,
            },
        )
        for call in calls
    ]


def run_command(request: str) -> list[str] | None:
    """Return `claude -p "/batch-run …"`."""
    return ["claude", "-p", f"/batch-run {request}"]


def verify(target: Target, names: Names) -> list[Check]:
    """Read the first line of a session in a mirror, which lists skills, slash commands and agents."""
    program = process.find("claude")
    if program is None:
        return [Check(TITLE, None, "its program `claude` is not on PATH, so it could not be asked what it loads")]
    project = target.base if target.scope == "project" else None
    wanted = [f".claude/{name}" for name in ("skills", "agents", "commands", "settings.json", "settings.local.json")]
    try:
        with mirrored(users_home(), project, from_home=wanted, from_project=wanted) as mirror:
            elsewhere = moved(TITLE, "CLAUDE_CONFIG_DIR", users_home() / PLACES.user, target)
            return elsewhere + _ask(program, mirror, names)
    except BatchpackError as error:
        return [Check(TITLE, False, f"{error.message}; {error.hint}".rstrip("; "))]


def _ask(program: str, mirror: Mirror, names: Names) -> list[Check]:
    """Start a session that reaches no model and compare what it says it loaded."""
    for folder in (mirror.home, mirror.project):
        for name in ("settings.json", "settings.local.json"):
            _quieten(folder / ".claude" / name)
    argv = [program, "-p", "/usage", "--output-format", "stream-json", "--verbose"]
    quiet = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}
    done = process.run(argv, cwd=mirror.project, env=mirror.environment(**quiet), timeout=SECONDS, check=False)
    facts = _first_line(done.out)
    if facts is None:
        said = (done.err or done.out).strip()[-200:]
        return [Check(TITLE, None, f"it did not say what it loads: {said}")]
    asked = (
        ("skill", names.skills, "skills"),
        ("command", names.commands, "slash_commands"),
        ("agent", names.agents, "agents"),
    )
    return [_loaded(kind, name, facts.get(key, ())) for kind, wanted, key in asked for name in wanted]


def _quieten(settings: Path) -> None:
    """Drop from a copied settings file what would start programs; a broken file stays as Claude Code will see it."""
    try:
        values = json.loads(read_text(settings)) if settings.is_file() else None
    except (ValueError, BatchpackError):
        return
    if isinstance(values, dict):
        settings.write_text(json.dumps({key: values[key] for key in values if key not in RUNNERS}))


def _first_line(out: str) -> dict[str, Any] | None:
    """Return the line that tells what a session begins with."""
    for line in out.splitlines():
        try:
            facts = json.loads(line)
        except ValueError:
            continue
        if isinstance(facts, dict) and facts.get("subtype") == "init":
            return facts
    return None


def _loaded(kind: str, name: str, found: Iterable[object]) -> Check:
    """Compare a name with those that Claude Code knows, bare or as the plugin's."""
    bare = name.removeprefix(f"{PLUGIN}:")
    here = {bare, f"{PLUGIN}:{bare}"} & {str(known) for known in found}
    if here:
        return Check(f"{kind} {name}", True, f"loaded as {min(here, key=len)}")
    mend = "run `batchpack install --host claude_code` again, and look for a broken file of that name"
    return Check(f"{kind} {name}", False, f"Claude Code does not know it; {mend}")


@hookimpl
def batchpack_hosts(register: Callable[[Host], None]) -> None:
    """Offer this page."""
    register(cast("Host", sys.modules[__name__]))
