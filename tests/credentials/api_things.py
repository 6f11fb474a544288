"""What the addresses of the API of credentials name, for the suite that sends anything to every operation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gilde.core import clock
from gilde.core.models import User
from gilde.credentials.models import Kept, State
from gilde.credentials.services import batches, sharing
from gilde.organisations.models import Organisation
from tests.credentials.factories import an_achievement, an_award, an_issuer

CSV = b"reference,achievement,given name,family name,awarded on\n2025-1,welder,Amina,Peeters,2025-06-30\n"


def api_things(owner: Organisation, actor: User) -> dict[str, Any]:
    """Make one of everything and return the parameters of addresses; `actor` is an officer of `owner`."""
    issuer = an_issuer(owner)
    achievement = an_achievement(issuer, code="welder")
    award = an_award(achievement)
    an_award(achievement, State.DRAFT)
    Kept.objects.create(user=actor, award=award, added_at=clock.now())
    share = sharing.share(actor=actor, award=award, expires_at=clock.now() + timedelta(days=30))
    batch = batches.receive(actor=actor, issuer=issuer, file=CSV, name="june.csv")
    return {
        "achievement_id": achievement.pk,
        "award_id": award.pk,
        "share_id": share.pk,
        "batch_id": batch.pk,
        "form": "vc",
        "act": "revoke",
    }
