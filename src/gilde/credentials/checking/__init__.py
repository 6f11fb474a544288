"""Checking: any file, image, link or text, from any issuer, to one verdict in words."""
