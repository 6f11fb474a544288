"""The log that proves when a credential existed: a Merkle tree (RFC 6962) with signed checkpoints."""
