"""Deliverables as claims on paths: cleaned of notes, normalised, letter case folded; what is no path is unknown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PATTERN_LIMIT = 1024
BRACE_LIMIT = 64
GENERATED = frozenset({
    "__generated__", "__pycache__", "__snapshots__", ".next", ".nuxt", ".svelte-kit", ".turbo", ".venv", "build",
    "coverage", "dist", "generated", "node_modules", "out", "target", "vendor", "venv",
})  # fmt: skip
"""Folders that tools write as a whole: a claim on anything in one is a claim on all of it."""

_NOTED = re.compile(r"(\S+?)(?::\s+|\s+[-–—]+\s+|\s+(?=\())(.*)")  # noqa: RUF001 - people type these dashes
_LINES = re.compile(r"(#L\d+(-L?\d+)?|:\d+(-\d+|:\d+)?)$")
_FILE = re.compile(r".\.[a-z][a-z0-9]{0,7}$")


@dataclass(frozen=True, slots=True)
class Claim:
    """A pattern of paths that a task writes: `text` as it was written, `segments` folded, `**` for any number of them.

    `is_file` says that nothing can lie below it: its last part has an extension and no slash behind.
    """

    text: str
    segments: tuple[str, ...]
    is_file: bool = False
    generated: bool = False

    @property
    def anchor(self) -> tuple[str, ...]:
        """The segments before the first that holds a wildcard."""
        for place, segment in enumerate(self.segments):
            if is_wild(segment):
                return self.segments[:place]
        return self.segments


def is_wild(segment: str) -> bool:
    """Tell whether a segment holds a wildcard."""
    return any(letter in segment for letter in "*?[")


def claims_of(deliverables: Sequence[str], project: str = "") -> tuple[Claim, ...] | None:
    """Return what a task's deliverables claim; None when there are none or one of them cannot be read as a path.

    `project` is the absolute folder that absolute deliverables may lie in.
    """
    claims: list[Claim] = []
    for text in deliverables:
        path = cleaned(text)
        made = None if path is None else _claims(text.strip(), path, project)
        if made is None:
            return None
        claims.extend(made)
    return tuple(dict.fromkeys(claims)) or None


def cleaned(text: str) -> str | None:
    """Return the path in a deliverable without quotes, note and line numbers; None when it is prose."""
    path = text.strip()
    noted = _NOTED.fullmatch(path)
    if noted is not None:
        path = noted[1]
        if re.search(r"/|\w\.\w|`", noted[2]) or not re.search(r"[/.*]", path):
            return None  # the note may name more files, or the first word is none
    path = _LINES.sub("", path.strip("`'\""))
    odd = not path or len(path) > PATTERN_LIMIT or path.startswith(("!", "~", "$")) or "://" in path
    return None if odd or re.search(r"[\s\x00-\x1f`'\"<>|]", path) else path.replace("\\", "/")


def _claims(text: str, path: str, project: str) -> list[Claim] | None:
    """Return the claims of a cleaned path, one for each alternative of its braces; None when it leaves the project."""
    found: list[Claim] = []
    alternatives = expanded(path)
    for alternative in alternatives or ():
        segments = _normalised(alternative, project)
        if segments is None:
            return None
        found.append(_claim(text, segments, folder=alternative.endswith("/")))
    return found or None


def _claim(text: str, segments: tuple[str, ...], *, folder: bool) -> Claim:
    """Make a claim, widened to the generated folder that it lies in."""
    for place, segment in enumerate(segments):
        if segment in GENERATED:
            return Claim(text, segments[: place + 1], generated=True)
    is_file = bool(segments) and not folder and _FILE.search(segments[-1]) is not None
    return Claim(text, segments, is_file=is_file)


def _normalised(path: str, project: str) -> tuple[str, ...] | None:
    """Return the segments below the project, without `.`, `..` and doubled slashes; None for a path outside."""
    if path.startswith("/") or re.match(r"[A-Za-z]:/", path):
        base = project.rstrip("/") + "/"
        if not project or not path.startswith(base):
            return None
        path = path[len(base) :]
    segments: list[str] = []
    for segment in unicodedata.normalize("NFC", path).casefold().split("/"):
        if segment == "..":
            if not segments or is_wild(segments[-1]):
                return None
            segments.pop()
        elif segment not in {"", "."}:
            segments.append(segment)
    return tuple(segments)


def expanded(path: str) -> list[str] | None:
    """Return the alternatives of all braces; None for unbalanced ones, a list without braces, or too many."""
    found, queue = list[str](), [path]
    while queue:
        if len(found) + len(queue) > BRACE_LIMIT:
            return None
        text = queue.pop(0)
        inner = re.search(r"\{([^{}]*)\}", text)
        if inner is None:
            found.append(text)
        else:
            queue.extend(f"{text[: inner.start()]}{part}{text[inner.end() :]}" for part in inner[1].split(","))
    return None if any(re.search(r"[{},]", text) for text in found) else list(dict.fromkeys(found))


_ECOSYSTEMS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "npm": (
        frozenset({"package.json", "pnpm-workspace.yaml", ".npmrc", "node_modules"}),
        frozenset({
            "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
            "deno.lock",
        }),
    ),
    "Python": (
        frozenset({"pyproject.toml", "setup.py", "setup.cfg", "pipfile", "requirements.in"}),
        frozenset({"uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock", "requirements.txt", "pylock.toml"}),
    ),
    "Cargo": (frozenset({"cargo.toml"}), frozenset({"cargo.lock"})),
    "Go": (frozenset({"go.mod", "go.work"}), frozenset({"go.sum", "go.work.sum"})),
    "Bundler": (frozenset({"gemfile"}), frozenset({"gemfile.lock"})),
    "Composer": (frozenset({"composer.json"}), frozenset({"composer.lock"})),
    "Mix": (frozenset({"mix.exs"}), frozenset({"mix.lock"})),
    "pub": (frozenset({"pubspec.yaml"}), frozenset({"pubspec.lock"})),
    "Swift": (frozenset({"package.swift"}), frozenset({"package.resolved"})),
    "CocoaPods": (frozenset({"podfile"}), frozenset({"podfile.lock"})),
    "Nix": (frozenset({"flake.nix"}), frozenset({"flake.lock"})),
    "NuGet": (frozenset({"directory.packages.props"}), frozenset({"packages.lock.json"})),
    "Gradle": (frozenset({"build.gradle", "build.gradle.kts"}), frozenset({"gradle.lockfile"})),
    "Terraform": (frozenset({"versions.tf"}), frozenset({".terraform.lock.hcl"})),
}  # fmt: skip
"""Package managers: the files whose change rewrites a lock file, and the lock files themselves; folded names."""

_MANIFESTS = {name: manager for manager, (names, _) in _ECOSYSTEMS.items() for name in names}
_LOCK_FILES = {name: manager for manager, (_, names) in _ECOSYSTEMS.items() for name in names}

ANYWHERE = None
Lock = tuple[str, tuple[str, ...] | None]
"""A lock file that a task may rewrite: its package manager, and its folder (ANYWHERE: not known, so any of them)."""


def locks_of(claims: Iterable[Claim]) -> dict[Lock, str]:
    """Return the lock files that claims may rewrite, each with the deliverable that does.

    A manifest rewrites the lock file that the same task names in its folder or above; without one it may be any.
    """
    claims = tuple(claims)
    found: dict[Lock, str] = {}
    for claim in claims:
        manager = _LOCK_FILES.get(_name(claim))
        if manager is not None:
            found[manager, claim.segments[:-1]] = claim.text
    named = tuple(found)
    for claim in claims:
        manager = _MANIFESTS.get(_name(claim))
        if manager and not any(lock[0] == manager and _is_above(lock[1], claim.segments[:-1]) for lock in named):
            found.setdefault((manager, ANYWHERE), claim.text)
    return found


def _name(claim: Claim) -> str:
    """Return the last segment of a claim."""
    return claim.segments[-1] if claim.segments else ""


def _is_above(folder: tuple[str, ...] | None, below: tuple[str, ...]) -> bool:
    """Tell whether a folder is another or holds it."""
    return folder is not None and below[: len(folder)] == folder
