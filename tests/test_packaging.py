"""Packaging: wheel, wheel made of the sdist, editable install and bare clone are one and the same product."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.installs import Environment, copy_clone, run
from tests.support.project import ROOT, tree

HOSTS = ("claude_code", "opencode", "osa")
ROADS = ("wheel", "sdist", "editable", "clone")
PROGRAMS = ("batch-metrics", "batchpack", "task-cli")


@dataclass(frozen=True)
class Road:
    """One way to have Batchpack: its environment and the argv that starts it."""

    environment: Environment
    start: list[str]
    cwd: Path

    def run(self, *words: str) -> str:
        """Run `batchpack <words>`."""
        return run([*self.start, *words], self.cwd)


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy this clone as git would carry it."""
    return copy_clone(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="session")
def built(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build a wheel from the clone, an sdist, and a wheel from that sdist."""
    direct, round_about = tmp_path_factory.mktemp("direct"), tmp_path_factory.mktemp("round-about")
    start = [sys.executable, "-m", "build", "--no-isolation"]
    run([*start, "--wheel", "--outdir", str(direct), str(clone)])
    run([*start, "--outdir", str(round_about), str(clone)])
    [wheel], [again], [sdist] = direct.glob("*.whl"), round_about.glob("*.whl"), round_about.glob("*.tar.gz")
    return {"wheel": wheel, "sdist": again, "source": sdist}


@pytest.fixture(scope="session")
def roads(clone: Path, built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Road]:
    """Install along each road."""
    away = tmp_path_factory.mktemp("away")
    environments = {name: Environment(tmp_path_factory.mktemp("roads") / name) for name in ROADS}
    environments["wheel"].install(str(built["wheel"]))
    environments["sdist"].install(str(built["sdist"]))
    environments["editable"].install("--editable", str(clone))
    roads = {name: Road(one, [one.program("batchpack")], away) for name, one in environments.items()}
    bare = environments["clone"]
    return {**roads, "clone": Road(bare, [bare.program("python"), "-B", "-m", "batchpack"], clone)}


def members(wheel: Path) -> dict[str, tuple[bytes, int]]:
    """Return a wheel's files: name → content and mode."""
    with zipfile.ZipFile(wheel) as archive:
        return {info.filename: (archive.read(info), info.external_attr >> 16) for info in archive.infolist()}


def test_the_wheel_is_the_same_from_clone_and_sdist(built: dict[str, Path]) -> None:
    """Every file, its content and its mode agree, so that `uvx` from an sdist gives what a release does."""
    assert members(built["wheel"]) == members(built["sdist"])


def test_the_wheel_carries_the_pack_and_nothing_at_the_top(built: dict[str, Path]) -> None:
    """The four folders lie below the engine; no top-level plugins, skills, hooks or tests, no bytecode."""
    names = members(built["wheel"])
    top = {name.split("/")[0] for name in names}

    assert {"batchpack"} == {name for name in top if not name.endswith(".dist-info")}
    for folder in ("plugins", "skills", "agents", "hooks"):
        assert any(name.startswith(f"batchpack/_pack/{folder}/") for name in names), folder
    assert [] == [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    assert "batchpack/py.typed" in names


def test_the_wheel_carries_what_modules_read(built: dict[str, Path]) -> None:
    """Templates, styles, scripts and hooks stand in the wheel as they do here."""
    kinds = {"batchpack": ("j2", "css", "js", "html"), "plugins": ("j2", "js"), "hooks": ("py",)}
    files = {path for folder, ends in kinds.items() for end in ends for path in (ROOT / folder).rglob(f"*.{end}")}
    names = {path.relative_to(ROOT).as_posix() for path in files}
    placed = {name if name.startswith("batchpack/") else f"batchpack/_pack/{name}" for name in names}

    assert {"batchpack/metrics/live.js", "plugins/opencode/marks.js", "hooks/mark.py"} <= names
    assert set() == placed - set(members(built["wheel"]))


def test_the_sdist_carries_all_that_a_build_needs(built: dict[str, Path]) -> None:
    """The sdist has the sources with install.py and tests, and no bytecode or caches."""
    with tarfile.open(built["source"]) as archive:
        names = ["/".join(name.split("/")[1:]) for name in archive.getnames()]

    assert {"install.py", "pyproject.toml", "hooks/batch-metrics.py", "tests/test_packaging.py"} <= set(names)
    assert [] == [
        name for name in names if "__pycache__" in name or name.startswith((".venv", "tests/hosts/programs/node"))
    ]


@pytest.mark.parametrize("road", ["wheel", "sdist"])
def test_an_install_brings_one_package(roads: dict[str, Road], road: str) -> None:
    """Nothing but `batchpack` reaches site-packages, so no other project's plugins or tests are shadowed."""
    brought = roads[road].environment.brought()

    assert {"batchpack"} == {name for name in brought if not name.endswith(".dist-info")}


@pytest.mark.parametrize("road", ["wheel", "sdist"])
def test_programs_stay_executable(roads: dict[str, Road], road: str) -> None:
    """Scripts of the pack that a host runs keep their executable bit, and the three programs are there."""
    environment = roads[road].environment
    pack = environment.site / "batchpack" / "_pack"
    scripts = [path for path in (ROOT / "hooks").iterdir() if path.is_file() and os.access(path, os.X_OK)]

    assert scripts
    for path in scripts:
        assert os.access(pack / path.relative_to(ROOT), os.X_OK), path
    assert all(os.access(environment.program(name), os.X_OK) for name in PROGRAMS)


@pytest.mark.parametrize("road", ROADS)
def test_the_version_agrees(roads: dict[str, Road], road: str) -> None:
    """Every road says the version of pyproject.toml."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert f"batchpack {version}\n" == roads[road].run("--version")


def _places(road: Road) -> list[str]:
    """Return the engine's folder and the environment's: scripts in a host name them."""
    script = "import batchpack; print(batchpack.__path__[0])"
    return [run([road.environment.program("python"), "-c", script], road.cwd).strip(), str(road.environment.folder)]


def _placeless(data: bytes | str, places: list[str]) -> bytes | str:
    """Return a file without these places, and without the fingerprints that depend on them."""
    if isinstance(data, str):
        return data
    for place in places:
        data = data.replace(place.encode(), b"PLACE")
    return re.sub(rb"[0-9a-f]{64}", b"FINGERPRINT", data)


@pytest.mark.parametrize("host", HOSTS)
def test_every_road_renders_the_same_tree(roads: dict[str, Road], tmp_path: Path, host: str) -> None:
    """What a host gets is the same, whichever way Batchpack was had, but for the places where that way put it."""
    trees = {}
    out = tmp_path / "out"
    for name, road in roads.items():
        road.run("render", host, "--out", str(out))
        places = _places(road)
        trees[name] = {path: _placeless(data, places) for path, data in tree(out).items()}
        shutil.rmtree(out)

    assert trees["wheel"]
    assert all(trees["wheel"] == other for other in trees.values())


@pytest.mark.parametrize("road", ["wheel", "clone"])
def test_the_demo_plays_on_every_road(roads: dict[str, Road], tmp_path: Path, road: str) -> None:
    """What the demo needs is carried along: its project, its agents, and the way to start `batchpack` from a run."""
    assert "test-automator DONE" in roads[road].run("demo", "--dir", str(tmp_path / "demo"))


def test_an_editable_install_is_live(roads: dict[str, Road], clone: Path, tmp_path: Path) -> None:
    """A change of content in the clone shows at once, and not in the wheel that was made before."""
    agent = clone / "agents" / "explorer.md.j2"
    before = agent.read_text()
    agent.write_text(before + "\nLIVE\n")
    try:
        for name in ("editable", "clone", "wheel"):
            roads[name].run("render", "opencode", "--out", str(tmp_path / name))
    finally:
        agent.write_text(before)

    live = {name: any(b"LIVE" in data for data in tree(tmp_path / name).values() if isinstance(data, bytes))
            for name in ("editable", "clone", "wheel")}  # fmt: skip
    assert {"editable": True, "clone": True, "wheel": False} == live
