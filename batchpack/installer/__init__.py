"""Install and uninstall: hosts say files and edits, this does them, with a receipt for the way back."""

from __future__ import annotations

from batchpack.installer.targets import render_host, target_for

__all__ = ["render_host", "target_for"]
