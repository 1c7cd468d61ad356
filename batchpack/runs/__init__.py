"""Runs of a plan in a host: their directory, their journal, and the few acts that move them on."""
