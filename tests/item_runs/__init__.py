"""Tests of runs of items."""
