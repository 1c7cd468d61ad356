"""Tests of the guard: what it reads, what it refuses, and the process that hosts run."""
