"""The docs are true: every command that a page shows is run, in order, and prints what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.message_batches import Service
from tests.support.project import ROOT, Project

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(
    r"^```console(?P<info>[^\n]*)\n(?P<body>.*?)^```$|^<!-- \$ (?P<hidden>[^\n]*) -->$", re.MULTILINE | re.DOTALL
)
FULL_ID = re.compile(r"\b\d{8}T\d{6}-[0-9a-f]{4}\b")
SHORT_ID = re.compile(r"^Run ([0-9a-f]{4}):", re.MULTILINE)
ANYTHING = "…"
SERVICE = "<!-- the service stands in on loopback -->"
"""A page with this line speaks to a stand-in for the paid service, with a key of its own."""

VARIABLE = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?", "<moment>"),
    (r"\b\d+ min \d+ s\b|\b\d+(?:\.\d+)? s\b", "<duration>"),
    (r" {2,}(?=<duration>)", "  "),
    (r"\b\d+\.\d+x", "<ratio>"),
    (r"\b[0-9a-f]{12,64}\b", "<hash>"),
    (r"batchpack-demo-\w+", "batchpack-demo-<random>"),
    (r"(?<=rm -r )\S+", "<folder>"),
    (r"\S*/bin/python3?(?:\.\d+)?\b", "<python>"),
    (r"\bmsgbatch_\w+", "<batch>"),
)
"""What differs from run to run, and what stands for it on both sides."""


@dataclass(frozen=True)
class Step:
    """A command of a page, with what it prints (None: a hidden one, which only has to go well)."""

    command: str
    output: str | None


@dataclass(frozen=True)
class Block:
    """A block of a page: `info` is what stands behind `console`."""

    info: str
    steps: tuple[Step, ...]


def blocks(page: Path) -> Iterator[Block]:
    """Read the blocks of a page: `$ ` begins a command, `> ` goes on with it, the rest is what it prints."""
    for found in FENCE.finditer(page.read_text()):
        if found["hidden"] is not None:
            yield Block("", (Step(found["hidden"], None),))
        else:
            yield Block(found["info"].strip(), tuple(_steps(found["body"])))


def _steps(body: str) -> Iterator[Step]:
    """Split a block into its commands."""
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE):
        if part.startswith("$ "):
            command, rest = re.match(r"\$ (.*?\n(?:>(?: [^\n]*)?\n)*)(.*)", part, re.DOTALL).groups()  # type: ignore[union-attr]
            yield Step(re.sub(r"\n> ?", "\n", command).rstrip("\n"), rest)


class Reader:
    """Somebody who follows a page, in a fresh project and home."""

    def __init__(self, project: Project, page: Path, env: Mapping[str, str] | None = None) -> None:
        self.env = {"COLUMNS": "100", **(env or {})}
        self.project = project.write({"README.md": "# A project\n"}).init_git()
        text = page.read_text()
        self.ids = list(dict.fromkeys(FULL_ID.findall(text)))
        self.ids += [f"00000000T000000-{short}" for short in SHORT_ID.findall(text) if not self._knows(short)]

    def _knows(self, short: str) -> bool:
        """Tell whether a short id belongs to a full one of the page."""
        return any(one.endswith(short) for one in self.ids)

    def names(self) -> list[tuple[str, str]]:
        """Pair what the page calls things with what they are called here: runs by their age, then folders."""
        folders = {path.name for root in (self.project.folder, self.project.home) for path in root.glob("**/runs/2*T*")}
        pairs = list(zip(self.ids, sorted(folders), strict=False))
        pairs += [(shown[-4:], real[-4:]) for shown, real in pairs]
        return [*pairs, ("/home/you/project", str(self.project.folder)), ("/home/you", str(self.project.home))]

    def follow(self, step: Step) -> tuple[str, str]:
        """Run a step; returns what was printed and a pattern for what should be."""
        command = step.command
        for shown, real in self.names():
            command = re.sub(rf"(?<!\w){re.escape(shown)}(?!\w)", real, command)
        done = self.project.execute(["bash", "-c", f"exec 2>&1\n{command}"], env=self.env)
        if step.output is None:
            done.assert_ok()
        printed = done.out
        for shown, real in self.names():
            printed = re.sub(rf"(?<!\w){re.escape(real)}(?!\w)", shown, printed)
        return steady(printed), steady(step.output or "")


@contextmanager
def surroundings(page: Path) -> Iterator[dict[str, str]]:
    """Return the variables that a page's commands see besides the usual ones, with a service where it needs one."""
    if SERVICE not in page.read_text():
        yield {}
        return
    with Service(duration=0.5) as service:
        yield {"ANTHROPIC_API_KEY": "a-key", "ANTHROPIC_BASE_URL": service.url}


def steady(text: str) -> str:
    """Replace what differs from run to run."""
    for pattern, word in VARIABLE:
        text = re.sub(pattern, word, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def agrees(expected: str, printed: str) -> bool:
    """Tell whether a text is as shown, where an ellipsis alone on a line stands for any lines, else for any words."""
    lines = [r"(?:[^\n]*\n)*?[^\n]*" if line.strip() == ANYTHING else re.escape(line).replace(ANYTHING, r"[^\n]*")
             for line in expected.splitlines()]  # fmt: skip
    return re.fullmatch("\n".join(lines), printed) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_what_happens(project: Project, page: Path) -> None:
    """Each command of the page, run after those before it, prints what stands below it."""
    with surroundings(page) as env:
        reader = Reader(project, page, env)
        for block in blocks(page):
            for step in () if block.info.startswith("no-run") else block.steps:
                printed, expected = reader.follow(step)
                if step.output is not None and not agrees(expected, printed):
                    assert expected == printed, f"$ {step.command}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_not_run_has_its_reason(page: Path) -> None:
    """A block that cannot be run in a test says `no-run` and why; nothing else stands behind `console`."""
    infos = [block.info for block in blocks(page) if block.info]

    assert [] == [info for info in infos if not re.fullmatch(r"no-run \S.{8,}", info)]


def test_every_page_is_reached_from_the_readme() -> None:
    """A page that no link leads to is a page that nobody reads."""
    readme = (ROOT / "README.md").read_text()

    assert [] == [page.name for page in PAGES if page.parent.name == "docs" and f"docs/{page.name}" not in readme]


LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)")


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "AGENTS.md", ROOT / "SECURITY.md"], ids=lambda page: page.name
)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file of the project leads to one that is there."""
    targets = LINK.findall(page.read_text())

    assert [] == [target for target in targets if not (page.parent / target).exists()]


def test_the_reader_of_pages_can_tell_a_difference() -> None:
    """Variable parts agree, other words do not, and an ellipsis stands for what is left out."""
    assert steady("took 1.5 s at 2026-11-21 10:00") == steady("took 20 s at 2027-01-02 11:11")
    assert agrees("a\n…\nz", "a\nb\nc\nz")
    assert agrees("a … z", "a to z")
    assert not agrees("a\nz", "a\nb\nz")
    assert not agrees("a … z", "a\nz")
