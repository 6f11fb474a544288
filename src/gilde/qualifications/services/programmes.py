"""Keeping programmes: what each is, where it is offered, where it leads, who follows it, when it was screened.

Every change to a programme or its offers names the `lock` that the writer saw, the version of the row of the
programme. Raises Refused, Invalid and Stale throughout; nothing is half stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked
from gilde.core.errors import Invalid, Missing, Refused, Stale
from gilde.core.periods import SchoolYear
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.qualifications import access, enrolments, vocabularies
from gilde.qualifications.models import Enrolment, Offer, Programme, Qualification

# These stand in addresses where the code of a programme would.
RESERVED: Final = frozenset({"add", "due", "enrolments", "list"})


def add_programme(
    *, actor: Actor, owner: Organisation, code: str, matrix: str, title: Text, **fields: Any
) -> Programme:
    """Add a programme to a matrix, and return it. `fields` are further columns."""
    require(access.can_draft_for(actor, owner))
    if code in RESERVED:
        sentence = _("“%(code)s” is the address of a page. Choose another code.") % {"code": code}
        raise Invalid(sentence, fields={"code": [sentence]})
    programme = Programme(code=code, owner=owner, matrix=matrix, title=title, **fields)
    _check(programme)
    with transaction.atomic():
        checked(programme).save()
        audit.record(actor, "qualifications.programme.add", programme, after={"code": code})
    return programme


def change_programme(*, actor: Actor, programme: Programme, lock: int, **fields: Any) -> Programme:
    """Change what a programme is, and return it as stored."""
    require(access.can_keep_programme(actor, programme))
    names = ("matrix", "finality", "form", "domain", "grade", "created_in", "ended_in", "last_screened")
    _check(Programme(**{name: fields.get(name, getattr(programme, name)) for name in names}))
    return changed(programme, fields, actor=actor, event="qualifications.programme.change", version=lock)


def lead_to(
    *, actor: Actor, programme: Programme, lock: int, qualifications: Collection[Qualification]
) -> Programme:
    """Say to which qualifications a programme leads; they take the place of the former ones."""
    seen = access.visible_qualifications(actor).filter(pk__in=[each.pk for each in qualifications])
    with _keeping(actor, programme, lock, "lead-to", after={"codes": sorted(q.code for q in qualifications)}):
        if seen.count() != len({each.pk for each in qualifications}):
            raise Invalid(_("There is no such qualification, or you may not see it."))
        programme.leads_to.set(qualifications)
    return programme


def record_screening(*, actor: Actor, programme: Programme, lock: int, school_year: SchoolYear) -> Programme:
    """Record in which school year a programme was last screened, and return it as stored."""
    if school_year > SchoolYear.of(clock.today()):
        raise _wrong("school_year", _("This school year still has to begin. Give the one of the screening."))
    if school_year.start < programme.created_in:
        raise _wrong("school_year", _("The programme did not exist yet in that school year."))
    require(access.can_keep_programme(actor, programme))
    return changed(
        programme,
        {"last_screened": school_year.start},
        actor=actor,
        event="qualifications.programme.screen",
        version=lock,
    )


# --- offers


def add_offer(*, actor: Actor, programme: Programme, lock: int, **fields: Any) -> Offer:
    """Add a place where a programme can be followed, and return it."""
    offer = Offer(programme=programme, **fields)
    with _keeping(actor, programme, lock, "add-offer", after=_told(offer)):
        _check_years(offer.since, offer.until, "until")
        checked(offer).save()
    return offer


def change_offer(*, actor: Actor, offer: Offer, lock: int, **fields: Any) -> Offer:
    """Change where a programme can be followed, and return it."""
    fresh = Offer.objects.select_related("programme").get(pk=offer.pk)
    before = _told(fresh)
    for name, value in fields.items():
        setattr(fresh, name, value)
    with _keeping(actor, offer.programme, lock, "change-offer", before=before, after=_told(fresh)):
        _check_years(fresh.since, fresh.until, "until")
        checked(fresh).save()
    return fresh


def end_offer(*, actor: Actor, offer: Offer, lock: int, school_year: SchoolYear) -> Offer:
    """Say in which school year a programme is last offered somewhere; who was enrolled there stays known."""
    return change_offer(actor=actor, offer=offer, lock=lock, until=school_year.start)


# --- enrolments


def record_enrolment(
    *,
    actor: Actor,
    programme: Programme,
    school_year: SchoolYear,
    learners: int,
    offer: Offer | None = None,
    source: str = "",
) -> Enrolment:
    """Say how many learners followed a programme in a school year, at one offer or in all, or correct it."""
    require(access.can_keep_programme(actor, programme))
    if offer is not None and offer.programme_id != programme.pk:
        raise _wrong("offer", _("The programme is not offered at this place."))
    _check_enrolled(programme, school_year)
    where = {"programme": programme, "offer": offer, "school_year": school_year.start}
    enrolment = Enrolment.objects.filter(**where).first() or Enrolment(**where)
    before = {"learners": enrolment.learners}
    enrolment.learners, enrolment.source = learners, source
    with transaction.atomic():
        checked(enrolment).save()
        after = {"learners": learners, "school_year": str(school_year)}
        audit.record(actor, "qualifications.enrolment.record", enrolment, before=before, after=after)
    return enrolment


def load_enrolments(*, actor: Actor, content: bytes, name: str = "") -> int:
    """Store the enrolments of a CSV file, see `enrolments.read`, and return how many rows it has.

    Raises Unreadable with a sentence for each row that is wrong; then nothing was stored.
    """
    require(access.can_draft(actor))
    lines = enrolments.read(content)
    programmes = {
        each.code: each
        for each in access.visible_programmes(actor).filter(code__in={line.programme for line in lines})
    }
    owners = Organisation.objects.filter(pk__in={each.owner_id for each in programmes.values()})
    decided = {owner.pk: access.can_draft_for(actor, owner) for owner in owners}
    offers = {
        (offer.programme_id, offer.provider.slug, offer.place.casefold(), offer.site.casefold()): offer.pk
        for offer in Offer.objects.filter(programme__in=programmes.values()).select_related("provider")
    }
    told: list[Enrolment] = []
    wrong: list[str] = []
    for line in lines:
        try:
            if (programme := programmes.get(line.programme)) is None:
                raise Invalid(_("there is no programme “%(code)s”.") % {"code": line.programme[:80]})
            require(decided[programme.owner_id])
            _check_enrolled(programme, line.school_year)
            told.append(
                Enrolment(
                    programme=programme,
                    offer_id=_offer_of(line, programme, offers),
                    school_year=line.school_year.start,
                    learners=line.learners,
                    source=line.source,
                )
            )
        except (Invalid, Refused) as error:
            wrong.append(enrolments.row_says(line.row, error.sentence))
    enrolments.refuse(wrong)
    with transaction.atomic():
        _store(told)
        for programme in programmes.values():
            rows = sum(each.programme_id == programme.pk for each in told)
            after = {"file": name[:200], "rows": rows}
            audit.record(actor, "qualifications.enrolment.load", programme, after=after)
    return len(lines)


def _store(told: list[Enrolment]) -> None:
    """Store enrolments, those that are known corrected."""
    known = {
        (each.programme_id, each.offer_id, each.school_year): each
        for each in Enrolment.objects.filter(programme__in={each.programme_id for each in told})
    }
    new: list[Enrolment] = []
    corrected: list[Enrolment] = []
    for each in told:
        stored = known.get((each.programme_id, each.offer_id, each.school_year))
        if stored is None:
            new.append(each)
        else:
            stored.learners, stored.source = each.learners, each.source
            corrected.append(stored)
    Enrolment.objects.bulk_create(new, batch_size=500)
    Enrolment.objects.bulk_update(corrected, ["learners", "source"], batch_size=200)


def _offer_of(
    line: enrolments.Line, programme: Programme, offers: Mapping[tuple[UUID, str, str, str], UUID]
) -> UUID | None:
    if not line.provider:
        return None
    found = offers.get((programme.pk, line.provider, line.place.casefold(), line.site.casefold()))
    if found is None:
        sentence = _("%(provider)s does not offer %(code)s in %(place)s. Add the offer first.")
        told = {"provider": line.provider, "code": line.programme, "place": line.place}
        raise Invalid(sentence % told)
    return found


def _check_enrolled(programme: Programme, school_year: SchoolYear) -> None:
    if school_year > SchoolYear.of(clock.today()):
        raise _wrong("school_year", _("The school year %(year)s still has to begin."), year=school_year)
    last = programme.ended_in
    if school_year.start < programme.created_in or (last is not None and school_year.start > last):
        sentence = _("The programme “%(code)s” did not run in %(year)s.")
        raise _wrong("school_year", sentence, code=programme.code, year=school_year)


# --- what is checked everywhere


def _check(programme: Programme) -> None:
    """Raise Invalid when a programme does not fit its matrix, or its years each other."""
    try:
        matrix = vocabularies.matrix(programme.matrix)
    except Missing as error:
        raise Invalid(error.sentence, fields={"matrix": [error.sentence]}) from error
    lists = {
        "finality": matrix.finalities,
        "form": matrix.forms,
        "domain": matrix.domains,
        "grade": matrix.grades,
    }
    for name, terms in lists.items():
        code = getattr(programme, name)
        if code not in terms and (code or name != "grade"):
            sentence = _("“%(code)s” does not stand in the matrix. There are: %(known)s.")
            raise _wrong(name, sentence, code=code, known=", ".join(terms))
    _check_years(programme.created_in, programme.ended_in, "ended_in")


def _check_years(first: int | None, last: int | None, field: str) -> None:
    if first is not None and last is not None and last < first:
        raise _wrong(field, _("The last school year comes before the first."))


def _wrong(field: str, sentence: str, **told: object) -> Invalid:
    said = sentence % told if told else sentence
    return Invalid(said, fields={field: [said]})


def _told(offer: Offer) -> dict[str, Any]:
    """Return an offer as an event holds it."""
    names = ("provider_id", "site", "place", "area_id", "website", "since", "until")
    return {name: str(value) if (value := getattr(offer, name)) is not None else None for name in names}


@contextmanager
def _keeping(actor: Actor, programme: Programme, lock: int, what: str, **told: Any) -> Iterator[None]:
    """One change to a programme: who may, who was first, the event, all in one transaction."""
    require(access.can_keep_programme(actor, programme))
    with transaction.atomic():
        rows = Programme.objects.filter(pk=programme.pk, version=lock).update(version=F("version") + 1)
        if rows != 1:
            raise Stale(
                _("Somebody else changed this programme in the meantime. Look at it again, then save again.")
            )
        yield
        audit.record(actor, f"qualifications.programme.{what}", programme, **told)
    programme.version = lock + 1
