"""Where things go: hosts, scopes, targets, and the word that starts `batchpack` from there."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from batchpack import places, process
from batchpack.app import App
from batchpack.content import Pack
from batchpack.errors import BatchpackError
from batchpack.host import Host, Names
from batchpack.values import Detection, File, Scope, Target

PROGRAM = "batchpack"


class NoHosts(BatchpackError):
    """None of the hosts is on this machine."""

    def __init__(self, hosts: Mapping[str, Host]) -> None:
        looked = "; ".join(f"{host.TITLE} (its program on PATH, or ~/{host.PLACES.user})" for host in hosts.values())
        names = ", ".join(hosts) or "none are registered"
        super().__init__(
            f"found no host on this machine; looked for {looked or 'nothing'}",
            f"install one of them, or name one: batchpack install --host NAME ({names})",
        )


def target_for(host: Host, scope: Scope, base: Path, program: str, *, status_line: bool = False) -> Target:
    """Return a host's target below a home or project folder; `status_line` says that one is asked for."""
    place = host.PLACES.user if scope == "user" else host.PLACES.project
    if place is None:
        raise BatchpackError(f"{host.TITLE} has no project scope", f"use --scope user for {host.NAME}")
    package = str(places.package())
    return Target(host.NAME, scope, base, base / place, program, sys.executable, package, status_line)


def render_host(host: Host, pack: Pack, target: Target) -> list[File]:
    """Return all files of a host in the order of their paths; two that want one path are a bug of the host's page."""
    kinds = (host.skill_files, host.agent_files, host.command_files, host.hook_files)
    files = {}
    for file in (file for kind in kinds for file in kind(pack, target)):
        if file.path in files:
            raise BatchpackError(f"host {host.NAME} wants {file.path} twice", "mend its plugin")
        files[file.path] = file
    return [files[path] for path in sorted(files)]


def left_to_users(host: Host, pack: Pack, files: Iterable[File]) -> tuple[str, ...]:
    """Name the roles for which there is none of the host's files, since the user has an agent of that name."""
    if not host.CAPABILITIES.own_agents:
        return ()
    said = [PurePosixPath(file.path).stem for file in files]
    return tuple(agent.matter.name for agent in pack.agents if not any(agent.matter.name in stem for stem in said))


def names_of(host: Host, pack: Pack, target: Target) -> Names:
    """Return the names that an install puts into a host, as its users see them."""
    can = host.CAPABILITIES
    roles = [agent.matter.name for agent in pack.agents]
    agents = host.agent_names(roles, target.base, places.home()) if can.own_agents else {}
    skills = tuple(skill.matter.name for skill in pack.skills)
    commands = tuple(skill.matter.name for skill in pack.skills if skill.matter.command)
    return Names(skills, tuple(agents[role] for role in roles if role in agents), commands if can.commands else ())


def found_hosts(hosts: Mapping[str, Host], home: Path) -> dict[str, Detection]:
    """Return the hosts that are on this machine, by name."""
    found = {name: host.detect(home) for name, host in hosts.items()}
    return {name: detection for name, detection in found.items() if detection is not None}


def chosen(app: App, names: Sequence[str]) -> list[Host]:
    """Return the hosts named, or else those found on the machine; raises UnknownName or NoHosts."""
    if names:
        return [app.host(name.replace("-", "_")) for name in dict.fromkeys(names)]
    hosts = app.registry.hosts
    found = found_hosts(hosts, places.home())
    if not found:
        raise NoHosts(hosts)
    return [hosts[name] for name in found]


def project_folder(app: App, given: Path | None) -> Path:
    """Return the project's folder; raises BatchpackError when the one given is none."""
    folder = app.project(given)
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise BatchpackError(f"project {folder} {what}", "name the folder of your project with --project")
    return folder


def own_program() -> Path:
    """Return the absolute path of this installation's `batchpack`."""
    beside = Path(sys.executable).parent / PROGRAM
    return beside if beside.exists() else Path(sys.argv[0]).resolve()


def on_path() -> tuple[str | None, bool]:
    """Return the `batchpack` on PATH, and whether it is this installation's."""
    found = process.find(PROGRAM)
    return found, found is not None and Path(found).resolve() == own_program().resolve()


def program_for(scope: Scope) -> str:
    """Return the word that starts `batchpack`: bare for a project, whose files are shared, or where PATH finds ours."""
    return PROGRAM if scope == "project" or on_path()[1] else str(own_program())
