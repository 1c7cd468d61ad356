"""A stand-in on loopback for the paid service: the Message Batches API with faults on order, and books of its own."""

from tests.support.message_batches.server import Service

__all__ = ["Service"]
