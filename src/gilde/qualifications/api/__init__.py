"""The API of qualifications: the register and what it rests on to read, files to write."""

from __future__ import annotations

from gilde.qualifications.api.comparison import comparison
from gilde.qualifications.api.concepts import concepts
from gilde.qualifications.api.files import files, units
from gilde.qualifications.api.frameworks import frameworks
from gilde.qualifications.api.joint import joint
from gilde.qualifications.api.outcomes import outcomes
from gilde.qualifications.api.profiles import profiles
from gilde.qualifications.api.programmes import programmes
from gilde.qualifications.api.qualifications import qualifications

routers = [
    ("/qualifications", qualifications),
    ("/outcomes", outcomes),
    ("/profiles", profiles),
    ("/frameworks", frameworks),
    ("/programmes", programmes),
    ("/concepts", concepts),
    ("/compare", comparison),
    ("/joint", joint),
    ("/files", files),
    ("/units", units),
]

__all__ = ["routers"]
