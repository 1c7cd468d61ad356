"""The values that rooms hand each other: frozen, plain, knowing nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Scope = Literal["user", "project"]
SCOPES: tuple[Scope, ...] = ("user", "project")
SettingsFormat = Literal["json", "toml", "yaml"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a host's files go and how the pack's commands are called from there.

    `folder` is the host's config folder of that scope (e.g. `~/.config/opencode`, `<project>/.opencode`);
    all paths of Files and Edits are relative to `base`, the home or the project folder.
    `program` is the word or absolute path that starts `batchpack` in a shell. `python` is the interpreter that has
    the engine and `package` the engine's folder, both absolute: scripts in a host's folder call them by these paths.
    `status_line` says that the user asked for one.
    """

    host: str
    scope: Scope
    base: Path
    folder: Path
    program: str = "batchpack"
    python: str = "python3"
    package: str = "batchpack"
    status_line: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that a host wants: `path` is posix and relative to the target's base.

    A `sealed` one works only as it was written, so an install writes it anew when somebody changed it.
    """

    path: str
    text: str
    executable: bool = False
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A value that a host wants in a settings file that belongs to the user.

    `keys` is the way from the root of the document; action `set` gives the key that value where it is missing or
    differs, `append` adds it to the list there where it is not yet a member. JSON covers JSON with comments.
    `optional` says what does not work without it: nobody's file is changed for it unless the user agrees.
    """

    path: str
    format: SettingsFormat
    keys: tuple[str, ...]
    value: object
    reason: str
    action: Literal["set", "append"] = "set"
    optional: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `ok` None says it could not be looked at, and `detail` why or what to do."""

    name: str
    ok: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AgentCall:
    """An agent to start: the name under which the host knows it, a few words for its list, and what it is told.

    In the background only where the host has that, and where nobody waits for the answer.
    """

    agent: str
    description: str
    prompt: str
    background: bool = False


@dataclass(frozen=True, slots=True)
class Detection:
    """A host found on this machine: its program (None: only its folder is there) and what gave it away."""

    program: str | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a host can hold; `limits` are sentences for the reader on what it cannot enforce."""

    subagents: bool = True
    own_agents: bool = True
    agent_permissions: bool = True
    commands: bool = True
    hooks: bool = True
    project_scope: bool = True
    status_line: bool = False
    limits: tuple[str, ...] = field(default=())
