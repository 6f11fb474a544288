"""The API of credentials: issuers and achievements for everybody, awards for who issues, the wallet for its holder."""

from __future__ import annotations

from gilde.credentials.api import award_acts  # noqa: F401  (it adds to the router of awards)
from gilde.credentials.api.awards import awards
from gilde.credentials.api.batches import TABLES, batches
from gilde.credentials.api.checking import check
from gilde.credentials.api.issuers import achievements, issuers
from gilde.credentials.api.vc_api import credentials, presentations
from gilde.credentials.api.wallet import shares, wallet

routers = [
    ("/issuers", issuers),
    ("/achievements", achievements),
    ("/awards", awards),
    ("/batches", batches),
    ("/wallet", wallet),
    ("/shares", shares),
    ("/check", check),
    ("/credentials", credentials),
    ("/presentations", presentations),
]

__all__ = ["TABLES", "routers"]
