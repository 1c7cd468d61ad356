"""Asking Claude Code what it loads, and its guard whether it judges."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from batchpack import process
from batchpack.errors import BatchpackError
from batchpack.files import read_text
from batchpack.host import Names, router_command
from batchpack.mirror import Mirror
from batchpack.places import home as users_home
from batchpack.values import Check, Target

from .guarding import DEAD, MEND, PLUGIN, fitting_hooks, guard_hooks, hooks_path, policy_path  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

SECONDS = 40.0
RUNNERS = ("apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "env", "otelHeadersHelper", "statusLine")
"""Keys of settings that start programs or lead elsewhere; a check leaves them out, and all hooks but ours."""
MANAGED = (
    Path("/etc/claude-code/managed-settings.json"),
    Path("/Library/Application Support/ClaudeCode/managed-settings.json"),
)
SWITCHES = ("disableAllHooks", "allowManagedHooksOnly")
SETTINGS = ("settings.json", "settings.local.json")


def ask(title: str, program: str, mirror: Mirror, names: Names) -> list[Check]:
    """Start a session that reaches no model and compare what it says it loaded, and what the guard says in it."""
    for folder in (mirror.home / ".claude", mirror.project / ".claude"):
        for name in SETTINGS:
            _quieten(folder / name)
        _still(folder / "skills")
        _quieten(folder / "skills" / PLUGIN / "hooks" / "hooks.json")
    argv = [program, "-p", "/usage", "--output-format", "stream-json", "--verbose"]
    quiet = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}
    done = process.run(argv, cwd=mirror.project, env=mirror.environment(**quiet), timeout=SECONDS, check=False)
    lines = list(_lines(done.out))
    facts = next((line for line in lines if line.get("subtype") == "init"), None)
    if facts is None:
        said = (done.err or done.out).strip()[-200:]
        return [Check(title, None, f"it did not say what it loads: {said}")]
    asked = (
        ("skill", names.skills, "skills"),
        ("command", names.commands, "slash_commands"),
        ("agent", names.agents, "agents"),
    )
    loaded = [_loaded(kind, name, facts.get(key, ())) for kind, wanted, key in asked for name in wanted]
    return [*loaded, *([_heard(lines)] if names.agents else [])]


def _quieten(settings: Path) -> None:
    """Drop from a copied settings file what would start programs; a broken file stays as Claude Code will see it."""
    try:
        values = json.loads(read_text(settings)) if settings.is_file() else None
    except (ValueError, BatchpackError):
        return
    if isinstance(values, dict):
        kept = {key: values[key] for key in values if key not in RUNNERS}
        if "hooks" in kept:
            kept["hooks"] = _our_hooks(kept["hooks"])
        settings.write_text(json.dumps(kept))


def _our_hooks(hooks: object) -> dict[str, Any]:
    """Return the guard's hooks alone."""
    events: Mapping[str, Any] = hooks if isinstance(hooks, dict) else {}
    return {event: mine for event in events if (mine := guard_hooks(events[event]))}


def _still(skills: Path) -> None:
    """Take the hooks and servers of others' plugin folders out of the copy."""
    for plugin in skills.glob("*"):
        if plugin.name != PLUGIN:
            for name in ("hooks/hooks.json", ".mcp.json"):
                (plugin / name).unlink(missing_ok=True)


def _lines(out: str) -> Iterator[dict[str, Any]]:
    """Read what a session prints, a value a line."""
    for line in out.splitlines():
        try:
            facts = json.loads(line)
        except ValueError:
            continue
        if isinstance(facts, dict):
            yield facts


def _loaded(kind: str, name: str, found: Iterable[object]) -> Check:
    """Compare a name with those that Claude Code knows, bare or as the plugin's."""
    bare = name.removeprefix(f"{PLUGIN}:")
    here = {bare, f"{PLUGIN}:{bare}"} & {str(known) for known in found}
    if here:
        return Check(f"{kind} {name}", True, f"loaded as {min(here, key=len)}")
    detail = f"Claude Code does not know it; {MEND}, and look for a broken file of that name"
    return Check(f"{kind} {name}", False, detail)


def _heard(lines: Sequence[Mapping[str, Any]]) -> Check:
    """Look for the guard's own word at the start of the session; in the copy no other hook is left."""
    said = [
        line for line in lines if line.get("subtype") == "hook_response" and line.get("hook_event") == "SessionStart"
    ]
    if not said:
        return Check("guard loaded", False, f"Claude Code does not run the guard's hooks; {MEND}")
    complaints = [complaint for line in said if (complaint := _complaint(line))]
    return Check("guard loaded", not complaints, complaints[0] if complaints else "it runs in every session")


def _complaint(line: Mapping[str, Any]) -> str:
    """Return what is wrong by a hook's answer, or nothing."""
    try:
        answer = json.loads(line.get("stdout") or "null")
    except ValueError:
        answer = None
    if line.get("exit_code") == 0 and isinstance(answer, dict) and "systemMessage" not in answer:
        return ""
    told = answer.get("systemMessage") if isinstance(answer, dict) else line.get("stderr")
    return str(told or "its check said nothing").strip()[-300:]


def check_guard(target: Target) -> list[Check]:
    """Look at the guard as it is installed: its switches, its hooks and policy, and how it judges two calls."""
    switched = [check for path in _settings(target) if (check := _switch(path)) is not None]
    path, name = hooks_path(target), "guard's hooks"
    try:
        hooks = _installed(target)
    except json.JSONDecodeError as error:
        detail = f"{path} is no plain JSON, so Claude Code does not read it ({error}); mend it"
        return [*switched, Check(name, False, detail)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, BatchpackError):
        again = f"--host claude_code --scope {target.scope}"
        mend = f"run `batchpack install {again}`"
        if target.scope == "project":  # what stands in a settings file is the user's once it was changed
            mend = f"take what is left of it out of the file, then run `batchpack uninstall {again}` and {mend[4:]}"
        detail = f"the guard in {path} or its policy {policy_path(target)} is missing or was changed: {mend}"
        return [*switched, Check(name, False, detail)]
    return [*switched, Check(name, True, "as installed"), _probed(target, hooks)]


def _settings(target: Target) -> list[Path]:
    """List the settings files that Claude Code reads."""
    folders = [users_home() / ".claude", *([target.folder] if target.scope == "project" else [])]
    return [*(folder / name for folder in folders for name in SETTINGS), *MANAGED]


def _switch(path: Path) -> Check | None:
    """Say that settings switch hooks off; a file that cannot be read switches nothing off."""
    try:
        values = json.loads(read_text(path)) if path.is_file() else None
    except (OSError, ValueError, BatchpackError):
        return None
    on = [name for name in SWITCHES if isinstance(values, dict) and values.get(name) is True]
    if not on:
        return None
    detail = f"{on[0]} is set in {path}: batchpack's agents have neither their guard nor their grants; take it out"
    return Check("hooks are on", False, detail)


def _installed(target: Target) -> dict[str, Any]:
    """Return the guard's hooks as they lie there; raises ValueError if they do not fit the policy that lies there."""
    there = _our_hooks(json.loads(read_text(hooks_path(target)))["hooks"])
    wanted = fitting_hooks(target, policy_path(target).read_bytes())
    for event, (group,) in wanted.items():
        if group not in there.get(event, ()):
            raise ValueError(event)
    return wanted


def _probed(target: Target, hooks: Mapping[str, Any]) -> Check:
    """Run the hook's own command for a call that must be refused and, where an agent has one, one that is granted."""
    policy = json.loads(read_text(policy_path(target)))
    agent = next(iter(policy["agents"]), "")
    code, _, told = _judged(target, hooks, agent, "Write", {"file_path": str(policy_path(target))})
    if code != 2 or DEAD in told:
        return Check("guard judges", False, told.strip() or f"it let a call pass (exit code {code})")
    granting = next((name for name, block in policy["agents"].items() if _has_status(block)), None)
    if granting is not None and policy["router"]:
        command = f"{router_command(policy['router']['path'])} status"
        code, out, told = _judged(target, hooks, granting, "Bash", {"command": command})
        if code != 0 or '"allow"' not in out:
            return Check("guard judges", False, f"it does not grant `{command}`: {told.strip()[-200:]}")
    return Check("guard judges", True, "it refuses what it must and grants the pack's own commands")


def _has_status(block: Mapping[str, Any]) -> bool:
    """Tell whether an agent may ask for the status of tasks."""
    return isinstance(block["bash"], dict) and block["bash"].get("task-cli status *") == "allow"


def _judged(
    target: Target, hooks: Mapping[str, Any], agent: str, tool: str, given: Mapping[str, object]
) -> tuple[int, str, str]:
    """Run the guard's hook as Claude Code would; return its exit code and what it said."""
    ((judge,),) = ([hook["command"] for hook in group["hooks"]] for group in hooks["PreToolUse"])
    call = {"agent_type": agent, "tool_name": tool, "tool_input": dict(given), "cwd": str(target.base)}
    plugin = policy_path(target).parent.parent
    argv = ["env", f"CLAUDE_PLUGIN_ROOT={plugin}", "/bin/sh", "-c", judge]
    done = process.run(argv, cwd=target.base, stdin=json.dumps(call) + "\n", timeout=SECONDS, check=False)
    return done.code, done.out, done.err
