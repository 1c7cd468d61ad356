"""Decides about one tool call of a restricted agent, with the standard library alone."""
