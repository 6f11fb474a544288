"""Issuers: opened with their first keys, changed, given the look of their papers, closed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gilde.core import audit, clock, documents
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked
from gilde.core.errors import Invalid
from gilde.credentials import access, describing, identity
from gilde.credentials.errors import Unreadable
from gilde.credentials.models import Issuer, Key
from gilde.credentials.renderings import pdf_logo, pdf_trial
from gilde.credentials.renderings.pdf_look import Look, Signatory
from gilde.credentials.renderings.pdf_setting import BadTemplate
from gilde.credentials.services import keys, renderings
from gilde.organisations.public import Organisation

# Words that stand where the name of an issuer stands in an address.
TAKEN: Final = frozenset({identity.REGISTER, "open"})
MOST_SIGNATORIES: Final = 3  # as many as fit on a certificate
LOGOS: Final = frozenset({"image/png", "image/jpeg", "image/svg+xml"})
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Upload:
    """A file as somebody gives it."""

    name: str
    content: bytes


def open_issuer(*, actor: Actor, organisation: Organisation, slug: str = "", **fields: Any) -> Issuer:
    """Let an organisation issue awards: with a DID of its own and a key of each kind; return the issuer.

    Raises Refused, Invalid for a slug that is taken.
    """
    require(access.can_administer(actor))
    slug = slug or slugify(organisation.slug)
    if slug in TAKEN:
        sentence = _("“%(slug)s” stands for something else in addresses. Choose another name.") % {
            "slug": slug
        }
        raise Invalid(sentence, fields={"slug": [sentence]})
    issuer = Issuer(organisation=organisation, slug=slug, opened_at=clock.now(), **fields)
    with transaction.atomic():
        checked(issuer).save(force_insert=True)
        audit.record(actor, "credentials.issuer.open", issuer, after={"slug": slug})
        for kind in keys.KINDS:
            keys.make_key(actor, issuer, kind, issuer.opened_at)
    return issuer


def change_issuer(*, actor: Actor, issuer: Issuer, lock: int, **fields: Any) -> Issuer:
    """Change how an issuer works and looks, and return it as stored. Raises Refused, Invalid, Stale."""
    require(access.can_manage(actor, issuer))
    stored: Issuer = changed(issuer, fields, actor=actor, event="credentials.issuer.change", version=lock)
    return stored


def change_look(
    *,
    actor: Actor,
    issuer: Issuer,
    lock: int,
    logo: Upload | None = None,
    template: Upload | None = None,
    without: Collection[str] = (),
    **fields: Any,
) -> Issuer:
    """Change what the papers of an issuer look like, once a sample was set with it; return the issuer as stored.

    `without` names what is taken away: "logo", "template". Raises Refused, Stale, and Invalid with the
    sentence at the field: a logo that is no picture, a layout that cannot be set.
    """
    require(access.can_manage(actor, issuer))
    sample(issuer, logo=logo, template=template, without=without, **fields)
    fields |= dict.fromkeys(without)
    if logo is not None:
        fields["logo"] = documents.store(
            actor, file=logo.content, name=logo.name, limit=pdf_logo.LARGEST, media_types=LOGOS
        )
    if template is not None:
        fields["template"] = documents.store(actor, file=template.content, name=template.name)
    return change_issuer(actor=actor, issuer=issuer, lock=lock, **fields)


def sample(
    issuer: Issuer,
    *,
    logo: Upload | None = None,
    template: Upload | None = None,
    without: Collection[str] = (),
    **fields: Any,
) -> bytes:
    """Return the certificate of an invented person (PDF) as the issuer's papers would be with these changes.

    Raises Invalid with the sentence at the field that is wrong; nothing is stored.
    """
    look = _look(issuer, {"logo": logo, "template": template}, without, fields)
    try:
        if look.logo:
            pdf_logo.picture(look.logo)
    except Unreadable as error:
        raise Invalid(error.sentence, fields={"logo": [error.sentence]}) from error
    try:
        return pdf_trial.tried(look, issuer=str(issuer), made_at=clock.now())
    except BadTemplate as error:
        raise Invalid(error.sentence, fields={"template": [error.sentence]}) from error


def _look(
    issuer: Issuer, files: Mapping[str, Upload | None], without: Collection[str], fields: Mapping[str, Any]
) -> Look:
    look = renderings.look_of(issuer)
    told: dict[str, Any] = {name: fields[name] for name in ("layout", "colour") if name in fields}
    if not _COLOUR.fullmatch(told.get("colour", look.colour)):
        sentence = _("Give the colour as # and six digits or letters, such as #12324a.")
        raise Invalid(sentence, fields={"colour": [sentence]})
    if "signatories" in fields:
        told["signatories"] = _signatories(fields["signatories"])
    if "wording" in fields:
        told["wording"] = describing.words(fields["wording"])
    told |= dict.fromkeys(without, b"")
    told |= {name: given.content for name, given in files.items() if given is not None}
    return replace(look, **told)


def _signatories(given: Any) -> tuple[Signatory, ...]:
    if len(given) > MOST_SIGNATORIES:
        raise Invalid(_("A certificate has room for %(most)d signatures.") % {"most": MOST_SIGNATORIES})
    return tuple(Signatory(each["name"], dict(each["function"])) for each in given)


def close_issuer(*, actor: Actor, issuer: Issuer) -> Issuer:
    """Let an issuer issue no more. What it issued stays, and can still be checked and revoked. Raises Refused."""
    require(access.can_administer(actor))
    now = clock.now()
    with transaction.atomic():
        if not Issuer.objects.filter(pk=issuer.pk, closed_at=None).update(closed_at=now):
            raise Invalid(_("%(organisation)s issues no more.") % {"organisation": issuer})
        # Its status lists still have to be signed, so the newest key of each kind stays open.
        audit.record(actor, "credentials.issuer.close", issuer, after={"at": now})
    issuer.refresh_from_db()
    return issuer


def keys_of(issuer: Issuer) -> list[Key]:
    """Return all keys of an issuer, the newest first."""
    return list(issuer.keys.order_by("-since", "-fragment"))
