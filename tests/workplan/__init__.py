"""Tests of workplan."""
