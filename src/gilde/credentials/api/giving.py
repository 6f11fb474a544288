"""An award as a program gives it, and the files that it gets back."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import StringConstraints

from gilde.core.api import Line
from gilde.core.errors import Invalid
from gilde.credentials.api.shapes import Address, as_file
from gilde.credentials.forms.languages import language_names
from gilde.credentials.models import Award, Rendering, Suite
from gilde.credentials.services import renderings
from gilde.credentials.services.drafting import Given

# A day beyond which no calendar goes on.
Day = Annotated[date, Field(le=date(9998, 12, 31))]
Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]*$")
]

_SIGNED = frozenset({Rendering.Form.VC, Rendering.Form.OPEN_BADGE})
_PAPERS = frozenset({Rendering.Form.CERTIFICATE, Rendering.Form.SUPPLEMENT})


class AwardIn(Schema):
    """Whose an award is, and what differs from one award of an achievement to another."""

    reference: Reference = Field(description="The issuer's own; each award has its own.")
    given_name: Line = ""
    family_name: Line = ""
    awarded_on: Day
    born: Day | None = None
    email: Line = Field("", description="To tell the holder; it stands in no document.")
    person: Line = Field("", description="The issuer's own number of the person; never published.")
    grade: Line = ""
    assessed_on: Day | None = None
    assessed_by: Line = Field("", description="Where that was somebody else.")
    place: Line = ""
    language: Line = Field("", description="In which it is written, such as nl; else the achievement's.")
    valid_until: Day | None = Field(None, description="The last day; else as the achievement says.")
    not_reached: list[Address] = Field(
        default_factory=list, max_length=200, description="Addresses of outcomes."
    )

    def given(self) -> Given:
        """Return the award as services take it. Raises Invalid for a language that nobody knows."""
        if self.language and self.language not in language_names():
            raise Invalid(
                _("language: “%(code)s” is no language that awards are written in.")
                % {"code": self.language[:20]},
                known=sorted(language_names()),
            )
        names = [name for name in AwardIn.model_fields if name != "not_reached"]
        return Given(**{name: getattr(self, name) for name in names}, left_out=tuple(self.not_reached))


def rendered(award: Award, form: str, variant: str) -> HttpResponse:
    """Return a file of an award that is out. Raises Missing, and Invalid for a form or variant that there is not."""
    if form.startswith("badge-"):
        return as_file(renderings.badge(award, form.removeprefix("badge-")))
    if variant:
        known = _variants(award, form)
        if variant not in known:
            raise Invalid(
                _("variant: there is no “%(variant)s” of this form.") % {"variant": variant[:80]},
                known=sorted(known),
            )
    return as_file(renderings.file(award, form, variant))


def _variants(award: Award, form: str) -> set[str]:
    if form in _SIGNED:
        return set(Suite.values)
    return {award.language, *dict(settings.LANGUAGES)} if form in _PAPERS else set()
