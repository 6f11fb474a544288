"""Linked data and canonical JSON: strict reading, closed contexts, canonical forms."""
