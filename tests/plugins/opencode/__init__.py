"""Tests of the rooms of the opencode page."""
