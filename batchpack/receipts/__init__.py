"""Receipts: what was done to which item, written before and after each act, in a chain that shows tampering."""
