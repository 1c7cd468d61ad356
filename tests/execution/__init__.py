"""Tests of executing a plan of work."""
