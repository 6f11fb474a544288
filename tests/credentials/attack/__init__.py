"""The attack on credentials: thousands of single edits of each format, and every way to let a revoked one pass.

`python -m tests.credentials.attack --all` runs the whole campaign and prints its figures; the suite runs a part of it.
"""
