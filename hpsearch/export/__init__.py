"""A search's results for others: one exporter a file."""
