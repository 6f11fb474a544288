"""Trust lists: added by a file or an address, read whole or not at all, and what changed each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.files.base import File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from gilde.core import audit, clock, documents, fetch, jobs
from gilde.core.access import Actor, require
from gilde.core.changes import checked, with_fields
from gilde.core.errors import GildeError, Invalid, Stale
from gilde.core.models import AuditEvent, Document
from gilde.core.text import Text
from gilde.core.users import User
from gilde.credentials import access, trust_files
from gilde.credentials.checking.apart import Apart
from gilde.credentials.checking.child import Task
from gilde.credentials.errors import TooMuch
from gilde.credentials.models import TrustedIssuer, TrustList
from gilde.credentials.services import batches
from gilde.credentials.trust_files import Entry

LISTS: Final = fetch.register(
    fetch.Purpose(
        "credentials.trust-lists",
        "whom others trust: lists of issuers that administrators of this Gilde added",
        hosts=("*",),
        limit=trust_files.LARGEST,
        seconds=60,
    )
)
READ: Final = "credentials.read-trust-list"
_EVENT: Final = "credentials.trust-list.read"
_TASKS: Final = {"trust-list": Task("gilde.credentials.trust_files:entries", trust_files.is_told)}
_SECONDS: Final = 30.0  # of work that reading a list may take
_TOLD: Final = 50  # names of what changed that are told; of more the number


@dataclass(frozen=True)
class Change:
    """What reading a list anew changed: how many entries there are, and the names of those that came, went, changed."""

    entries: int
    added: Sequence[str]
    removed: Sequence[str]
    changed: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored: counts, and the first names of each."""
        told: dict[str, Any] = {"entries": self.entries}
        for name in ("added", "removed", "changed"):
            names = getattr(self, name)
            told[name] = len(names)
            told[f"{name}_names"] = list(names[:_TOLD])
        return told


def add(
    *, actor: Actor, name: str, url: str = "", file: bytes | File[bytes] | None = None, file_name: str = ""
) -> TrustList:
    """Add a list and queue its first reading, and return it. Raises Refused, Invalid, what documents.store raises."""
    require(access.can_administer(actor))
    document = _source(actor, url, file, file_name)
    with transaction.atomic():
        new = checked(TrustList(name=name.strip(), url=url.strip(), document=document))
        new.save(force_insert=True)
        audit.record(actor, "credentials.trust-list.add", new, after={"name": new.name, "url": new.url})
        _queue(actor, new)
    return new


def change(
    *,
    actor: Actor,
    trust_list: TrustList,
    name: str,
    url: str = "",
    file: bytes | File[bytes] | None = None,
    file_name: str = "",
) -> TrustList:
    """Give a list another name or source and queue its reading; what it said before counts until it is read.

    Raises as `add`.
    """
    require(access.can_administer(actor))
    keeps = file is None and not url.strip()
    document = trust_list.document if keeps else _source(actor, url, file, file_name)
    fields = {"name": name.strip(), "url": trust_list.url if keeps else url.strip(), "document": document}
    changed = checked(with_fields(trust_list, fields))
    with transaction.atomic():
        changed.save(update_fields=list(fields))
        audit.record(
            actor,
            "credentials.trust-list.change",
            changed,
            before={"name": trust_list.name, "url": trust_list.url},
            after={"name": changed.name, "url": changed.url},
        )
        _queue(actor, changed)
    return changed


def refresh(*, actor: Actor, trust_list: TrustList) -> jobs.Job:
    """Queue the reading of a list, and return the job. Raises Refused, Invalid for a closed one."""
    require(access.can_administer(actor))
    if trust_list.closed_at is not None:
        raise Invalid(_("This list is used no more. Use it again first."))
    with transaction.atomic():
        return _queue(actor, trust_list)


def close(*, actor: Actor, trust_list: TrustList) -> TrustList:
    """Use a list no more; whom only it names is not believed from now on. Raises Refused, Stale."""
    return _turn(actor, trust_list, "close", open_now=True)


def reopen(*, actor: Actor, trust_list: TrustList) -> TrustList:
    """Use a list again, as it was last read. Raises Refused, Stale."""
    return _turn(actor, trust_list, "reopen", open_now=False)


def _turn(actor: Actor, trust_list: TrustList, verb: str, *, open_now: bool) -> TrustList:
    require(access.can_administer(actor))
    with transaction.atomic():
        rows = TrustList.objects.filter(pk=trust_list.pk, closed_at__isnull=open_now).update(
            closed_at=clock.now() if open_now else None
        )
        if rows != 1:
            raise Stale(_("Somebody else was first. Reload the page and look again."))
        audit.record(actor, f"credentials.trust-list.{verb}", trust_list)
    trust_list.refresh_from_db()
    return trust_list


def run(trust_list: str, who: str, language: str) -> dict[str, Any]:
    """Read a list, as its job does; a fault is kept with the list, and told by the job."""
    found = TrustList.objects.select_related("document").get(pk=trust_list)
    with translation.override(language):
        jobs.progress(0, None, _("Reading the list"))
        return read(batches.actor_of(who), found).as_json()


def read(actor: Actor, trust_list: TrustList) -> Change:
    """Read a list from its address or file and store what it says, whole; return what changed.

    Raises what fetching and reading raise: then what it said before stays, and the fault is kept with it.
    """
    try:
        entries = _understood(_content(trust_list))
    except GildeError as error:
        TrustList.objects.filter(pk=trust_list.pk).update(fault=error.sentence)
        raise
    with transaction.atomic():
        # The row is locked, so that two readings come one after the other.
        TrustList.objects.filter(pk=trust_list.pk).update(fault="", read_at=clock.now())
        before = {
            (each.identifier, each.certificate): each
            for each in TrustedIssuer.objects.filter(trust_list=trust_list)
        }
        change = _compared(before, entries)
        TrustedIssuer.objects.filter(trust_list=trust_list).delete()
        TrustedIssuer.objects.bulk_create((_stored(trust_list, each) for each in entries), batch_size=500)
        audit.record(actor, _EVENT, trust_list, after=change.as_json())
    return change


def refresh_all(actor: Actor) -> Mapping[TrustList, Change | GildeError]:
    """Read every list that is used and has an address; one that fails stops no other."""
    require(access.can_administer(actor))
    done: dict[TrustList, Change | GildeError] = {}
    for each in TrustList.objects.filter(closed_at=None).exclude(url=""):
        try:
            done[each] = read(actor, each)
        except GildeError as error:
            done[each] = error
    return done


def changes(trust_list: TrustList, number: int = 10) -> list[AuditEvent]:
    """Return the last readings of a list, the newest first: `after` is what each changed."""
    events = AuditEvent.objects.filter(action=_EVENT, object_id=str(trust_list.pk))
    return list(events.order_by("-pk")[:number])


def job_of(trust_list: TrustList) -> jobs.Job | None:
    """Return the last job that read a list."""
    found = jobs.Job.objects.filter(kind=READ, arguments__trust_list=str(trust_list.pk))
    return found.order_by("-created_at").first()


def _source(actor: Actor, url: str, file: bytes | File[bytes] | None, name: str) -> Document | None:
    if bool(url.strip()) == (file is not None):
        sentence = _("Give the address of the list, or send its file: one of the two.")
        raise Invalid(sentence, fields={"url": [sentence]})
    if file is None:
        if not url.strip().startswith("https://"):
            sentence = _("The address must begin with https://.")
            raise Invalid(sentence, fields={"url": [sentence]})
        return None
    content = file if isinstance(file, bytes) else file.read(trust_files.LARGEST + 1)
    _understood(content)
    return documents.store(actor, file=content, name=name, limit=trust_files.LARGEST)


def _content(trust_list: TrustList) -> bytes:
    if trust_list.url:
        accept = "application/json, application/vnd.etsi.tsl+xml, application/xml, text/csv, */*"
        return fetch.get(LISTS.name, trust_list.url, accept=accept).body
    if trust_list.document is None:
        raise Invalid(_("This list has neither an address nor a file."))
    with documents.open_document(trust_list.document) as content:
        return bytes(content.read())


def _understood(content: bytes) -> list[Entry]:
    """Return the entries of a list, read in a process apart: it comes from outside, and may be large."""
    apart = Apart(_TASKS)
    try:
        return trust_files.from_json(apart.run("trust-list", content, seconds=_SECONDS))
    except TooMuch as error:
        if error.reason in ("too-slow", "too-much-memory", "too-deep", "crashed"):
            raise TooMuch(
                _("This list asks for more work than any honest one does."), error.reason
            ) from error
        raise
    finally:
        apart.close()


def _compared(before: Mapping[tuple[str, str], TrustedIssuer], entries: Sequence[Entry]) -> Change:
    after = {entry.key: entry for entry in entries}
    return Change(
        len(after),
        [_label(entry) for key, entry in after.items() if key not in before],
        [str(each.name) for key, each in before.items() if key not in after],
        [_label(entry) for key, entry in after.items() if key in before and _differs(before[key], entry)],
    )


def _label(entry: Entry) -> str:
    return str(_text(entry)) or entry.identifier


def _text(entry: Entry) -> Text:
    source = "en" if "en" in entry.name else next(iter(entry.name))
    return Text(source, dict(entry.name))


def _differs(stored: TrustedIssuer, entry: Entry) -> bool:
    told = (_text(entry), entry.country, list(entry.qualifications), _day(entry.since), _day(entry.until))
    return told != (stored.name, stored.country, stored.qualifications, stored.since, stored.until)


def _stored(trust_list: TrustList, entry: Entry) -> TrustedIssuer:
    return TrustedIssuer(
        trust_list=trust_list,
        identifier=entry.identifier,
        certificate=entry.certificate,
        name=_text(entry),
        country=entry.country,
        qualifications=list(entry.qualifications),
        since=_day(entry.since),
        until=_day(entry.until),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _queue(actor: Actor, trust_list: TrustList) -> jobs.Job:
    who = str(actor.pk) if isinstance(actor, User) else ""
    language = translation.get_language() or "en"
    return jobs.enqueue(actor, READ, trust_list=str(trust_list.pk), who=who, language=language)
