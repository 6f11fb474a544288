"""Keys: their kinds and notations, the documents that publish them, and how they are kept."""
