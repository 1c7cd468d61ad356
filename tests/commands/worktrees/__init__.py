"""Tests of `batchpack worktrees`."""
