"""Deliverables as claims: what people and models write is cleaned, what is no path is unknown."""

from __future__ import annotations

import pytest

from batchpack.tasks.claims import ANYWHERE, BRACE_LIMIT, claims_of, cleaned, expanded, locks_of


@pytest.mark.parametrize(
    ("written", "segments"),
    [
        ("src/a.ts", "src/a.ts"),
        ("./src//a.ts", "src/a.ts"),
        ("src/x/../a.ts", "src/a.ts"),
        ("SRC/A.ts", "src/a.ts"),
        ("src\\a.ts", "src/a.ts"),
        ("`src/a.ts`", "src/a.ts"),
        ("src/a.ts (new)", "src/a.ts"),
        ("src/a.ts - the schema", "src/a.ts"),
        ("src/a.ts: the schema", "src/a.ts"),
        ("src/a.ts#L10-L20", "src/a.ts"),
        ("src/a.ts:10-20", "src/a.ts"),
        ("node_modules/ (verified)", "node_modules"),
        ("/work/app/src/a.ts", "src/a.ts"),
        (".", ""),
        ("dist/js/app.js", "dist"),
        ("e\u0301.md", "\u00e9.md"),
        ("app/(auth)/[id]/page.tsx", "app/(auth)/[id]/page.tsx"),
    ],
)
def test_paths(written: str, segments: str) -> None:
    """Ways to write one path lead to the same segments."""
    claims = claims_of([written], "/work/app")
    assert claims is not None
    assert ["/".join(claim.segments) for claim in claims] == [segments]


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "JWT middleware with RS256", "Update README.md", "src/a.ts, src/b.ts", "src/a.ts (and src/b.ts)",
        "src/a.ts - moved from lib/a.ts", "Endpoint: POST /users", "../other/a.ts", "/etc/passwd", "~/notes.md",
        "!src/a.ts", "https://example.com/a", "src/{a,b", "a,b", "x" * 2000, "**/../a", "tests (unit)",
        "{" + "a," * 100 + "}",
    ],
)  # fmt: skip
def test_unknown(written: str) -> None:
    """What may name other files than it seems, or files outside, makes all of a task's deliverables unknown."""
    assert claims_of(["src/known.ts", written], "/work/app") is None


def test_none() -> None:
    """A task without deliverables claims nothing known."""
    assert claims_of([]) is None


def test_braces() -> None:
    """Braces stand for each alternative, also inside each other, up to a limit."""
    assert expanded("{a,b}/{c,d}.ts") == ["a/c.ts", "a/d.ts", "b/c.ts", "b/d.ts"]
    assert sorted(expanded("{a,{b,c}}") or ()) == ["a", "b", "c"]
    assert expanded("{" + ",".join("x" * BRACE_LIMIT) + "}" + "{y,z}") is None


def test_cleaned_keeps_case() -> None:
    """The cleaned path is as it lies on disk."""
    assert cleaned("`Src/A.ts` ") == "Src/A.ts"


def test_files_and_folders() -> None:
    """A last part with an extension is a file unless a slash follows; a name alone may be a folder."""
    claims = claims_of(["src/a.ts", "src/v1.2/", "src/lib", "*.md", ".env"]) or ()
    assert [claim.is_file for claim in claims] == [True, False, False, True, False]
    assert [claim.anchor for claim in claims][0::3] == [("src", "a.ts"), ()]


@pytest.mark.parametrize(
    ("deliverables", "locks"),
    [
        (["package.json"], {("npm", ANYWHERE)}),
        (["package.json", "package-lock.json"], {("npm", ())}),
        (["web/package.json", "yarn.lock"], {("npm", ())}),
        (["web/package.json", "api/yarn.lock"], {("npm", ANYWHERE), ("npm", ("api",))}),
        (["node_modules/"], {("npm", ANYWHERE)}),
        (["pyproject.toml", "Cargo.lock"], {("Python", ANYWHERE), ("Cargo", ())}),
        (["src/a.ts"], set()),
    ],
)  # fmt: skip
def test_locks(deliverables: list[str], locks: set[tuple[str, tuple[str, ...] | None]]) -> None:
    """A manifest may rewrite the lock file that is named with it, else any of its package manager."""
    assert locks == set(locks_of(claims_of(deliverables) or ()))
