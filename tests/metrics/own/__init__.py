"""Tests of the collectors of our own records."""
