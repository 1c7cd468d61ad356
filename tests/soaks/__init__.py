"""Long runs, each a command of its own."""
