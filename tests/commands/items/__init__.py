"""Tests of `batchpack items`."""
