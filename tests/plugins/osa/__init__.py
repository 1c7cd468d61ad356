"""Tests of the rooms of the OSA page."""
