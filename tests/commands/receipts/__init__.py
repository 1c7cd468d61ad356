"""Tests of `batchpack receipts`."""
