"""Tests of the worktrees."""
