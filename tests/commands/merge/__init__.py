"""Tests of `batchpack merge`."""
