"""The rules of the house: sizes, docstrings, mirrors, tests that can fail, words that must not stand anywhere."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

from batchpack.host import ACTIONS, PAGE
from tests.support.project import ROOT

FUNCTION_MEDIAN, FUNCTION_P90, FUNCTION_MAX = 8, 30, 60
MODULE_P90, MODULE_MAX = 240, 300
SOURCES = ("batchpack", "plugins", "hooks", "install.py")
TOP = {"plugins", "skills", "agents", "hooks", "tests", "install.py", "pyproject.toml", "batchpack"}

MIRRORS = {
    "batchpack/__init__.py": "it holds a docstring only",
    "batchpack/__main__.py": "every test that runs a command goes through it",
    "batchpack/guard/__main__.py": "tests/guard/test_program.py runs it",
    "batchpack/markers.py": "tests/test_hookspecs.py uses both markers",
    "batchpack/engine.py": "a Protocol and values; tests/local/test_engine.py holds the local one to it",
    "batchpack/source.py": "a Protocol without code; tests/test_hookspecs.py",
    "batchpack/collector.py": "a Protocol and values; tests/metrics/test_collecting.py reads by it",
    "batchpack/ledger/asking.py": "tests/ledger/test_ledger.py asks for spans, test_totals.py for all else",
    "batchpack/ledger/meta.py": "tests/ledger/test_opening.py and tests/ledger/test_pruning.py change what it keeps",
    "batchpack/ledger/requests.py": "tests/ledger/test_ledger.py tells requests in all orders",
    "batchpack/ledger/taking.py": "tests/ledger/test_ledger.py and tests/metrics/test_collecting.py take by it",
    "batchpack/ledger/values.py": "values; all tests of the ledger compare them",
    "batchpack/provider.py": "a Protocol and values; tests/plugins/test_anthropic_api.py holds the provider to it",
    "batchpack/commands/__init__.py": "a docstring and one constant that tests/test_cli.py uses",
    "batchpack/execution/cancelling.py": "tests/commands/test_cancel.py cancels runs, driven and abandoned",
    "batchpack/execution/carrying.py": "tests/execution/test_proof.py carries tasks through all their ends",
    "batchpack/execution/console.py": "tests/commands/test_run.py reads what it prints",
    "batchpack/execution/driving.py": "tests/commands/test_run.py drives whole runs",
    "batchpack/execution/merges.py": "tests/commands/test_run.py and tests/execution/test_proof.py merge by it",
    "batchpack/execution/orchestrator.py": "tests/execution/test_proof.py runs it against all that goes wrong",
    "install.py": "tests/test_install_script.py",
}
"""Modules without a test file at the mirrored place, each with the reason."""

WORDS = {
    "a path of one machine": r"/(?:root|home|Users)/(?!user\b|you\b|me\b)[a-z][\w.-]*/|/tmp/venv|/work/(main|shared)",
    "a task left undone": r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b",
    "a marker of a merge": r"^(?:<{7}|>{7}) ",
    "a secret": r"\bsk-ant-[A-Za-z0-9]{8,}|\bghp_[A-Za-z0-9]{20,}|BEGIN (?:RSA|OPENSSH) PRIVATE",
}


def tracked(*patterns: str) -> list[Path]:
    """List the files that git carries, those not yet added included."""
    words = ["git", "ls-files", "-co", "--exclude-standard", *patterns]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted({ROOT / name for name in listed if (ROOT / name).is_file()})


def name(path: Path) -> str:
    """Return a path as it is written in the tables above."""
    return path.relative_to(ROOT).as_posix()


def modules(*patterns: str) -> list[Path]:
    """List Python modules."""
    return [path for path in tracked(*(patterns or SOURCES)) if path.suffix == ".py"]


def parse(path: Path) -> ast.Module:
    """Parse a module."""
    return ast.parse(path.read_text(), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """List all functions of a module, nested ones too."""
    yield from (node for node in ast.walk(parse(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines from `def` to its end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def ninth_decile(sizes: list[int]) -> float:
    """Return the size that nine in ten do not exceed."""
    return quantiles(sizes, n=10, method="inclusive")[-1]


def test_functions_are_short() -> None:
    """Functions stay near eight lines, and none goes beyond sixty."""
    sizes = {f"{name(path)}:{node.name}": length(node) for path in modules() for node in functions(path)}

    assert {} == {where: size for where, size in sizes.items() if size > FUNCTION_MAX}
    assert median(sizes.values()) <= FUNCTION_MEDIAN
    assert ninth_decile(list(sizes.values())) <= FUNCTION_P90


def test_modules_are_short() -> None:
    """Modules stay below three hundred lines, nine in ten below two hundred and forty."""
    sizes = {name(path): len(path.read_text().splitlines()) for path in modules()}

    assert {} == {where: size for where, size in sizes.items() if size > MODULE_MAX}
    assert ninth_decile(list(sizes.values())) <= MODULE_P90


def _undocumented(path: Path) -> Iterator[str]:
    """Name what has no docstring: the module, its public functions and classes and their public methods."""
    page = parse(path)
    if not ast.get_docstring(page):
        yield name(path)
    waiting: list[tuple[str, ast.Module | ast.ClassDef]] = [(name(path), page)]
    while waiting:
        where, parent = waiting.pop()
        for node in parent.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_":
                if not ast.get_docstring(node):
                    yield f"{where}:{node.name}"
                if isinstance(node, ast.ClassDef):
                    waiting.append((f"{where}:{node.name}", node))


def test_everything_says_what_it_is_for() -> None:
    """Each module and each public function and class has a docstring."""
    assert [] == [missing for path in modules() for missing in _undocumented(path)]


def _unannotated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a parameter or the return of a function has no type."""
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    bare = [one.arg for one in given if one.annotation is None and one.arg not in {"self", "cls"}]
    return bool(bare) or node.returns is None


def test_everything_is_annotated() -> None:
    """Every parameter and every return has its type, in tests too."""
    pages = [*modules(), *modules("tests")]

    assert [] == [f"{name(path)}:{node.name}" for path in pages for node in functions(path) if _unannotated(node)]


def mirror(path: Path) -> Path:
    """Return where the test file of a module stands."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    parts = parts[1:] if parts[0] == "batchpack" else parts
    if parts[-1] == "__init__":
        parts = [*parts[:-2], parts[-2]] if len(parts) > 1 else parts
    return ROOT.joinpath("tests", *parts[:-1], f"test_{parts[-1].lstrip('_').replace('-', '_')}.py")


def test_every_module_has_its_mirror() -> None:
    """Each module's tests stand at the same place below tests/, or the exception has its reason."""
    without = [name(path) for path in modules() if not mirror(path).is_file() and name(path) not in MIRRORS]

    assert [] == [where for where in without if not where.endswith("__init__.py") or _has_code(ROOT / where)]


def _has_code(path: Path) -> bool:
    """Tell whether a package's front does more than to hand names on."""
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in parse(path).body)


def test_no_exception_outlives_its_reason() -> None:
    """A module in the list of exceptions exists and has no mirror."""
    assert [] == [where for where in MIRRORS if not (ROOT / where).is_file() or mirror(ROOT / where).is_file()]


def cases_of(path: Path) -> Iterator[ast.FunctionDef]:
    """List the test functions of a module."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def _can_fail(node: ast.FunctionDef) -> bool:
    """Tell whether a test asserts something, itself or through a call that says so."""
    for part in ast.walk(node):
        if isinstance(part, ast.Assert):
            return True
        if isinstance(part, ast.Call):
            called = part.func
            word = (
                called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
            )
            if word.startswith(("assert_", "check_", "raises", "fail", "json")) or word == "raises":
                return True
    return False


def test_every_test_says_its_rule_and_can_fail() -> None:
    """Each test has a docstring, and something in it that can fail."""
    cases = [(path, node) for path in modules("tests") if path.name.startswith("test_") for node in cases_of(path)]

    assert [] == [f"{name(path)}:{node.name}" for path, node in cases if not ast.get_docstring(node)]
    assert [] == [f"{name(path)}:{node.name}" for path, node in cases if not _can_fail(node)]


def test_no_test_mocks_our_own_code() -> None:
    """Tests use real files, processes and repositories: no mock library is imported."""
    mocks = re.compile(r"\b(?:unittest\.mock|from unittest import mock|pytest_mock|mocker)\b")

    assert [] == [
        name(path) for path in modules("tests") if path.name != "test_house.py" and mocks.search(path.read_text())
    ]


@pytest.mark.parametrize("what", WORDS)
def test_words_that_must_not_stand_anywhere(what: str) -> None:
    """No file that git carries holds a path of one machine, an undone task, a merge's marker or a secret."""
    found = [
        f"{name(path)}:{number}: {line.strip()[:80]}"
        for path in tracked()
        if path.name != "test_house.py"
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if re.search(WORDS[what], line)
    ]

    assert [] == found


def test_scripts_are_executable_and_nothing_else_is() -> None:
    """A file that git carries is executable if and only if it begins with `#!`; golden trees keep texts only."""
    carried = tracked(":!tests/snapshots")
    wrong = [name(path) for path in carried if os.access(path, os.X_OK) != path.read_bytes().startswith(b"#!")]

    assert [] == wrong


def test_the_top_is_as_given() -> None:
    """The eight names of the house stand at the top, and none of the pack's folders is a Python package."""
    assert {entry for entry in TOP if (ROOT / entry).exists()} == TOP
    assert [] == [
        entry for entry in ("plugins", "skills", "agents", "hooks") if (ROOT / entry / "__init__.py").exists()
    ]


def _assigned(page: ast.Module) -> list[str]:
    """List the names that a module defines, in their order."""
    names: list[str] = []
    for node in page.body:
        if isinstance(node, ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
        elif isinstance(node, ast.ImportFrom):
            names += [alias.asname for alias in node.names if alias.asname in PAGE]
    return names


def host_pages() -> list[Path]:
    """List the plugins that offer a host."""
    return [path for path in modules("plugins", "examples") if "def batchpack_hosts(" in path.read_text()]


def test_host_pages_are_one_page() -> None:
    """Every host page, the example's too, has the names of the page in their order and a word for every action."""
    pages = host_pages()

    assert len(pages) >= 4
    for path in pages:
        assert list(PAGE) == [one for one in _assigned(parse(path)) if one in PAGE], name(path)
        assert all(f'"{action}":' in path.read_text() for action in ACTIONS), name(path)


ALLOWED = {
    "host", "executor", "content", "render", "frontmatter", "files", "process", "git", "places", "errors", "values",
    "markers", "mirror", "policy", "protected", "provider", "engine", "source", "workplan", "local", "collector",
    "attribution",
}  # fmt: skip


def test_plugins_import_only_the_ground() -> None:
    """A plugin never imports commands, services or another plugin, so that it stands and falls alone."""
    wrong = []
    for path in modules("plugins"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "batchpack":
                parts = (node.module or "").split(".")
                rooms = {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
                wrong += [f"{name(path)}: {room}" for room in rooms - ALLOWED]
            elif isinstance(node, ast.ImportFrom | ast.Import) and "plugins" in ast.dump(node):
                wrong.append(f"{name(path)}: another plugin")

    assert [] == wrong


def test_core_never_names_a_plugin() -> None:
    """Outside of texts for people, no module of the engine compares with or looks up a host's name."""
    names = {path.parent.name if path.name == "__init__.py" else path.stem for path in host_pages()}
    found = []
    for path in modules("batchpack"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Constant) and node.value in names:
                found.append(f"{name(path)}:{node.lineno}: {node.value}")

    assert [] == found
