"""Tests of the merge queue."""
