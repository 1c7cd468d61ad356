"""The words of `batch-metrics`."""
