"""Tests of the tasks: files, rules, races."""
