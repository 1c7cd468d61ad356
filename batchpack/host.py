"""What a host is: the Protocol that every host page fits, and the defaults it assigns by name."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from batchpack import process
from batchpack.values import AgentCall, Capabilities, Check, Detection, Edit, File, Target

if TYPE_CHECKING:  # content needs pydantic, which commands that only plan should not pay for
    from batchpack.content import Pack, Skill


@dataclass(frozen=True, slots=True)
class Places:
    """A host's folders: `user` below the home, `project` below the project (None: the host has no such scope).

    `runs` is where run directories go: below the project, or below the home when it begins with `~/`; there the
    newest run's results are copied to the top as well. `litter` names what the host itself makes in its config folder
    when it starts; uninstall removes it with a folder that install made and that holds nothing else. `stubs` are
    settings files with the text that the host begins them with: they go in the same way while they say just that.
    `data` names folders that the host makes in there for the pack: uninstall removes each that is empty.
    """

    user: str
    project: str | None
    runs: str = ".batchpack"
    litter: tuple[str, ...] = ()
    stubs: tuple[tuple[str, str], ...] = ()
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The names that an install put into a host, as its users see them."""

    skills: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


class Host(Protocol):
    """A coding-agent program, as a pure function from the pack to Files and Edits: it says, the installer does."""

    NAME: str
    TITLE: str
    PLACES: Places
    TOOLS: Mapping[str, str]
    CAPABILITIES: Capabilities

    def detect(self, home: Path, search_path: str | None = None) -> Detection | None:
        """Tell whether the host is on this machine, by looking only."""

    def skill_files(self, pack: Pack, target: Target) -> list[File]:
        """Say the files of the pack's skills."""

    def agent_files(self, pack: Pack, target: Target) -> list[File]:
        """Say the files of the pack's agents."""

    def command_files(self, pack: Pack, target: Target) -> list[File]:
        """Say the files of slash commands, where the host does not make them of skills."""

    def hook_files(self, pack: Pack, target: Target) -> list[File]:
        """Say the files of hooks and of anything else the host needs."""

    def settings_edits(self, pack: Pack, target: Target) -> list[Edit]:
        """Say the values needed in settings files that belong to the user."""

    def agent_names(self, roles: Iterable[str], project: Path, home: Path) -> dict[str, str]:
        """Map each role to the name under which the host knows an agent for it; the user's own agents win."""

    def agent_calls(self, calls: Sequence[AgentCall]) -> list[str]:
        """Write the tool calls, one a line, that start these agents at once, in the foreground unless they say else."""

    def run_command(self, request: str) -> list[str] | None:
        """Return the argv that runs `/batch-run request` headless, or None."""

    def verify(self, target: Target, names: Names) -> list[Check]:
        """Ask the real program, without a model, whether these names loaded; leaves no file behind."""


PAGE = (
    "NAME", "TITLE", "PLACES", "TOOLS", "CAPABILITIES", "detect", "skill_files", "agent_files", "command_files",
    "hook_files", "settings_edits", "agent_names", "agent_calls", "run_command", "verify",
)  # fmt: skip
"""The names of a host page, in their order."""

ACTIONS = ("agent", "bash", "read", "write", "edit", "search", "ask")
"""The action words that skills use; every host says its tool's name for each."""

MARK = "(batchpack)"
"""How the descriptions of the pack's own agents end; an agent without it is the user's, and wins."""

SERVER = "batchpack"
"""The name of the pack's MCP server in every host."""
STATUS_LINE = "shows where the newest batch of a project stands; it reads one small file"
"""Why a host's settings name the pack's status line: an edit for this reason is one."""
SERVER_REASON = "gives agents the queue of a batch and its receipts as tools"
SERVER_WITHOUT = "workers use the commands `batchpack items` and `batchpack receipts` instead of its tools"


def server_command(target: Target) -> dict[str, object]:
    """Return how most hosts are told to start the server."""
    return {"command": target.program, "args": ["mcp"]}


def session_here(host: Host) -> str:
    """Return the id of the host's session that this command was called in; empty where the host does not tell.

    A host page may have `SESSION`, the variable in which its tool for commands tells it.
    """
    variable = getattr(host, "SESSION", "")
    return os.environ.get(variable, "") if variable else ""


def find_host(program: str, folder: str, home: Path, search_path: str | None) -> Detection | None:
    """Find a host by its program on PATH, else by its config folder in the home."""
    found = process.find(program, search_path)
    if found:
        return Detection(found, f"{program} on PATH: {found}")
    if (home / folder).is_dir():
        return Detection(None, f"folder ~/{folder}")
    return None


def moved(title: str, variable: str, usual: Path, target: Target) -> list[Check]:
    """Say that a variable makes the host read another folder for the user than the one that files go to."""
    value = os.environ.get(variable)
    if target.scope != "user" or not value or Path(value).resolve() == usual.resolve():
        return []
    detail = f"{variable} is set, so {title} reads {value} and not {usual}: unset it, or install with --scope project"
    return [Check(f"folder of {title}", False, detail)]


def no_files(pack: Pack, target: Target) -> list[File]:
    """Default for kinds of files that a host has no place for."""
    return []


def no_edits(pack: Pack, target: Target) -> list[Edit]:
    """Default for a host whose settings need nothing."""
    return []


def same_names(roles: Iterable[str], project: Path, home: Path) -> dict[str, str]:
    """Default for a host that calls agents by their bare names."""
    return {role: role for role in roles}


def words(
    name: str, tools: Mapping[str, str], target: Target, arguments: str, *, router: str = "task-cli", prefix: str = ""
) -> dict[str, object]:
    """Return the words for skills and agents; `arguments` is what stands before the user's text in this host.

    `router` is the command that runs router.sh there, `prefix` what the host puts before the pack's agents' names.
    """
    return {
        "program": target.program,
        "python": target.python,
        "package": target.package,
        "router": router,
        "prefix": prefix,
        "host": name,
        "tools": tools,
        "arguments": arguments,
        "request_file": "",
    }


def router_command(path: str) -> str:
    """Return the command that runs router.sh at a path."""
    return f"bash {shlex.quote(path)}"


def below(target: Target, *parts: str) -> str:
    """Return a path below the host's folder as Files have it: posix, relative to the target's base."""
    return target.folder.relative_to(target.base).joinpath(*parts).as_posix()


def skill_at(folder: str, matter: dict[str, object], skill: Skill, said: Mapping[str, object]) -> list[File]:
    """Say a skill's files in a folder: SKILL.md with this front matter, and what lies beside it."""
    from batchpack import frontmatter

    beside = [
        File(f"{folder}/{path}", template.render(said), executable=path.endswith(".sh"), sealed=path.endswith(".sh"))
        for path, template in skill.beside()
    ]
    return [File(f"{folder}/SKILL.md", frontmatter.join(matter, skill.body.render(said))), *beside]


def users_agents(folders: Iterable[Path]) -> set[str]:
    """Name the agents defined in these folders that the pack did not write; unreadable files count by file name."""
    from batchpack import frontmatter
    from batchpack.errors import BrokenFile
    from batchpack.files import read_text

    found: set[str] = set()
    for path in (path for folder in folders for path in sorted(folder.rglob("*.md"))):
        try:
            matter, _ = frontmatter.split(read_text(path), path)
        except BrokenFile:
            matter = {}
        if MARK not in str(matter.get("description", "")):
            found.add(str(matter.get("name") or path.stem))
    return found


def call_line(tool: str, parameters: Mapping[str, object]) -> str:
    """Write a tool call as its name and one line of JSON."""
    return f"{tool} {json.dumps(parameters, ensure_ascii=False, separators=(',', ':'))}"
