"""Status lists: revoked or suspended, published so that a list tells nothing about people."""
