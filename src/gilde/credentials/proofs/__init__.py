"""Proofs: signing and verifying, each mechanism in its own module, without knowledge of awards."""
