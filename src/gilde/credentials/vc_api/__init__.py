"""The VC-API (W3C CCG): credentials issued and verified over HTTP, by plain functions that know no database.

`loopback` serves them without authentication for conformance suites; production serves them behind its own.
"""

from gilde.credentials.vc_api.answers import Answer, read
from gilde.credentials.vc_api.issuing import Issuer, create_presentation, issue
from gilde.credentials.vc_api.means import Means
from gilde.credentials.vc_api.verifying import verify_credential, verify_presentation

__all__ = [
    "Answer",
    "Issuer",
    "Means",
    "create_presentation",
    "issue",
    "read",
    "verify_credential",
    "verify_presentation",
]
