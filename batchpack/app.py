"""What every command is handed: hosts, executors and content folders, loaded when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from batchpack import git, places
from batchpack.collector import Collector
from batchpack.engine import Engine
from batchpack.errors import UnknownName, UsageError
from batchpack.executor import Executor
from batchpack.host import Host
from batchpack.provider import Provider
from batchpack.source import Source


@dataclass(frozen=True, slots=True)
class Registry:
    """What the plugins offered, each kind by name; content roots with the pack's own first."""

    hosts: Mapping[str, Host]
    executors: Mapping[str, Executor]
    content_roots: tuple[Path, ...]
    providers: Mapping[str, Provider] = field(default_factory=dict)
    engines: Mapping[str, Engine] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    collectors: Mapping[str, Collector] = field(default_factory=dict)


class App:
    """The plugins' offers and the project at hand."""

    def __init__(self, load: Callable[[], Registry]) -> None:
        self._load = load

    @cached_property
    def registry(self) -> Registry:
        """Load the plugins, once."""
        return self._load()

    def host(self, name: str) -> Host:
        """Return a host by name; raises UnknownName with the names there are."""
        try:
            return self.registry.hosts[name]
        except KeyError as error:
            raise UnknownName("host", name, self.registry.hosts) from error

    def executor(self, name: str) -> Executor:
        """Return an executor by name; raises UnknownName with the names there are."""
        try:
            return self.registry.executors[name]
        except KeyError as error:
            raise UnknownName("executor", name, self.registry.executors) from error

    def engine(self, name: str) -> Engine:
        """Return an engine by name; raises UnknownName with the names there are."""
        try:
            return self.registry.engines[name]
        except KeyError as error:
            raise UnknownName("engine", name, self.registry.engines) from error

    def source(self, name: str | None, path: Path) -> Source:
        """Return a format of plans by name, else the one that fits a file or folder."""
        sources = self.registry.sources
        if name is not None:
            try:
                return sources[name]
            except KeyError as error:
                raise UnknownName("source", name, sources) from error
        if not path.exists():
            raise UsageError(f"there is no file or folder {path}", "give a plan file or a folder of tasks")
        found = next((one for one in sources.values() if one.fits(path)), None)
        if found is None:
            raise UsageError(
                f"{path} is of no format that is known here", f"say which with --source: {', '.join(sources)}"
            )
        return found

    def provider(self, name: str | None, model: str = "") -> Provider:
        """Return a provider by name, else the one that serves the model, else the only one there is."""
        providers = self.registry.providers
        if name is not None:
            try:
                return providers[name]
            except KeyError as error:
                raise UnknownName("provider", name, providers) from error
        found = [one for one in providers.values() if one.serves(model)] or list(providers.values())
        if len(found) != 1:
            raise UsageError(
                f"several providers may serve {model!r}", f"choose with --provider: {', '.join(providers)}"
            )
        return found[0]

    @property
    def content_roots(self) -> tuple[Path, ...]:
        """Return the folders to read skills, agents and rosters from, later ones winning."""
        return self.registry.content_roots

    def project(self, given: Path | None = None) -> Path:
        """Return the project folder: the given one, else the main work tree around here, else this folder."""
        if given is not None:
            return given.resolve()
        here = Path.cwd()
        found = git.main_work_tree(here)
        return found if found is not None and found != places.home() else here
