"""Tests of the book of receipts."""
