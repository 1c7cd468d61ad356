"""Claude Code's page, module by module."""
