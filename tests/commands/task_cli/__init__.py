"""Tests of the task CLI's commands."""
