"""The local engine, with real processes."""
