"""Overlap of deliverables: known pairs, and a search through all small paths as the judge."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from batchpack.tasks.claims import Claim, claims_of
from batchpack.tasks.overlap import ANY_DEPTH, clashes, overlap


def claim(text: str) -> Claim:
    """Make the claim of a deliverable."""
    made = claims_of([text])
    assert made is not None
    assert len(made) == 1
    return made[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("src/a.ts", "./src/a.ts"), ("src/A.ts", "src/a.ts"), ("src/", "src/db/schema.ts"), ("src", "src/a.ts"),
        ("src/*.ts", "src/a.ts"), ("src/**", "src/db/schema.ts"), ("**/*.test.ts", "src/a.test.ts"),
        ("**/*.test.ts", "src/auth/"), ("src/*/a.ts", "src/**/a.*"), ("src/a?.ts", "src/*b.ts"), (".", "anything"),
        ("*", "README.md"), ("src/[ab].ts", "src/a.ts"), ("app/[id]/page.tsx", "app/*/page.tsx"),
        ("app/[id]/page.tsx", "app/[id]/page.tsx"), ("dist/a.js", "dist/b.js"), ("v1.2", "v1.2/notes.md"),
        ("migrations", "migrations/*.sql"), ("a/**/z", "a/z"), ("**", "x/y/z"), ("src/*", "src/auth/login.ts"),
    ],
)  # fmt: skip
def test_overlapping(one: str, other: str) -> None:
    """Two deliverables that can be, hold or match one path overlap, in either order."""
    assert overlap(claim(one), claim(other))
    assert overlap(claim(other), claim(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("src/a.ts", "src/b.ts"), ("src/", "source/a.ts"), ("src/*.ts", "src/a.js"), ("**/*.test.ts", "src/a.ts"),
        ("src/*/a.ts", "src/a.ts"), ("src/auth/**", "src/db/**"), ("src/[ab].ts", "src/c.ts"), ("a?.md", "a.md"),
        ("app/[id]/page.tsx", "app/[slug]/page.tsx"), ("docs/a.md", "docs/a.mdx"), ("src/*.ts", "src/*.tsx"),
    ],
)  # fmt: skip
def test_apart(one: str, other: str) -> None:
    """Two deliverables that no path can belong to both of do not overlap."""
    assert not overlap(claim(one), claim(other))
    assert not overlap(claim(other), claim(one))


NAMES = ("a", "b", "a.ts")
PATHS = tuple(path for depth in range(1, 6) for path in product(NAMES, repeat=depth))
patterns = st.lists(st.sampled_from(("a", "b", "a.ts", "*", "?", "*.ts", "[ab]", ANY_DEPTH)), min_size=1, max_size=3)


def matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Judge by the definition whether a pattern matches a path."""
    if not pattern:
        return not path
    if pattern[0] == ANY_DEPTH:
        return any(matches(pattern[1:], path[skipped:]) for skipped in range(len(path) + 1))
    return bool(path) and fnmatchcase(path[0], pattern[0]) and matches(pattern[1:], path[1:])


def judged(one: Claim, other: Claim) -> bool:
    """Judge by trying all small paths whether two claims overlap."""
    mine = {path for path in PATHS if matches(one.segments, path)}
    theirs = {path for path in PATHS if matches(other.segments, path)}

    def holds(claims: Claim, folders: set[tuple[str, ...]], paths: set[tuple[str, ...]]) -> bool:
        """Judge whether a path lies below a folder of a claim."""
        below = {path[:depth] for path in paths for depth in range(1, len(path))}
        spelled = not any(letter in segment for segment in claims.segments for letter in "*?[")
        return bool(folders & below) and (not claims.is_file or spelled)

    def spelled_out(claims: Claim, others: Claim) -> bool:
        """Judge whether the other begins with all segments of a claim."""
        return others.segments[: len(claims.segments)] == claims.segments

    first = (not one.is_file or spelled_out(one, other)) and holds(one, mine, theirs)
    second = (not other.is_file or spelled_out(other, one)) and holds(other, theirs, mine)
    return bool(mine & theirs) or first or second


@settings(max_examples=400, deadline=None)
@given(patterns, patterns)
@example(["a", "a", "a"], [ANY_DEPTH, "b", "a"])
def test_against_all_small_paths(one: list[str], other: list[str]) -> None:
    """The answer is that of a search through all paths of up to five parts."""
    mine, theirs = claim("/".join(one)), claim("/".join(other))
    assert judged(mine, theirs) == overlap(mine, theirs)
    assert overlap(mine, theirs) == overlap(theirs, mine)
    assert overlap(mine, mine)


def test_reasons() -> None:
    """Each clash is said once, in words that show both deliverables."""

    def said(one: list[str], other: list[str]) -> list[str]:
        return clashes(claims_of(one) or (), claims_of(other) or ())

    assert said(["a.ts", "b.ts"], ["a.ts", "b.ts"]) == ["both write a.ts", "both write b.ts"]
    assert said(["A.ts"], ["a.ts"]) == ["A.ts and a.ts are the same path"]
    assert said(["src/"], ["src/a.ts"]) == ["src/ and src/a.ts overlap"]
    assert said(["dist/a.js"], ["dist/b.js"]) == ["dist/a.js and dist/b.js lie in the generated folder dist"]
    assert said(["package.json"], ["web/package.json"]) == [
        "package.json and web/package.json may rewrite the same npm lock file"
    ]
    apart = said(["a/package.json", "a/package-lock.json"], ["b/package.json", "b/package-lock.json"])
    assert apart == []
    assert said(["package.json", "yarn.lock"], ["web/package.json", "web/yarn.lock"]) == []
    assert said(["package.json"], ["pyproject.toml"]) == []
