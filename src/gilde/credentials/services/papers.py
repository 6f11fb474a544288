"""The check of a paper by its code: who holds the paper says what is printed on it, and sees the award.

The number in the code is random and leads to one award. It tells who has it who the issuer is, and no more: neither
whose award it is, nor what for, nor whether it is still in force. The family name and the day of the award, both of
which stand on every paper, open it. So nobody is found here who was not known before, and somebody who only saw the
code from afar learns nothing of its holder.
"""

from __future__ import annotations

import hmac
import unicodedata
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid, Missing
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import OUT, Award
from gilde.credentials.services import checking, renderings, trying
from gilde.credentials.verdict import Verdict

TRIES: Final = 10  # an hour from one address for one award
ALL_TRIES: Final = 50  # an hour for one award, from wherever
_HOUR: Final = 3600


def of_code(award_id: UUID) -> Award:
    """Return the award that the code of a paper names. Raises Missing, alike for one that was never issued."""
    found = Award.objects.filter(pk=award_id, state__in=OUT).select_related("issuer__organisation").first()
    if found is None or found.facts is None:
        raise Missing(
            _(
                "The register has no award of this number. If it stands on a paper, show that to the issuer: it may "
                "be no paper of theirs."
            )
        )
    return found


def check_paper(award: Award, *, family_name: str, awarded_on: date, address: str) -> Verdict:
    """Return the verdict on the award of a paper, to who says what is printed on it.

    Raises TooOften, and Invalid when one of the two is not as printed, without telling which.
    """
    trying.spend("paper", award.pk, address, most=TRIES, seconds=_HOUR)
    trying.spend("paper", award.pk, most=ALL_TRIES, seconds=_HOUR)
    facts = from_json(award.facts)
    # Both are compared whatever the first says, in the same time.
    named = hmac.compare_digest(_plain(family_name), _plain(facts.holder.family_name))
    dated = hmac.compare_digest(awarded_on.isoformat(), facts.awarded_on.isoformat())
    if not (named & dated):
        raise Invalid(
            _(
                "That is not what is printed on this paper. Look again at the family name and at the day on which it "
                "was awarded. If both are as you wrote them, it may be no genuine paper."
            )
        )
    return checking.check_given(bytes(renderings.rendering(award, renderings.Form.VC).content or b""))


def _plain(name: str) -> bytes:
    """Return a name as it is compared: without accents, capitals, spaces and signs, which people write differently."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if letter.isalnum()).encode()
