"""The questions that plugins answer; a plugin is handed `register` and calls it once for each thing it offers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from batchpack.executor import Executor
from batchpack.host import Host
from batchpack.markers import hookspec
from batchpack.provider import Provider


@hookspec
def batchpack_hosts(register: Callable[[Host], None]) -> None:
    """Offer hosts: modules or objects that fit `batchpack.host.Host`."""


@hookspec
def batchpack_executors(register: Callable[[Executor], None]) -> None:
    """Offer executors: modules or objects that fit `batchpack.executor.Executor`."""


@hookspec
def batchpack_providers(register: Callable[[Provider], None]) -> None:
    """Offer services of models: modules or objects that fit `batchpack.provider.Provider`."""


@hookspec
def batchpack_content(register: Callable[[Path], None]) -> None:
    """Offer folders that hold skills/, agents/ and agents/roster.yaml of your own, beside the pack's."""
