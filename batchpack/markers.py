"""The two pluggy markers, at the ground so that plugins and manager need not know each other."""

from __future__ import annotations

import pluggy

PROJECT = "batchpack"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
