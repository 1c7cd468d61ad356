"""The questions that plugins answer; a plugin is handed `register` and calls it once for each thing it offers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from batchpack.collector import Collector
from batchpack.engine import Engine
from batchpack.executor import Executor
from batchpack.host import Host
from batchpack.markers import hookspec
from batchpack.provider import Provider
from batchpack.source import Source


@hookspec
def batchpack_hosts(register: Callable[[Host], None]) -> None:
    """Offer hosts: modules or objects that fit `batchpack.host.Host`."""


@hookspec
def batchpack_executors(register: Callable[[Executor], None]) -> None:
    """Offer executors: modules or objects that fit `batchpack.executor.Executor`."""


@hookspec
def batchpack_engines(register: Callable[[Engine], None]) -> None:
    """Offer engines: modules or objects that fit `batchpack.engine.Engine`."""


@hookspec
def batchpack_sources(register: Callable[[Source], None]) -> None:
    """Offer formats of plans: modules or objects that fit `batchpack.source.Source`."""


@hookspec
def batchpack_providers(register: Callable[[Provider], None]) -> None:
    """Offer services of models: modules or objects that fit `batchpack.provider.Provider`."""


@hookspec
def batchpack_collectors(register: Callable[[Collector], None]) -> None:
    """Offer collectors of usage: modules or objects that fit `batchpack.collector.Collector`."""


@hookspec
def batchpack_content(register: Callable[[Path], None]) -> None:
    """Offer folders that hold skills/, agents/ and agents/roster.yaml of your own, beside the pack's."""
