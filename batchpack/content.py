"""The pack's content as values: skills and agents read from one or more roots, every complaint with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from batchpack import frontmatter, places
from batchpack.errors import BrokenFile
from batchpack.files import read_text
from batchpack.render import render

Action = Literal["allow", "ask", "deny"]
NAME_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
AGENT_PATTERN = r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$"
COMMAND_PATTERN = re.compile(r"[A-Za-z0-9._/@:=+,*?-]+")


def _command(pattern: str) -> str:
    """Check a pattern for commands: words, the first a program without wildcards; `*` alone stands for any command."""
    words = pattern.split(" ")
    if pattern != "*" and not all(COMMAND_PATTERN.fullmatch(word) for word in words):
        raise ValueError(f"{pattern!r} is no pattern for a command: plain words with one space between them, no quotes")
    if pattern != "*" and set("*?=") & set(words[0]):
        raise ValueError(f"{pattern!r} would allow any program: name the program in full")
    return pattern


def _path(pattern: str) -> str:
    """Check a pattern for paths: relative to the project, with forward slashes."""
    if not pattern or pattern.startswith(("/", "~")) or ".." in pattern.split("/") or "\\" in pattern:
        raise ValueError(f"{pattern!r} is no pattern for paths below the project")
    return pattern


CommandRules = dict[Annotated[str, AfterValidator(_command)], Action]
PathRules = dict[Annotated[str, AfterValidator(_path)], Action]
NameRules = dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.*-]+$")], Action]


class Permissions(BaseModel):
    """What an agent or skill may do, in no host's words: an action, or patterns with one each.

    The last pattern that matches wins, and what none matches is denied. Patterns of `edit` count at the root of the
    project and below, in any letter case.

    `edit: project` is the project without secrets, git's own and hosts' folders; `bash: project` is all but writing
    git commands and the pack's own; `bash: read-only` is a short list of commands that only look. Both of bash have
    the command to hand in a result. The lists stand in `batchpack.protected`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    read: Action = "allow"
    edit: Action | Literal["project", "worktree"] | PathRules = "deny"
    bash: Action | Literal["project", "worktree", "read-only"] | CommandRules = "deny"
    task: Action | NameRules = "deny"
    web: Action = "deny"
    mcp: Action | NameRules = "deny"


class _Matter(BaseModel):
    """The front matter that skills and agents share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=NAME_PATTERN, max_length=64)
    description: str = Field(min_length=1, max_length=1024)
    permissions: Permissions = Permissions()


class SkillMatter(_Matter):
    """A skill's front matter; `command` makes it a slash command, `triggers` are words that call it up in OSA."""

    command: bool = False
    argument_hint: str = ""
    category: str = ""
    triggers: tuple[str, ...] = ()


class AgentMatter(_Matter):
    """An agent's front matter; a name in capitals (`BatchExecutor`) has its file in lower case (`batch-executor`)."""

    name: str = Field(pattern=AGENT_PATTERN, max_length=64)
    temperature: float | None = Field(default=None, ge=0, le=1)


T = TypeVar("T")
M = TypeVar("M", bound=_Matter)


@dataclass(frozen=True, slots=True)
class Template:
    """A body to render: its text, its file, and the roots it may include from."""

    text: str
    path: Path
    roots: tuple[Path, ...]

    def render(self, words: Mapping[str, object]) -> str:
        """Return the body in one host's words."""
        return render(self.text, words, roots=self.roots, path=self.path)


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill: its front matter, its body, and the files beside it (path below the skill folder, text)."""

    matter: SkillMatter
    body: Template
    extras: tuple[Template, ...] = ()

    def beside(self) -> list[tuple[str, Template]]:
        """Return the files beside SKILL.md with their paths below the skill's folder, `.j2` dropped."""
        return [(_relative(extra.path, self.body.path.parent), extra) for extra in self.extras]


def _relative(path: Path, folder: Path) -> str:
    """Return where a rendered file lies below its skill's folder."""
    return path.relative_to(folder).as_posix().removesuffix(".j2")


@dataclass(frozen=True, slots=True)
class Agent:
    """A subagent: its front matter and its body."""

    matter: AgentMatter
    body: Template


@dataclass(frozen=True, slots=True)
class Pack:
    """All that is rendered into a host."""

    version: str
    skills: tuple[Skill, ...]
    agents: tuple[Agent, ...]


def load_pack(roots: Sequence[Path]) -> Pack:
    """Read the skills and agents of all roots; of two with one name the later root's wins: users can replace ours."""
    skills: dict[str, Skill] = {}
    agents: dict[str, Agent] = {}
    for root in roots:
        includes = tuple(base / "skills" / "_shared" for base in (root, *roots))
        skills |= {skill.matter.name: skill for skill in _skills(root, includes)}
        agents |= {agent.matter.name: agent for agent in _agents(root, includes)}
    return Pack(places.version(), _sorted(skills), _sorted(agents))


def _sorted(named: Mapping[str, T]) -> tuple[T, ...]:
    """Return the values in the order of their names."""
    return tuple(named[name] for name in sorted(named))


def _skills(root: Path, includes: tuple[Path, ...]) -> Iterable[Skill]:
    """Read each `skills/<name>/SKILL.md.j2` of a root."""
    for path in sorted((root / "skills").glob("*/SKILL.md.j2")):
        matter, body = _read(path, SkillMatter, path.parent.name, includes)
        beside = sorted(extra for extra in path.parent.rglob("*") if extra.is_file() and extra != path)
        yield Skill(matter, body, tuple(Template(read_text(extra), extra, includes) for extra in beside))


def _agents(root: Path, includes: tuple[Path, ...]) -> Iterable[Agent]:
    """Read each `agents/<name>.md.j2` of a root."""
    for path in sorted((root / "agents").glob("*.md.j2")):
        matter, body = _read(path, AgentMatter, path.name.removesuffix(".md.j2"), includes)
        yield Agent(matter, body)


def _read(path: Path, model: type[M], name: str, includes: tuple[Path, ...]) -> tuple[M, Template]:
    """Split a content file and validate its front matter against its model and its file name."""
    matter, body = frontmatter.split(read_text(path), path)
    try:
        checked = model.model_validate(matter)
    except ValidationError as error:
        raise BrokenFile(path, _complaint(error), 1) from error
    if _in_file_names(checked.name) != name:
        raise BrokenFile(path, f"name is {checked.name!r} but the file says {name!r}", 1)
    return checked, Template(body, path, includes)


def _in_file_names(name: str) -> str:
    """Return how a name is written in file names: `BatchExecutor` as `batch-executor`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def _complaint(error: ValidationError) -> str:
    """Say a validation error's most telling complaint: which key, and what is wrong."""
    errors: Any = error.errors()
    first = next((one for one in errors if one["type"] == "value_error"), errors[0])
    keys = [str(key) for key in first["loc"] if not any(sign in str(key) for sign in "[ ")]
    return f"front matter key {'.'.join(keys)}: {first['msg'].removeprefix('Value error, ')}"
