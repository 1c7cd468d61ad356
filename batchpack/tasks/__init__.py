"""Features and their subtasks: files that several agents write at once, and the rules of what may run beside what."""

from __future__ import annotations
