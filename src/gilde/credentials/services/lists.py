"""Status lists: a place for each award that is issued, and the lists as they are published, signed and fresh."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from gilde.core import clock
from gilde.credentials import identity
from gilde.credentials.facts import StatusPlace
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.linked import jcs
from gilde.credentials.models import Award, Direct, Issuer, PublishedList, State, StatusList
from gilde.credentials.models.lists import SIZE
from gilde.credentials.proofs import data_integrity
from gilde.credentials.services import keys
from gilde.credentials.status import bitstring, tokens
from gilde.credentials.status.allotment import Allotment

Form = PublishedList.Form
# A copy may be used for so long before another is asked for; what is revoked is seen by all after this time.
TTL: Final = timedelta(minutes=5)
# A list says that it counts until then: beyond it a verifier cannot tell.
VALID: Final = timedelta(days=1)
# What the bits of a list stand for, and the states in which an award has one.
_PURPOSES: Final[Mapping[str, Mapping[str, State]]] = {
    Form.REVOCATION: {bitstring.REVOCATION: State.REVOKED},
    Form.SUSPENSION: {bitstring.SUSPENSION: State.SUSPENDED},
    Form.STOPPED: {bitstring.REVOCATION: State.REVOKED, bitstring.SUSPENSION: State.SUSPENDED},
}


@dataclass(frozen=True)
class Published:
    """A list as it is served; copies of it are good until `fresh_until`."""

    content: bytes
    made_at: datetime
    fresh_until: datetime


def allot(issuer: Issuer, number: int) -> list[tuple[StatusList, int]]:
    """Return places for as many awards, inside the transaction that issues them; a full list is followed by another."""
    places: list[tuple[StatusList, int]] = []
    while len(places) < number:
        found = StatusList.objects.filter(issuer=issuer, allotted__lt=F("size")).order_by("pk").first()
        if found is None:
            found = _new_list(issuer)
        wanted = min(number - len(places), found.size - found.allotted)
        moved = StatusList.objects.filter(pk=found.pk, allotted=found.allotted).update(
            allotted=F("allotted") + wanted
        )
        if moved != 1:
            continue  # another issued in the meantime: look again
        order = Allotment(keys.vault().open(str(found.pk), found.secret), found.size)
        places += [(found, order.index(found.allotted + each)) for each in range(wanted)]
    return places


def _new_list(issuer: Issuer) -> StatusList:
    new = StatusList(issuer=issuer, size=SIZE, changed_at=clock.now())
    new.secret = keys.vault().seal(str(new.pk), secrets.token_bytes(32))
    new.save(force_insert=True)
    return new


def url(status_list: StatusList, form: str) -> str:
    """Return the address of a list."""
    return _url(settings.SITE_URL, status_list.pk, form)


@lru_cache(maxsize=1024)
def _url(_site: str, status_list: UUID, form: str) -> str:
    return identity.url("status-list", status_list, form)


def place_of(award: Award) -> StatusPlace | None:
    """Return where an award stands, as its renderings say it; None for one that was never issued."""
    if award.status_list is None or award.status_index is None:
        return None
    return place(award.status_list, award.status_index)


def place(status_list: StatusList, index: int) -> StatusPlace:
    """Return a place in a list as renderings say it."""
    return StatusPlace(index, **{form.value: url(status_list, form) for form in Form})


def mark_changed(lists: set[StatusList]) -> None:
    """Forget the lists as published, inside the transaction that changes a status: the next question signs anew."""
    PublishedList.objects.filter(list__in=lists).delete()
    StatusList.objects.filter(pk__in=[each.pk for each in lists]).update(changed_at=clock.now())


def published(status_list: StatusList, form: str) -> Published:
    """Return a list as it stands: signed now, unless a copy is fresh and nothing changed since."""
    now = clock.now()
    kept = status_list.published.filter(form=form, fresh_until__gt=now).first()
    if kept is not None:
        return Published(bytes(kept.content), kept.made_at, kept.fresh_until)
    with transaction.atomic():
        content = _tokens(status_list, now) if form == Form.TOKENS else _bitstring(status_list, form, now)
        made = Published(content, now, now + TTL)
        PublishedList.objects.update_or_create(
            list=status_list,
            form=form,
            defaults={"content": made.content, "made_at": made.made_at, "fresh_until": made.fresh_until},
        )
    return made


def _stopped(status_list: StatusList, *states: State) -> list[int]:
    """Return the places of all that is in one of the states, awards and what was signed directly."""
    found: list[int | None] = []
    for model in (Award, Direct):
        rows = model._default_manager.filter(status_list=status_list, state__in=states).order_by()
        found += rows.values_list("status_index", flat=True)
    return [index for index in found if index is not None]


def _bitstring(status_list: StatusList, form: str, now: datetime) -> bytes:
    purposes = _PURPOSES[form]
    bits = bitstring.build(status_list.size, _stopped(status_list, *purposes.values()))
    moment = now.replace(microsecond=0)
    document = bitstring.document(
        bits,
        url=url(status_list, form),
        issuer=identity.did(status_list.issuer.slug),
        purposes=list(purposes),
        valid_from=moment,
        valid_until=moment + VALID,
        ttl=TTL,
    )
    _key, signing = keys.signing_key(status_list.issuer)
    return jcs.canonical(data_integrity.sign(document, signing, "eddsa-jcs-2022", created=moment))


def _tokens(status_list: StatusList, now: datetime) -> bytes:
    entries: dict[int, int] = dict.fromkeys(_stopped(status_list, State.REVOKED), tokens.Status.INVALID)
    entries |= dict.fromkeys(_stopped(status_list, State.SUSPENDED), tokens.Status.SUSPENDED)
    _key, signing = keys.signing_key(status_list.issuer, KeyKind.P256)
    listed = tokens.build(status_list.size, entries)
    address = url(status_list, Form.TOKENS)
    return tokens.sign(listed, signing, uri=address, now=now, lasts=VALID, refresh=TTL).encode()
