"""What other contexts may ask of credentials: issue an award, stop one, ask what somebody was awarded."""

from __future__ import annotations

from gilde.credentials.models import Achievement, Award, Issuer
from gilde.credentials.recognition import register as recognise
from gilde.credentials.services.drafting import Given
from gilde.credentials.services.issuing import issue_new as issue
from gilde.credentials.services.stopping import revoke, suspend

__all__ = ["Achievement", "Award", "Given", "Issuer", "issue", "recognise", "revoke", "suspend"]
