"""What other contexts may ask of plans."""
