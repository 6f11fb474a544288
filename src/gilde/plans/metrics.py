"""The metrics of plans."""
