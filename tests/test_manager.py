"""The plugin manager: built-ins by walking, the user's folder, strangers by entry point, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchpack import manager, places
from batchpack.manager import BrokenPlugin

PAGE = '''
"""A host of a test."""
from types import SimpleNamespace
from batchpack.markers import hookimpl

@hookimpl
def batchpack_hosts(register):
    register(SimpleNamespace(NAME="{name}"))
'''


@pytest.fixture
def folder() -> Path:
    """Make the user's own plugin folder, in the home of this test."""
    path = places.config_folder() / "plugins"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a distribution with an entry point; returns its module."""
    module = tmp_path / "site" / "stranger.py"
    info = tmp_path / "site" / "stranger-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[batchpack]\nstranger = stranger\n")
    module.write_text(PAGE.format(name="stranger"))
    monkeypatch.syspath_prepend(str(module.parent))
    monkeypatch.delitem(__import__("sys").modules, "stranger", raising=False)
    return module


def test_built_ins_are_found_by_walking() -> None:
    """Every module of plugins/ is loaded, so that there is no list to keep."""
    entries = (places.pack_root() / "plugins").iterdir()
    modules = {path.stem for path in entries if path.suffix == ".py" or (path / "__init__.py").is_file()}

    names = {name for name, _ in manager.create().list_name_plugin()}

    assert {f"built-in:{name}" for name in modules if not name.startswith("_")} <= names
    assert {"claude_code", "opencode", "osa"} <= modules


def test_hosts_come_in_the_order_of_their_names() -> None:
    """The registry is sorted, so that everything made of it is the same each time."""
    hosts = list(manager.load().hosts)

    assert sorted(hosts) == hosts


def test_a_module_in_the_users_folder_is_a_plugin(folder: Path) -> None:
    """A single file and a package with an __init__.py are loaded; what begins with _ or . is not."""
    (folder / "single.py").write_text(PAGE.format(name="single"))
    (folder / "packed").mkdir()
    (folder / "packed/__init__.py").write_text(PAGE.format(name="packed"))
    for hidden in ("_part.py", ".hidden.py", "notes.txt"):
        (folder / hidden).write_text("raise SystemError")

    assert {"single", "packed"} <= set(manager.load().hosts)


def test_a_stranger_comes_by_entry_point(stranger: Path) -> None:
    """An installed distribution with an entry point of the group is loaded."""
    assert stranger.exists()
    assert "stranger" in manager.load().hosts


@pytest.mark.parametrize(("value", "off"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_plugins_of_others_can_be_switched_off(
    folder: Path, stranger: Path, monkeypatch: pytest.MonkeyPatch, value: str, off: bool
) -> None:
    """With the switch, neither strangers nor the user's own plugins and content are loaded."""
    (folder / "own.py").write_text(PAGE.format(name="own"))
    monkeypatch.setenv(manager.SWITCH, value)

    registry = manager.load()

    assert off is not ({"own", stranger.stem} <= set(registry.hosts))
    assert off is not (places.config_folder() in registry.content_roots)


def test_the_packs_content_comes_first_and_the_users_last() -> None:
    """Later roots win, so the user's own folder has the last word."""
    roots = manager.load().content_roots

    assert (places.pack_root(), places.config_folder()) == (roots[0], roots[-1])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("raise ValueError('no')", "ValueError: no"),
        ("def (", "SyntaxError"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("from batchpack.markers import hookimpl\n@hookimpl\ndef batchpack_host(register): ...", "batchpack_host"),
        ("from batchpack.markers import hookimpl\n@hookimpl\ndef batchpack_hosts(wrong): ...", "wrong"),
    ],
    ids=["raises", "syntax", "import", "misspelt hook", "misspelt argument"],
)
def test_a_broken_plugin_is_named(folder: Path, text: str, reason: str) -> None:
    """A plugin that fails, or answers what nobody asks, is refused by name with the way out."""
    (folder / "broken.py").write_text(text)

    with pytest.raises(BrokenPlugin, match="broken") as caught:
        manager.load()

    assert reason in caught.value.message
    assert f"{manager.SWITCH}=1" in caught.value.hint


def test_a_broken_stranger_is_refused(stranger: Path) -> None:
    """An entry point that fails to load is told with its reason."""
    stranger.write_text("1 / 0")

    with pytest.raises(BrokenPlugin, match="ZeroDivisionError"):
        manager.load()


def test_a_name_is_given_once(folder: Path) -> None:
    """A second host of a name is refused, whoever offers it."""
    (folder / "copy.py").write_text(PAGE.format(name="opencode"))

    with pytest.raises(BrokenPlugin, match="registered already"):
        manager.load()


def test_a_user_plugin_named_like_a_built_in_shadows_nothing(folder: Path) -> None:
    """File names of different origins do not collide: each is loaded under a name of its own."""
    (folder / "opencode.py").write_text(PAGE.format(name="mine"))

    assert {"mine", "opencode"} <= set(manager.load().hosts)
