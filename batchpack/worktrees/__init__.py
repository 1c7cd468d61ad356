"""Worktrees for tasks: made, checked, looked at, salvaged and taken away, so that no work of an agent is lost."""
