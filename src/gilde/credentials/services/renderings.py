"""Renderings of awards: made when first asked for, signed or sealed, logged, and kept as they left."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.documents import open_document
from gilde.core.errors import Invalid, Missing
from gilde.credentials import identity
from gilde.credentials.describing import words
from gilde.credentials.facts import Facts
from gilde.credentials.facts_json import from_json
from gilde.credentials.keys.kinds import KeyKind, PublicKey
from gilde.credentials.linked import jcs
from gilde.credentials.models import OUT, Award, Issuer, Key, Rendering
from gilde.credentials.proofs import data_integrity, vc_jwt
from gilde.credentials.renderings import badge_image, baking, edc, open_badge, pdf, sd_jwt_vc, vc
from gilde.credentials.renderings.pdf_look import Look, Signatory
from gilde.credentials.services import keys, lists, log, seals

Form = Rendering.Form


@dataclass(frozen=True)
class File:
    """A rendering as it is handed out."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True)
class _Made:
    """What was made, by which key of the issuer. `whole` False: it lacks a time stamp, so the next one is made anew."""

    content: bytes
    key: Key | None = None
    whole: bool = True


@dataclass(frozen=True)
class _Kind:
    media_type: str
    ending: str
    make: Callable[[Award, Facts, str, datetime], _Made]


def rendering(award: Award, form: str, variant: str = "") -> Rendering:
    """Return a rendering of an award that is out, made now if it is the first time.

    `variant` is a cryptosuite, or the language of a paper; by default the issuer's suite, and the award's language.
    Raises Missing for an award that was never issued or whose holder was erased, Invalid for an unknown form.
    """
    if form not in _KINDS:
        raise Invalid(_("There is no rendering “%(form)s”.") % {"form": form})
    if award.state not in OUT or award.facts is None:
        raise Missing(_("Of this award nothing can be handed out."))
    variant = variant or default_variant(award, form)
    kept = Rendering.objects.filter(award=award, form=form, variant=variant, content__isnull=False)
    if (found := kept.order_by("made_at").last()) is not None:
        return found
    now = clock.now().replace(microsecond=0)
    made = _KINDS[form].make(award, from_json(award.facts), variant, now)
    with transaction.atomic():
        if made.whole:
            return keep(award, form, variant, made.content, made.key, now)
        return _logged(award, form, variant, made, now)


def _logged(award: Award, form: str, variant: str, made: _Made, now: datetime) -> Rendering:
    """Return what leaves this once: its digest is in the log, as of all that leaves, and its content is not kept."""
    left = Rendering.objects.filter(digest=log.digest_of(made.content)).first()
    if left is None:  # the same bytes may leave twice within a second, where a key signs the same each time
        left = keep(award, form, variant, made.content, made.key, now)
        Rendering.objects.filter(pk=left.pk).update(content=None)
    left.content = made.content
    return left


def keep(award: Award, form: str, variant: str, content: bytes, key: Key | None, now: datetime) -> Rendering:
    """Keep what leaves, and its digest in the log; inside a transaction of the caller."""
    digest = log.digest_of(content)
    made = Rendering.objects.create(
        award=award,
        form=form,
        variant=variant,
        key=key,
        content=content,
        digest=digest,
        leaf=log.append([digest]),
        made_at=now,
    )
    transaction.on_commit(log.sign_checkpoint)
    return made


def file(award: Award, form: str, variant: str = "") -> File:
    """Return a rendering as a file to download. Raises as `rendering`."""
    found = rendering(award, form, variant)
    kind = _KINDS[form]
    return File(bytes(found.content or b""), kind.media_type, f"{stem(award)}{kind.ending}")


def badge(award: Award, picture: str) -> File:
    """Return the Open Badge of an award baked into a picture: "png" or "svg"."""
    found = rendering(award, Form.OPEN_BADGE)
    drawn = badge_image.draw(from_json(award.facts), award.language)
    credential = bytes(found.content or b"").decode()
    if picture == "png":
        return File(baking.bake(badge_image.png(drawn), credential), "image/png", f"{stem(award)}.png")
    if picture == "svg":
        return File(baking.bake(drawn.encode(), credential), "image/svg+xml", f"{stem(award)}.svg")
    raise Invalid(_("There is no badge as “%(form)s”: ask for png or svg.") % {"form": picture})


def for_wallet(award: Award, holder_key: PublicKey) -> str:
    """Return the award as an SD-JWT VC bound to the key of a wallet, logged by its signed part.

    Each wallet gets one of its own; it is not kept, as only the holder can use it.
    """
    if award.state not in OUT or award.facts is None:
        raise Missing(_("Of this award nothing can be handed out."))
    key, signing = keys.signing_key(award.issuer, KeyKind.P256)
    made = sd_jwt_vc.issue(
        from_json(award.facts),
        lists.place_of(award),
        signing,
        vct=identity.url("type-metadata"),
        holder_key=holder_key,
    )
    signed = made.partition("~")[0].encode()
    with transaction.atomic():
        found = keep(award, Form.SD_JWT, "", signed, key, clock.now().replace(microsecond=0))
        Rendering.objects.filter(pk=found.pk).update(content=None)
    return made


def stem(award: Award) -> str:
    """Return the name of a file of an award, without its ending."""
    return f"award-{str(award.pk)[:8]}"


def default_variant(award: Award, form: str) -> str:
    """Return the variant that is meant when none is asked for."""
    if form in (Form.CERTIFICATE, Form.SUPPLEMENT):
        return award.language
    return str(award.issuer.suite) if form in (Form.VC, Form.OPEN_BADGE) else ""


def check_address(award: Award) -> str:
    """Return the address that the QR code of a paper leads to: the page that checks the award by what is printed."""
    return identity.url("check-award", award.pk)


def _vc(award: Award, facts: Facts, suite: str, now: datetime) -> _Made:
    return _signed(award, vc.render(facts, lists.place_of(award)), suite, now)


def _open_badge(award: Award, facts: Facts, suite: str, now: datetime) -> _Made:
    image = identity.url("achievement-badge", award.achievement_id)
    return _signed(award, open_badge.render(facts, lists.place_of(award), image=image), suite, now)


def _signed(award: Award, document: dict[str, object], suite: str, now: datetime) -> _Made:
    from gilde.credentials.services.issuing import kind_of

    key, signing = keys.signing_key(award.issuer, kind_of(suite))
    return _Made(jcs.canonical(data_integrity.sign(document, signing, suite, created=now)), key)


def _vc_jwt(award: Award, facts: Facts, _variant: str, _now: datetime) -> _Made:
    key, signing = keys.signing_key(award.issuer)
    return _Made(vc_jwt.secure(vc.render(facts, lists.place_of(award)), signing).encode(), key)


def _edc(award: Award, facts: Facts, _variant: str, now: datetime) -> _Made:
    document = edc.render(facts, lists.place_of(award), eidas=seals.sealer().about.legal_id)
    payload = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = seals.seal_json(payload, now)
    return _Made(sealed.content, whole=sealed.whole)


def _paper(parts: pdf.Parts) -> Callable[[Award, Facts, str, datetime], _Made]:
    def make(award: Award, facts: Facts, language: str, now: datetime) -> _Made:
        inside = rendering(award, Form.VC)
        made = pdf.make(
            facts,
            look_of(award.issuer),
            made_at=now,
            address=check_address(award),
            attached=pdf.Attached("credential.json", "application/vc", bytes(inside.content or b"")),
            parts=parts,
            language=language,
            sealed=True,
        )
        sealed = seals.seal_pdf(made, now)
        return _Made(sealed.content, whole=sealed.whole)

    return make


def look_of(issuer: Issuer) -> Look:
    """Return what the papers of an issuer look like."""
    logo = template = b""
    if issuer.logo is not None:
        with open_document(issuer.logo) as content:
            logo = content.read()
    if issuer.template is not None:
        with open_document(issuer.template) as content:
            template = content.read()
    signatories = tuple(
        Signatory(str(each.get("name", "")), dict(each.get("function", {}))) for each in issuer.signatories
    )
    return Look(
        issuer.layout,
        issuer.colour,
        logo=logo,
        signatories=signatories,
        wording=words(issuer.wording),
        template=template,
    )


_KINDS: Final[dict[str, _Kind]] = {
    Form.VC: _Kind("application/vc", ".vc.json", _vc),
    Form.VC_JWT: _Kind("application/vc+jwt", ".vc.jwt", _vc_jwt),
    Form.OPEN_BADGE: _Kind("application/vc", ".badge.json", _open_badge),
    Form.EDC: _Kind("application/json", ".edc.json", _edc),
    Form.CERTIFICATE: _Kind("application/pdf", ".pdf", _paper(pdf.Parts.CERTIFICATE)),
    Form.SUPPLEMENT: _Kind("application/pdf", ".supplement.pdf", _paper(pdf.Parts.SUPPLEMENT)),
}
FORMS: Final = tuple(_KINDS)
