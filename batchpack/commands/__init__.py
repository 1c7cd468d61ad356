"""One module a command group: parser and handler together; the module's name is the command's."""

from __future__ import annotations

OWN_PROGRAMS = frozenset({"batch_metrics", "task_cli"})
"""Command modules that are programs of their own instead of words behind `batchpack`."""
