"""Runs to look at while they go on: pages served on this machine alone, to who has the address, read-only."""
