"""Occupational profiles: drafted by their keeper, published, and from then on as they are; a newer version follows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked, moved
from gilde.core.errors import Invalid, Stale
from gilde.core.text import Text
from gilde.core.workflow import Transition, Workflow
from gilde.organisations.public import Organisation, roles_in
from gilde.qualifications.access import WRITERS, can_draft_for, can_keep_profile
from gilde.qualifications.errors import NotComplete
from gilde.qualifications.models import (
    Concept,
    Linked,
    Profile,
    ProfileConcept,
    ProfileItem,
    ProfileVersion,
    QualificationVersion,
)

RESERVED: Final = frozenset({"add"})  # codes that are words of addresses
MOST_ITEMS: Final = 200  # of one kind
LONGEST_ITEM: Final = 500  # characters
_OCCUPATIONS: Final = frozenset({"occupation", "group"})  # kinds of concept: an occupation, a group of ISCO
_ISCO: Final = re.compile(r"^http://data\.europa\.eu/esco/isco/")

S = ProfileVersion.State
profile_workflow = Workflow(
    ProfileVersion,
    "qualifications.profile",
    (
        Transition.of("publish", {S.DRAFT}, S.PUBLISHED, WRITERS, gettext_lazy("Publish")),
        Transition.of("supersede", {S.PUBLISHED}, S.SUPERSEDED, WRITERS, gettext_lazy("Supersede")),
        Transition.of("withdraw", {S.PUBLISHED}, S.WITHDRAWN, WRITERS, gettext_lazy("Withdraw")),
    ),
    lambda actor, version: roles_in(actor, version.profile.owner_id),
)


@dataclass(frozen=True)
class ProfileData:
    """What a version of a profile says. `items` holds by kind (see `ProfileItem.Kind`) its sentences in order."""

    title: Text
    summary: Text = field(default_factory=Text)
    context: Text = field(default_factory=Text)
    regulated: bool | None = None
    regulation: Text = field(default_factory=Text)
    items: Mapping[str, Sequence[Text]] = field(default_factory=dict)


@dataclass(frozen=True)
class OccupationData:
    """An occupation of a classification. `label` is needed only where the classification is not loaded."""

    uri: str
    relation: str = Linked.Relation.EXACT
    label: Text = field(default_factory=Text)


def add_profile(
    *, actor: Actor, owner: Organisation, code: str, data: ProfileData, synthetic: bool = False
) -> ProfileVersion:
    """Return the draft of the first version of a new profile that `owner` keeps. Raises Refused, Invalid."""
    require(can_draft_for(actor, owner))
    if code in RESERVED:
        raise Invalid(
            _("“%(code)s” is a word of our addresses. Choose another code.") % {"code": code},
            fields={"code": [_("“%(code)s” is a word of our addresses.") % {"code": code}]},
        )
    profile = Profile(code=code, owner=owner, synthetic=synthetic)
    with transaction.atomic():
        checked(profile).save(force_insert=True)
        draft = ProfileVersion(profile=profile, number=1, **_fields(data))
        checked(draft).save(force_insert=True)
        _store_items(draft, _items(data))
        audit.record(
            actor,
            "qualifications.profile.add",
            draft,
            after={"code": code, "owner": owner.pk, **_fields(data), "items": _told(draft)},
        )
    return draft


def change_profile(*, actor: Actor, draft: ProfileVersion, version: int, data: ProfileData) -> ProfileVersion:
    """Return the draft as changed, if it still has `version`. Raises Refused, Invalid, Stale."""
    _require_draft(actor, draft)
    items = _items(data)
    with transaction.atomic():
        before = _told(draft)
        draft = changed(
            draft, _fields(data), actor=actor, event="qualifications.profile.change", version=version
        )
        _refuse_when_published(draft)
        if _plain(items) != before:
            _store_items(draft, items)
            audit.record(
                actor,
                "qualifications.profile.change-items",
                draft,
                before={"items": before},
                after={"items": _told(draft)},
            )
    return draft


def link_occupation(
    *, actor: Actor, draft: ProfileVersion, version: int, data: OccupationData
) -> ProfileConcept:
    """Return the link of a draft to an occupation, if it still has `version`; whoever makes it stands for it.

    Linking the same occupation again changes the relation. Raises Refused, Invalid, Stale.
    """
    _require_draft(actor, draft)
    fields = _occupation(data)
    with transaction.atomic():
        _take(draft, version)
        link = ProfileConcept.objects.filter(version=draft, uri=fields["uri"]).first()
        before = {"relation": link.relation} if link else {}
        link = link or ProfileConcept(version=draft, uri=fields["uri"])
        for name, value in fields.items():
            setattr(link, name, value)
        link.state, link.confirmed_by, link.confirmed_at = Linked.State.CONFIRMED, actor.pk, clock.now()
        checked(link).save()
        audit.record(actor, "qualifications.profile.link", draft, before=before, after=fields)
    return link


def unlink_occupation(*, actor: Actor, draft: ProfileVersion, version: int, link: ProfileConcept) -> None:
    """Take a link away from a draft, if it still has `version`. Raises Refused, Stale."""
    _require_draft(actor, draft)
    with transaction.atomic():
        _take(draft, version)
        before = {"uri": link.uri, "relation": link.relation}
        ProfileConcept.objects.filter(pk=link.pk, version=draft).delete()
        audit.record(actor, "qualifications.profile.unlink", draft, before=before)


def publish_profile(*, actor: Actor, draft: ProfileVersion, version: int | None = None) -> ProfileVersion:
    """Return the draft as published: it never changes again, and the version before it is superseded.

    Raises Refused, Stale, and NotComplete with what is missing.
    """
    require(profile_workflow.can(actor, draft, "publish"))
    with transaction.atomic():
        if missing := missing_in(draft):
            raise NotComplete(
                _("This profile cannot be published yet. %(missing)s") % {"missing": " ".join(missing)},
                missing=missing,
            )
        former = ProfileVersion.objects.filter(profile=draft.profile_id, state=S.PUBLISHED).first()
        if former is not None:
            moved(profile_workflow, former, "supersede", actor=actor)
        return moved(
            profile_workflow, draft, "publish", actor=actor, version=version, published_at=clock.now()
        )


def withdraw_profile(
    *, actor: Actor, published: ProfileVersion, version: int | None = None
) -> ProfileVersion:
    """Return the published version as withdrawn: it stays to be read, marked as such. Raises Refused, Stale."""
    return moved(profile_workflow, published, "withdraw", actor=actor, version=version)


def begin_next(*, actor: Actor, profile: Profile) -> ProfileVersion:
    """Return the draft of the next version, which says what the newest one says. Raises Refused, Invalid."""
    require(can_keep_profile(actor, profile))
    with transaction.atomic():
        newest = ProfileVersion.objects.filter(profile=profile).order_by("-number").first()
        if newest is None or newest.state == S.DRAFT:
            raise Invalid(_("There is a draft of this profile already. Go on with that one."))
        draft = ProfileVersion(
            profile=profile,
            number=newest.number + 1,
            title=newest.title,
            summary=newest.summary,
            context=newest.context,
            regulated=newest.regulated,
            regulation=newest.regulation,
        )
        checked(draft).save(force_insert=True)
        for parts in (ProfileItem, ProfileConcept):
            copies: list[Any] = list(parts._default_manager.filter(version=newest).order_by("pk"))
            for copy in copies:
                copy.pk, copy.version = None, draft
            parts._default_manager.bulk_create(copies)
        audit.record(
            actor,
            "qualifications.profile.begin-next",
            draft,
            after={"number": draft.number, "from": newest.number},
        )
    return draft


def discard_draft(*, actor: Actor, draft: ProfileVersion, version: int) -> None:
    """Delete a draft that will not be published, and the profile where it was the only version.

    Raises Refused, Stale, and Invalid where a qualification is based on that profile.
    """
    _require_draft(actor, draft)
    profile = draft.profile
    with transaction.atomic():
        _take(draft, version)
        audit.record(
            actor,
            "qualifications.profile.discard",
            draft,
            before={"code": profile.code, "number": draft.number, **_fields_of(draft), "items": _told(draft)},
        )
        draft.delete()
        if not ProfileVersion.objects.filter(profile=profile).exists():
            if QualificationVersion.objects.filter(profiles=profile).exists():
                raise Invalid(
                    _("A qualification is based on this profile. Take the profile out of that one first.")
                )
            profile.delete()


def missing_in(draft: ProfileVersion) -> list[str]:
    """Return a sentence for each thing that a draft lacks before it can be published."""
    kinds = set(ProfileItem.objects.filter(version=draft).order_by().values_list("kind", flat=True))
    lacking = []
    if not draft.summary:
        lacking.append(_("Its summary is missing."))
    if ProfileItem.Kind.ACTIVITY not in kinds:
        lacking.append(_("It names no activity."))
    if not kinds & {ProfileItem.Kind.KNOWLEDGE, ProfileItem.Kind.SKILL}:
        lacking.append(_("It names no knowledge and no skill."))
    if draft.regulated and not draft.regulation:
        lacking.append(_("The occupation is regulated, but it is not said by which rule."))
    return lacking


def _require_draft(actor: Actor, draft: ProfileVersion) -> None:
    require(can_keep_profile(actor, draft.profile))
    _refuse_when_published(draft)


def _refuse_when_published(version: ProfileVersion) -> None:
    if version.state != S.DRAFT:
        raise Invalid(
            _("This version is “%(state)s” and never changes. Begin the next version.")
            % {"state": version.get_state_display()}
        )


def _take(draft: ProfileVersion, version: int) -> None:
    """Raise the version of a draft, because a part of it changes; Stale when somebody else was first."""
    rows = ProfileVersion.objects.filter(pk=draft.pk, version=version, state=S.DRAFT)
    if rows.update(version=F("version") + 1) != 1:
        raise Stale(
            _("Somebody else changed this in the meantime. Your text is kept below; compare and save again.")
        )
    draft.version = version + 1


def _fields(data: ProfileData) -> dict[str, Any]:
    return {
        "title": data.title,
        "summary": data.summary,
        "context": data.context,
        "regulated": data.regulated,
        "regulation": data.regulation,
    }


def _fields_of(draft: ProfileVersion) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in ("title", "summary", "context", "regulated", "regulation")}


def _items(data: ProfileData) -> list[tuple[str, Text]]:
    """Return the items of all kinds. Raises Invalid for an unknown kind, too many, too long, or the same twice."""
    found: list[tuple[str, Text]] = []
    if unknown := sorted(set(data.items) - set(ProfileItem.Kind.values)):
        raise Invalid(_("A profile has no items of kind “%(kind)s”.") % {"kind": ", ".join(unknown)})
    for kind in ProfileItem.Kind:
        texts = [text for text in data.items.get(kind, ()) if text]
        if len(texts) > MOST_ITEMS:
            raise _wrong(kind, _("More than %(most)s lines; nobody reads so many.") % {"most": MOST_ITEMS})
        seen: set[str] = set()
        for text in texts:
            words = text.words.get(text.source, "")
            if not words or max(map(len, text.words.values())) > LONGEST_ITEM:
                raise _wrong(
                    kind,
                    _("A line is longer than %(most)s characters: “%(words)s…”. Split it.")
                    % {"most": LONGEST_ITEM, "words": words[:60]},
                )
            if words.casefold() in seen:
                raise _wrong(kind, _("“%(words)s” stands there twice.") % {"words": words[:80]})
            seen.add(words.casefold())
        found += [(str(kind), text) for text in texts]
    return found


def _wrong(kind: ProfileItem.Kind, sentence: str) -> Invalid:
    return Invalid(f"{kind.label}: {sentence}", fields={str(kind): [sentence]})


def _store_items(draft: ProfileVersion, items: Sequence[tuple[str, Text]]) -> None:
    ProfileItem.objects.filter(version=draft).delete()
    ProfileItem.objects.bulk_create(
        ProfileItem(version=draft, kind=kind, position=position, text=text)
        for position, (kind, text) in enumerate(items)
    )


def _told(draft: ProfileVersion) -> list[list[Any]]:
    """Return the items of a version as an event tells them."""
    stored = ProfileItem.objects.filter(version=draft).order_by("position", "pk")
    return _plain(stored.values_list("kind", "text"))


def _plain(items: Any) -> list[list[Any]]:
    return [[kind, text.as_json()] for kind, text in items]


def _occupation(data: OccupationData) -> dict[str, Any]:
    """Return the fields of a link: name and edition as the classification has them, where it is loaded."""
    uri = data.uri.strip()
    if urlsplit(uri).scheme not in ("http", "https") or not urlsplit(uri).netloc:
        raise Invalid(
            _("“%(uri)s” is no address of an occupation; it begins with http:// or https://.")
            % {"uri": uri[:200]},
            fields={"uri": [_("An address begins with http:// or https://.")]},
        )
    known = (
        Concept.objects.filter(uri=uri)
        .select_related("edition")
        .order_by("-edition__current", "-edition__loaded_at", "pk")
        .first()
    )
    if known is not None and known.kind not in _OCCUPATIONS:
        raise Invalid(
            _("“%(name)s” is no occupation. Link profiles to occupations.") % {"name": known.label},
            fields={"uri": [_("“%(name)s” is no occupation.") % {"name": known.label}]},
        )
    if known is None and not data.label:
        sentence = _("No classification with this occupation is loaded here. Give its name too.")
        raise Invalid(sentence, fields={"label": [sentence]})
    own = "isco-08" if _ISCO.match(uri) else "esco"
    return {
        "uri": uri,
        "label": known.label if known else data.label,
        "scheme": known.edition.scheme_id if known else own,
        "edition": known.edition.number if known else "",
        "relation": data.relation,
    }
