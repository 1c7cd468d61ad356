"""What agents are kept from, and the few commands that some are given: patterns that every host starts from."""

from __future__ import annotations

SECRET_FILES = (
    "*.env", "*.env.*", "*.envrc", "*.key", "*.pem", "*.p12", "*.pfx", "*.secret", "*.netrc", "*.pypirc", "*id_rsa*",
    "*id_ed25519*",
)  # fmt: skip
"""Files that no agent reads or edits, as patterns for a whole path; `*.env.example` is none of them."""

PROTECTED_FOLDERS = (
    ".git", ".batchpack", ".tmp/tasks", ".opencode", ".claude", ".osa", ".agents", ".codex", ".gemini", ".cursor",
    ".ssh", "node_modules",
)  # fmt: skip
"""Folders that no agent edits: git's, hosts' settings, records of runs and tasks, what package managers bring."""

PROTECTED_FILES = ("*opencode.json*", "*.mcp.json")
"""Settings of hosts that lie outside their folders."""

READ_ONLY_COMMANDS = ("git log", "git diff", "git show", "git status", "git blame", "ls", "rg", "wc")
"""What `bash: read-only` lets an agent run, with arguments."""

TURNED_COMMANDS = ("git*--output*", "git*--ext*", "git*--textc*", "rg*--pre*", "rg*--hostname-bin*")
"""Arguments that make one of those write a file or run a program."""

GIT_WRITES = ("add", "checkout", "clean", "commit", "merge", "push", "rebase", "reset", "restore", "stash", "switch")
"""Git's commands that `bash: project` leaves out: several agents share the work tree."""

WORKTREE_GIT = ("add", "commit", "restore")
"""Which of those `bash: worktree` has: there the agent is alone, on a branch of its own."""

GIT_OF_ALL = (
    "am", "bisect", "cherry-pick", "fetch", "filter-branch", "gc", "prune", "pull", "reflog", "replace", "revert",
    "submodule", "symbolic-ref", "update-ref",
)  # fmt: skip
"""What it does not have beside them: branches, settings and records belong to all worktrees together."""

GIT_LOOKS = {
    "branch": ("--show-current", "--list", "-a", "--all", "-v", "-vv"),
    "config": ("--get", "--get-all", "--list", "-l"),
    "notes": ("list", "show"),
    "remote": ("-v", "show", "get-url"),
    "tag": ("--list", "-l"),
    "worktree": ("list",),
}
"""Commands of git that it has without arguments, and with one of these as the first."""

HAND_IN = "result put"
"""The one command of the pack that an agent needs."""
