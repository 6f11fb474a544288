"""Renderings of an award: each from the same facts, each read back to the same facts."""
