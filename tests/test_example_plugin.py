"""The example plugin of examples/: installed as a stranger would, it is a host, a skill and a role like our own."""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path

import pytest

from batchpack.host import PAGE
from tests.support.installs import Environment, run
from tests.support.project import ROOT, Outcome, Project, tree

EXAMPLE = ROOT / "examples" / "batchpack-notebook"
YAML = "# mine\nskills:\n  folders: [own] # keep\n"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Install Batchpack's clone and the example's wheel into a throw-away environment."""
    base = tmp_path_factory.mktemp("example")
    made = Environment(base / "venv")
    (made.site / "clone.pth").write_text(f"{ROOT}\n")
    source = shutil.copytree(EXAMPLE, base / "source", ignore=shutil.ignore_patterns("__pycache__"))
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(base), str(source)])
    made.install(str(next(base.glob("*.whl"))))
    return made


class Door:
    """`batchpack` of that environment, in a project."""

    def __init__(self, project: Project, environment: Environment) -> None:
        self.project, self.python = project, environment.program("python")

    def run(self, *words: str, **env: str) -> Outcome:
        """Run `batchpack <words>`."""
        return self.project.execute([self.python, "-m", "batchpack", *words], env=env)


@pytest.fixture
def door(project: Project, environment: Environment) -> Door:
    """Open the door in a fresh project."""
    return Door(project, environment)


def test_its_host_is_listed(door: Door) -> None:
    """The stranger's host stands among ours, and goes when plugins of others are switched off."""
    assert "notebook" in door.run("hosts").assert_ok().out
    assert "notebook" not in door.run("hosts", BATCHPACK_NO_PLUGINS="1").assert_ok().out


def test_its_host_renders_the_pack(door: Door) -> None:
    """Its page gets the pack's skill and agents as well as its own, in its own words."""
    out = door.project.home / "out"
    door.run("render", "notebook", "--out", str(out)).assert_ok()

    files = set(tree(out))
    assert {".notebook/skills/batch-run.md", ".notebook/skills/release-notes.md"} <= files
    assert {".notebook/colleagues/architect.md", ".notebook/colleagues/technical-writer.md"} <= files
    assert "`shell`" in (out / ".notebook/skills/release-notes.md").read_text()


def test_its_content_reaches_our_hosts(door: Door) -> None:
    """A skill and an agent of a plugin are rendered for every host."""
    out = door.project.home / "out"
    door.run("render", "opencode", "--out", str(out)).assert_ok()

    names = " ".join(tree(out))
    assert "release-notes" in names
    assert "technical-writer" in names


def test_it_installs_and_uninstalls_without_a_trace(door: Door) -> None:
    """Settings in YAML and TOML are merged, comments kept, and all of it is undone byte for byte."""
    door.project.write({".notebook/notebook.yaml": YAML, "a.txt": "mine"})
    before, home = tree(door.project.folder), tree(door.project.home)

    door.run("install", "--host", "notebook", "--scope", "project", "--yes").assert_ok()
    installed = tree(door.project.folder)
    door.run("uninstall", "--host", "notebook", "--scope", "project", "--yes").assert_ok()

    assert b"# keep" in bytes(installed[".notebook/notebook.yaml"])  # type: ignore[arg-type]
    assert b"skills" in bytes(installed[".notebook/notebook.yaml"]).split(b"folders")[1]  # type: ignore[arg-type]
    assert b'"batchpack"' in bytes(installed[".notebook/shell.toml"])  # type: ignore[arg-type]
    assert before == tree(door.project.folder)
    assert home == {path: data for path, data in tree(door.project.home).items() if "/state" not in path}


def test_its_role_is_planned(door: Door) -> None:
    """A description that names the role's words gets its agent, after those it waits for."""
    plan = door.run("plan", "--json", "Build a Go backend and a user guide for it").json()

    names = [agent["name"] for agent in plan["agents"]]
    batches = {task: batch["number"] for batch in plan["batches"] for task in batch["tasks"]}
    assert {"backend-go", "technical-writer"} <= set(names)
    assert batches["backend-go"] < batches["technical-writer"]


def test_its_page_is_like_every_page() -> None:
    """The names of a host page stand in it in their order."""
    page = ast.parse((EXAMPLE / "batchpack_notebook/__init__.py").read_text())
    names: list[str] = []
    for node in page.body:
        if isinstance(node, ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)

    assert list(PAGE) == [name for name in names if name in PAGE]


def test_it_names_no_private_part_of_batchpack() -> None:
    """The example imports what plugins may: no commands, no services, no names with an underscore."""
    allowed = {"frontmatter", "host", "markers", "values", "content", "executor", "render", "files", "places"}
    for path in Path(EXAMPLE).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("batchpack."):
                assert (node.module or "").split(".")[1] in allowed
                assert not any(alias.name.startswith("_") for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module == "batchpack":
                assert {alias.name for alias in node.names} <= allowed
