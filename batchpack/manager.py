"""The plugin manager: built-ins by walking plugins/, the user's own folder, strangers by entry point."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeVar

import pluggy

from batchpack import hookspecs, places
from batchpack.app import Registry
from batchpack.collector import Collector
from batchpack.engine import Engine
from batchpack.errors import BatchpackError
from batchpack.executor import Executor
from batchpack.host import Host
from batchpack.markers import PROJECT
from batchpack.provider import Provider
from batchpack.source import Source

SWITCH = "BATCHPACK_NO_PLUGINS"
"""Set to anything but 0 or nothing, strangers and the user's own plugins stay out."""


class BrokenPlugin(BatchpackError):
    """A plugin that does not load or answers a question that nobody asks."""

    def __init__(self, name: str, reason: object) -> None:
        super().__init__(
            f"plugin {name}: {reason}", f"mend or remove it, or set {SWITCH}=1 to run without plugins of others"
        )


class _Named(Protocol):
    """Anything that has a name."""

    NAME: str


N = TypeVar("N", bound=_Named)


def create() -> pluggy.PluginManager:
    """Load all plugins through one door; raises BrokenPlugin for one that fails or that misspells a question."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    for path in _modules(places.pack_root() / "plugins"):
        _register(manager, path, "built-in")
    if not switched_off():
        for path in _modules(places.config_folder() / "plugins"):
            _register(manager, path, "user")
        _load_strangers(manager)
    _check(manager)
    return manager


def switched_off() -> bool:
    """Tell whether plugins of others are switched off."""
    return os.environ.get(SWITCH, "0") not in {"", "0"}


def _modules(folder: Path) -> Iterator[Path]:
    """List a plugin folder's modules: single files, and folders with an `__init__.py`, in the order of names."""
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir()):
        page = entry / "__init__.py" if entry.is_dir() else entry
        if page.suffix == ".py" and page.is_file() and not entry.name.startswith(("_", ".")):
            yield page


def _register(manager: pluggy.PluginManager, page: Path, origin: str) -> None:
    """Load a plugin by path and register it under its file's name."""
    name = page.parent.name if page.name == "__init__.py" else page.stem
    try:
        manager.register(_load(page, f"batchpack_plugins.{origin.replace('-', '_')}.{name}"), name=f"{origin}:{name}")
    except BatchpackError:
        raise
    except Exception as error:
        raise BrokenPlugin(f"{name} ({page})", f"{type(error).__name__}: {error}") from error


def _load(page: Path, name: str) -> ModuleType:
    """Import a module or package from a file under a name of our own, so that it never shadows another."""
    folder = [str(page.parent)] if page.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, page, submodule_search_locations=folder)
    if spec is None or spec.loader is None:
        raise BrokenPlugin(name, f"{page} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _load_strangers(manager: pluggy.PluginManager) -> None:
    """Load installed plugins of the entry point group."""
    if not any(_offers(folder or ".") for folder in sys.path):
        return
    try:
        manager.load_setuptools_entrypoints(PROJECT)
    except Exception as error:
        raise BrokenPlugin(f"of entry point group {PROJECT}", f"{type(error).__name__}: {error}") from error


def _offers(folder: str) -> bool:
    """Tell whether a folder of the module path has a distribution with plugins for us, or is an archive.

    importlib.metadata takes 20 ms for the same look, half of what starting a small command takes.
    """
    if os.path.isfile(folder):  # noqa: PTH113 - called for each folder at each start
        return True
    try:
        with os.scandir(folder) as entries:
            found = [entry.path for entry in entries if entry.name.lower().endswith((".dist-info", "egg-info"))]
    except OSError:
        return False
    return any(_lists_us(path) for path in found)


def _lists_us(distribution: str) -> bool:
    """Tell whether a distribution has entry points of our group."""
    try:
        with open(f"{distribution}/entry_points.txt", "rb") as stream:  # noqa: PTH123 - as above
            return f"[{PROJECT}]".encode() in stream.read()
    except OSError:
        return False


def _check(manager: pluggy.PluginManager) -> None:
    """Refuse a hook that no hookspec asks for: it would be passed over in silence."""
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise BrokenPlugin(str(manager.get_name(error.plugin)), error) from error


def load() -> Registry:
    """Ask the plugins what they offer."""
    manager = create()
    hosts: dict[str, Host] = {}
    executors: dict[str, Executor] = {}
    providers: dict[str, Provider] = {}
    engines: dict[str, Engine] = {}
    sources: dict[str, Source] = {}
    collectors: dict[str, Collector] = {}
    roots = [places.pack_root()]
    manager.hook.batchpack_hosts(register=_registrar(hosts, "host"))
    manager.hook.batchpack_executors(register=_registrar(executors, "executor"))
    manager.hook.batchpack_providers(register=_registrar(providers, "provider"))
    manager.hook.batchpack_engines(register=_registrar(engines, "engine"))
    manager.hook.batchpack_sources(register=_registrar(sources, "source"))
    manager.hook.batchpack_collectors(register=_registrar(collectors, "collector"))
    manager.hook.batchpack_content(register=roots.append)
    if not switched_off():
        roots.append(places.config_folder())
    return Registry(
        hosts=dict(sorted(hosts.items())),
        executors=dict(sorted(executors.items())),
        content_roots=tuple(roots),
        providers=dict(sorted(providers.items())),
        engines=dict(sorted(engines.items())),
        sources=dict(sorted(sources.items())),
        collectors=dict(sorted(collectors.items())),
    )


def _registrar(into: dict[str, N], kind: str) -> Callable[[N], None]:
    """Make a `register` that refuses a name taken already."""

    def register(offered: N) -> None:
        if offered.NAME in into:
            raise BrokenPlugin(offered.NAME, f"a {kind} of that name is registered already")
        into[offered.NAME] = offered

    return register
