"""Matches texts with the labels of a reference classification such as ESCO; without a database."""

from gilde.qualifications.matching.index import Confirmed, Index, Term, build, load
from gilde.qualifications.matching.ranking import Candidate, match, match_many

__all__ = ["Candidate", "Confirmed", "Index", "Term", "build", "load", "match", "match_many"]
