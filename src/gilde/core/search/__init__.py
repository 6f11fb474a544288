"""Search over everything: contexts offer entries with `@searchable`, `find` finds them, `rebuild` makes all
anew.
"""

from gilde.core.search.entries import PUBLIC, Entry, searchable
from gilde.core.search.hits import Hit, Piece
from gilde.core.search.queries import EVERYTHING
from gilde.core.search.service import Results, find, paused, rebuild, update

__all__ = [
    "EVERYTHING",
    "PUBLIC",
    "Entry",
    "Hit",
    "Piece",
    "Results",
    "find",
    "paused",
    "rebuild",
    "searchable",
    "update",
]
