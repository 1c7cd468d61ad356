"""Tests in the real programs of hosts, with a scripted model on loopback."""
