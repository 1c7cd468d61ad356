"""Dependable batches of coding agents: the engine that the pack's skills, agents and commands call."""

from __future__ import annotations
