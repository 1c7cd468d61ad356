"""What the real opencode says it loaded, and whether the guard stands behind the agents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from batchpack import frontmatter, process
from batchpack.errors import BatchpackError
from batchpack.files import read_text
from batchpack.host import MARK, Names
from batchpack.mirror import Mirror
from batchpack.places import home as users_home
from batchpack.values import Check, Target

from .depth import depth_check  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's
from .guarding import PLUGIN, POLICY, facts_of, guard_argv  # noqa: TID252 - plugins are loaded by path, their package's name is the manager's

MEND = "run `batchpack install --host opencode` again, and look for a broken or shadowing file of that name"
REFUSED = "opencode gives it no tools, for the guard did not unlock it: run `batchpack install --host opencode` again"
FOLDERS = (".config/opencode", ".opencode")
SECONDS = 40.0
RIPGREP = ".cache/opencode/bin/rg"
MASK = "***"
SWITCHES = {
    "OPENCODE_DISABLE_MODELS_FETCH": "1",
    "OPENCODE_DISABLE_AUTOUPDATE": "1",
    "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
}


def ask(program: str, mirror: Mirror, target: Target, names: Names) -> list[Check]:
    """Run the two questions in a mirror and compare the answers with what was installed."""
    for folder in (mirror.home / FOLDERS[0], mirror.project / FOLDERS[1]):
        _seed(folder)
    config = _debug(program, mirror, "config")
    folder = (mirror.home if target.scope == "user" else mirror.project) / target.folder.relative_to(target.base)
    rules, agents = _rules(folder), config.get("agent", {})
    checks = [_loaded("command", name, config.get("command", {})) for name in names.commands]
    checks += [_agent(name, agents, folder, rules.get(name)) for name in names.agents]
    if names.commands:
        checks += [_plugin(name, config) for name in ("batchpack-request.js", "batchpack-marks.js", PLUGIN)]
        checks.append(_guard(folder))
        checks += depth_check(config, names.agents)
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


def _rules(folder: Path) -> Mapping[str, Any]:
    """Return the rules that the policy gives back to each agent; none where there is no policy."""
    try:
        found = json.loads(read_text(folder.joinpath(*POLICY)))["rules"]
    except (OSError, BatchpackError, ValueError, LookupError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _agent(name: str, agents: Mapping[str, Any], folder: Path, rules: Any) -> Check:
    """Compare an agent's rules as opencode holds them with the policy's: without the guard it has no tools at all."""
    loaded = _loaded("agent", name, agents)
    path = folder / "agents" / f"{name}.md"
    if not loaded.ok or not path.is_file():
        return loaded
    try:
        matter, _ = frontmatter.split(read_text(path), path)
    except BatchpackError as error:
        return Check(loaded.name, False, f"opencode loads it without its rules: {error.message}; {MEND}")
    if MARK not in str(matter.get("description")):
        return Check(loaded.name, True, "your own agent of that name is used")
    read = agents[name].get("permission")
    if isinstance(read, dict) and read and list(read.items())[-1] == ("*", "deny"):
        return Check(loaded.name, False, REFUSED)
    if _holds(rules, read):
        return Check(loaded.name, True, "loaded with its permission rules, and guarded")
    return Check(loaded.name, False, f"opencode reads other permission rules than were written; {MEND}")


def _holds(written: Any, read: Any) -> bool:
    """Compare rules with their order, which decides; settings of the user's may forbid more.

    What opencode masks (its key says secret) counts as equal.
    """
    if isinstance(read, dict) and (isinstance(written, dict) or written in {"allow", "ask", "deny"}):
        rules = written if isinstance(written, dict) else {"*": written}
        kept = [key for key in read if key in rules]
        more = [read[key] for key in read if key not in rules]
        return kept == list(rules) and all(_holds(rules[key], read[key]) for key in kept) and all(map(_forbids, more))
    return read in (written, MASK, "deny")


def _forbids(rule: Any) -> bool:
    """Tell whether a rule allows nothing."""
    return all(map(_forbids, rule.values())) if isinstance(rule, dict) else rule in {"ask", "deny"}


def _plugin(file: str, config: Mapping[str, Any]) -> Check:
    """Look for one of the pack's plugins."""
    plugins: Sequence[object] = config.get("plugin", [])
    here = any(file in str(plugin) for plugin in plugins)
    name = f"plugin {file.removesuffix('.js')}"
    return Check(name, here, "loaded" if here else f"opencode does not load it; {MEND}")


def _guard(folder: Path) -> Check:
    """Run the guard as its plugin does, only to have it check its policy."""
    again = "all tools of the pack's agents are refused; run `batchpack install --host opencode` again"
    facts = facts_of(folder / "plugins" / PLUGIN)
    if facts is None:
        return Check("guard", False, f"its plugin is missing or was changed: {again}")
    try:
        done = process.run(
            [*guard_argv(facts, folder.joinpath(*POLICY)), "--check"], cwd=folder, timeout=SECONDS, check=False
        )
    except BatchpackError as error:
        return Check("guard", False, f"{error.message}: {again}")
    fine = done.code == 0 and "suppressOutput" in done.out
    return Check("guard", fine, "its policy is as installed" if fine else f"{_told(done)}: {again}")


def _told(done: process.Completed) -> str:
    """Return what the guard's own check says is wrong."""
    try:
        return str(json.loads(done.out)["systemMessage"]).partition(";")[0]
    except (ValueError, LookupError, TypeError):
        return (done.err.strip() or done.out.strip() or f"exit code {done.code}")[-300:]


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
