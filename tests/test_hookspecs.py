"""The hookspecs: each is documented with its arguments, has a real plugin that uses it, and a test of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from batchpack import hookspecs, manager, places
from batchpack.executor import Order
from batchpack.host import ACTIONS, PAGE
from tests.support.project import ROOT

PAGE_OF_DOCS = ROOT / "docs" / "plugins.md"
SPECS = {name: spec for name, spec in vars(hookspecs).items() if name.startswith("batchpack_")}
PLUGIN = """
from types import SimpleNamespace
from batchpack.markers import hookimpl
@hookimpl
def {hook}(register):
    {act}
"""


def with_plugin(hook: str, act: str) -> None:
    """Give the user a plugin that answers one question."""
    folder = places.config_folder() / "plugins"
    folder.mkdir(parents=True)
    (folder / "one.py").write_text(PLUGIN.format(hook=hook, act=act))


@pytest.mark.parametrize("name", SPECS)
def test_every_hookspec_is_documented(name: str) -> None:
    """The page for plugin authors has a heading with the hookspec's name and exact arguments, and its sentence."""
    text = PAGE_OF_DOCS.read_text()
    arguments = ", ".join(inspect.signature(SPECS[name]).parameters)
    sentence = " ".join((inspect.getdoc(SPECS[name]) or "").split())

    assert f"### `{name}({arguments})`" in text
    assert sentence in " ".join(text.split())


@pytest.mark.parametrize("name", SPECS)
def test_every_hookspec_has_a_plugin_that_needs_it(name: str) -> None:
    """A built-in plugin or the example answers it: no question is asked for its own sake."""
    pages = [*ROOT.glob("plugins/**/*.py"), *ROOT.glob("examples/**/*.py")]

    assert [] != [path for path in pages if f"def {name}(" in path.read_text()]


@pytest.mark.parametrize("name", SPECS)
def test_every_hookspec_has_a_test(name: str) -> None:
    """A test here is named after each hookspec."""
    assert f"test_{name}" in globals()


def test_no_question_is_called_that_nobody_specified() -> None:
    """The manager asks each hookspec, and only these."""
    source = inspect.getsource(manager)

    assert set(SPECS) == {word for word in SPECS if f"manager.hook.{word}(" in source}
    assert len(SPECS) == source.count("manager.hook.")


def test_batchpack_hosts() -> None:
    """What is registered as a host can be asked for by its name."""
    with_plugin("batchpack_hosts", "register(SimpleNamespace(NAME='paper', TITLE='Paper'))")

    assert "Paper" == manager.load().hosts["paper"].TITLE


def test_batchpack_executors() -> None:
    """What is registered as an executor can be asked for by its name, and says an argv."""
    with_plugin("batchpack_executors", "register(SimpleNamespace(NAME='echo', TITLE='Echo'))")

    assert "Echo" == manager.load().executors["echo"].TITLE


def test_batchpack_engines() -> None:
    """What is registered as an engine can be asked for by its name."""
    with_plugin("batchpack_engines", "register(SimpleNamespace(NAME='paper', TITLE='Paper'))")

    assert "Paper" == manager.load().engines["paper"].TITLE


def test_batchpack_sources() -> None:
    """What is registered as a format of plans can be asked for by its name."""
    with_plugin("batchpack_sources", "register(SimpleNamespace(NAME='paper', TITLE='Paper'))")

    assert "Paper" == manager.load().sources["paper"].TITLE


def test_batchpack_providers() -> None:
    """What is registered as a provider can be asked for by its name."""
    with_plugin("batchpack_providers", "register(SimpleNamespace(NAME='paper', TITLE='Paper'))")

    assert "Paper" == manager.load().providers["paper"].TITLE


def test_batchpack_content() -> None:
    """A registered folder stands between the pack's content and the user's own."""
    with_plugin("batchpack_content", "from pathlib import Path; register(Path('/some/content'))")

    assert (places.pack_root(), Path("/some/content"), places.config_folder()) == manager.load().content_roots


@pytest.mark.parametrize("name", PAGE)
def test_every_name_of_a_host_page_is_documented(name: str) -> None:
    """The page for plugin authors explains each name that a host page must have."""
    assert f"`{name}`" in PAGE_OF_DOCS.read_text()


def test_every_action_is_documented() -> None:
    """The page for plugin authors lists the action words."""
    assert ", ".join(f"`{action}`" for action in ACTIONS) in PAGE_OF_DOCS.read_text()


def test_built_in_executors_fit_the_protocol() -> None:
    """Each executor has a name and a title, says what is missing, and an argv of plain words for an order."""
    executors = manager.load().executors

    assert {"demo"} <= set(executors)
    for name, executor in executors.items():
        order = Order("one", 1, Path("/run/prompts/explorer.md"), Path("/run"), command="true", agent="explorer")
        argv = executor.launch(order).argv
        assert (name, True) == (executor.NAME, bool(executor.TITLE))
        assert isinstance(executor.missing(), str)
        assert argv
        assert all(isinstance(word, str) for word in argv)


def test_a_registered_thing_is_only_named_once() -> None:
    """`register` is called once for each thing; the same object twice is refused like any second one."""

    def offer(register: Callable[[SimpleNamespace], None]) -> None:
        thing = SimpleNamespace(NAME="twice")
        register(thing)
        register(thing)

    into: dict[str, SimpleNamespace] = {}
    with pytest.raises(manager.BrokenPlugin, match="registered already"):
        offer(manager._registrar(into, "host"))
    assert ["twice"] == list(into)


def test_batchpack_collectors() -> None:
    """What is registered as a collector can be asked for by its name."""
    with_plugin("batchpack_collectors", "register(SimpleNamespace(NAME='ear', TITLE='Ear'))")

    assert "Ear" == manager.load().collectors["ear"].TITLE
