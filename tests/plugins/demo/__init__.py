"""Tests of the demo's agents."""
