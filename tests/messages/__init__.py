"""Tests of sets of prompts on the Message Batches API."""
