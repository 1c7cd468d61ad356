"""The demo: a whole run in a throw-away project, driven by what the commands print, with agents that need no model."""

from __future__ import annotations
