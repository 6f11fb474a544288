"""What the pages of the desk show: a measure's values, what is to be decided, the history of a value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from gilde.core.models import User
from gilde.organisations.public import Organisation, match_names
from gilde.plans.models import Reading, Revision, Value
from gilde.plans.services.desk import contents
from gilde.plans.services.desk.values import ordered

Kind = Value.Kind
Status = Value.Status


@dataclass(frozen=True)
class MeasureLink:
    """A measure of a reading, with how much of it is still to be decided."""

    number: str
    title: str
    ticks: int
    bodies: int
    left_out: bool

    @property
    def open(self) -> int:
        return self.ticks + self.bodies


@dataclass(frozen=True)
class Suggestion:
    """An organisation that a body may be; `score` is 100 for one of its exact names."""

    organisation: Organisation
    score: float


@dataclass(frozen=True)
class BodyName:
    """A name under which bodies are still to be linked: in how many places, and who it may be."""

    name: str
    bodies: list[Value] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)

    @property
    def ambiguous(self) -> bool:
        return len(self.suggestions) > 1

    @property
    def certain(self) -> Organisation | None:
        """The one organisation that bears exactly this name."""
        first = self.suggestions[0] if len(self.suggestions) == 1 else None
        return first.organisation if first is not None and first.score >= 100 else None

    @property
    def sent(self) -> str:
        """The bodies of this name with their versions, as a form sends them."""
        return " ".join(f"{body.pk}:{body.version}" for body in self.bodies)


@dataclass(frozen=True)
class Past:
    """One entry of a value's history, in words."""

    revision: Revision
    act: str
    before: str
    after: str
    by: str
    at: datetime
    ground: str


def measure_links(reading: Reading) -> list[MeasureLink]:
    """Return the measures of a reading in order, each with its counts, from two queries."""
    titles = Value.objects.filter(reading=reading, kind=Kind.TITLE).order_by("measure_position", "pk")
    counts: dict[tuple[str, str], int] = defaultdict(int)
    waiting = Value.objects.filter(reading=reading, status=Status.UNKNOWN)
    for measure, kind in waiting.values_list("measure", "kind"):
        counts[measure, kind] += 1
    return [
        MeasureLink(
            title.measure,
            str(title.content["text"]),
            counts[title.measure, Kind.TICK],
            counts[title.measure, Kind.BODY],
            title.status == Status.REMOVED,
        )
        for title in titles
    ]


def values_of(reading: Reading, measure: str) -> list[Value]:
    """Return the values of one measure in the order of the template, also those that were left out."""
    return ordered(Value.objects.filter(reading=reading, measure=measure))


def undecided(reading: Reading, kind: str | None = None, measure: str | None = None) -> list[Value]:
    """Return the values that are still to be decided, in the order of the document."""
    values = Value.objects.filter(reading=reading, status=Status.UNKNOWN)
    if kind:
        values = values.filter(kind=kind)
    if measure:
        values = values.filter(measure=measure)
    return ordered(values)


def next_undecided(reading: Reading, after: Value | None = None) -> Value | None:
    """Return what is to be decided next: the first behind `after` in the document, else the first of all."""
    waiting = undecided(reading)
    if after is None:
        return waiting[0] if waiting else None
    in_order = ordered([*(value for value in waiting if value.pk != after.pk), after])
    place = next(index for index, value in enumerate(in_order) if value.pk == after.pk)
    rest = in_order[place + 1 :] + in_order[:place]
    return rest[0] if rest else None


def next_action(value: Value) -> Value | None:
    """Return the action that stands behind this one in its measure, for merging, or None."""
    actions = Value.objects.filter(
        reading=value.reading_id, measure=value.measure, kind=Kind.ACTION, position__gt=value.position
    )
    return actions.exclude(status=Status.REMOVED).order_by("position").first()


def body_names(reading: Reading) -> list[BodyName]:
    """Return the names of bodies that are still to be linked, once each, with suggestions."""
    of_name: dict[str, list[Value]] = {}
    for value in undecided(reading, Kind.BODY):
        of_name.setdefault(str(value.content["name"]), []).append(value)
    suggestions = suggest(of_name)
    return [BodyName(name, bodies, suggestions[name]) for name, bodies in of_name.items()]


def suggest(names: Iterable[str]) -> dict[str, list[Suggestion]]:
    """Return for each name the organisations that it may mean, the likeliest first."""
    matches = match_names(list(names))
    known = Organisation.objects.in_bulk({pk for found in matches.values() for pk, _score in found})
    return {
        name: [Suggestion(known[pk], score) for pk, score in found if pk in known]
        for name, found in matches.items()
    }


def linked(values: Sequence[Value]) -> dict[str, Organisation]:
    """Return the organisations that these bodies are linked to, by their id as text."""
    wanted = {
        UUID(v.content["organisation"]) for v in values if v.kind == Kind.BODY and v.content["organisation"]
    }
    return {str(pk): found for pk, found in Organisation.objects.in_bulk(wanted).items()}


def history(value: Value) -> list[Past]:
    """Return what was done to a value, the newest first."""
    revisions = list(value.revisions.order_by("-id"))
    names = names_of(revision.by for revision in revisions)
    return [
        Past(
            revision,
            act_words(revision.act),
            _snapshot_words(value.kind, revision.before),
            _snapshot_words(value.kind, revision.after),
            names.get(revision.by) or _("Gilde"),
            revision.at,
            revision.ground,
        )
        for revision in revisions
    ]


def last_acts(values: Iterable[Value]) -> dict[int, Past]:
    """Return for each value that was touched its last entry of history, for saying who was first."""
    wanted = {value.pk: value for value in values}
    last: dict[int, Revision] = {}
    for revision in Revision.objects.filter(value__in=wanted).order_by("id"):
        last[revision.value_id] = revision
    names = names_of(revision.by for revision in last.values())
    return {
        pk: Past(
            revision,
            act_words(revision.act),
            _snapshot_words(wanted[pk].kind, revision.before),
            _snapshot_words(wanted[pk].kind, revision.after),
            names.get(revision.by) or _("Gilde"),
            revision.at,
            revision.ground,
        )
        for pk, revision in last.items()
    }


def names_of(people: Iterable[UUID | None]) -> Mapping[UUID | None, str]:
    """Return the names of people by their ids; somebody who is gone has none."""
    wanted = {person for person in people if person}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}


def act_words(act: str) -> str:
    """Return the word for what was done to a value."""
    return {
        "decide": _("decided"),
        "correct": _("corrected"),
        "link": _("linked"),
        "split": _("split"),
        "merge": _("merged"),
        "add": _("added"),
        "remove": _("left out"),
        "restore": _("brought back"),
    }.get(act, act)


def _snapshot_words(kind: str, snapshot: Mapping[str, object]) -> str:
    content = snapshot.get("content")
    if not isinstance(content, Mapping):
        return _("not in the plan")
    words = contents.words_of(kind, content)
    if kind == Kind.BODY:
        link = (
            _("linked")
            if content.get("organisation")
            else _("no organisation")
            if content.get("none")
            else ""
        )
        words = f"{words} ({link})" if link else words
    if snapshot.get("status") == Status.REMOVED:
        return _("left out: %(words)s") % {"words": words}
    return words
