"""Tests of the built-in plugins: what they render and say."""
