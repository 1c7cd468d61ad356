"""`batchpack render`: a host's files in a folder, for a look."""

from __future__ import annotations

import json

from tests.support.project import Project, tree
from tests.support.toy import put_toys


def test_a_tree_is_written_and_nothing_is_installed(project: Project) -> None:
    """Files and fresh settings stand below the folder, programs can be run, and there is no receipt."""
    put_toys(project.home)
    home = {name for name in tree(project.home) if "__pycache__" not in name}
    facts = project.run("render", "toy", "--out", "out", "--json").json()

    files = {name for name, data in tree(project.folder / "out").items() if not str(data).startswith("/ ")}
    assert set(facts["files"]) == files
    assert {".toy/agent/one.md", ".toy/settings.json", ".toy/config.toml"} <= files
    assert 0o755 == (project.folder / "out/.toy/skill/toy/go.sh").stat().st_mode & 0o777
    assert 2 == json.loads((project.folder / "out/.toy/settings.json").read_text())["depth"]
    assert home == {name for name in tree(project.home) if "__pycache__" not in name}


def test_the_scope_can_be_chosen(project: Project) -> None:
    """The user's scope has the home's folders; one that a host lacks is refused."""
    put_toys(project.home, project=None)
    project.run("render", "toy", "--out", "out").assert_ok()
    assert (project.folder / "out/.config/toy/agent/one.md").is_file()
    project.run("render", "toy", "--out", "out", "--scope", "project").assert_failed("no project scope")


def test_what_is_in_the_way_is_told(project: Project) -> None:
    """An unknown host is a usage error, a file in the folder's place an error; links out of the folder are refused."""
    put_toys(project.home)
    project.write({"file": "x"})
    project.run("render", "nothing", "--out", "out").assert_failed("no host named", code=2)
    project.run("render", "toy", "--out", "file").assert_failed("is a file")
    project.write({"full/.toy/agent/one.md": "mine"})
    project.run("render", "toy", "--out", "full").assert_failed("one.md is there already")
    (project.folder / "out").mkdir()
    (project.folder / "out/.toy").symlink_to(project.home)
    project.run("render", "toy", "--out", "out").assert_failed("lies outside")
