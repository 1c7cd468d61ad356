"""Tests of the pack's texts."""
