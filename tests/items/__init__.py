"""Tests of batches of items."""
