"""Attempts at tasks: what an agent is told, what it claims, what the engine checks itself, and what comes next."""
