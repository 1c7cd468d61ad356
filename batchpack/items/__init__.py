"""Batches of many items: taken in, cut into chunks, checked, summed up, approved and cleared away."""
