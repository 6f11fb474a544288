"""Fetches what is compared: the versions that everybody is shown, their wordings, and the concepts above theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from gilde.core.access import Actor
from gilde.core.lists import words_of
from gilde.core.models import User
from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.qualifications.access import visible_versions
from gilde.qualifications.comparison import Comparison, compare
from gilde.qualifications.described import Described
from gilde.qualifications.describing import describe, version_shown, with_parts
from gilde.qualifications.models import (
    Concept,
    ConceptRelation,
    Qualification,
    QualificationVersion,
    SchemeEdition,
)
from gilde.qualifications.similarity import alike

# Every concept above the given ones in the editions that are in use, at any height; what goes round in a circle ends.
_ABOVE = """
WITH RECURSIVE above (uri, place) AS (
    SELECT concept.uri, concept.id FROM {concept} concept
    JOIN {edition} edition ON edition.id = concept.edition_id
    WHERE edition.current AND concept.uri IN ({places})
  UNION
    SELECT above.uri, relation.target_id FROM above
    JOIN {relation} relation ON relation.source_id = above.place AND relation.kind = %s
)
SELECT above.uri, concept.uri FROM above JOIN {concept} concept ON concept.id = above.place
"""
_AT_ONCE = 500  # addresses in one question to the database


@dataclass(frozen=True)
class Told:
    """Qualifications ready to be compared, and the codes that no qualification on record has."""

    qualifications: tuple[Described, ...] = ()
    unknown: tuple[str, ...] = ()
    invented: tuple[Described, ...] = ()
    lineage: Mapping[str, str] = field(default_factory=dict)

    def compared(self) -> Comparison:
        """Return them compared by the rules of today. Raises Invalid unless there are two to five."""
        links = (
            link
            for each in self.qualifications
            for outcome in each.all_outcomes()
            for link in outcome.concepts
        )
        above = ancestors({link.uri for link in links})
        return compare(self.qualifications, similar=alike, broader=above, lineage=self.lineage)


def told(actor: Actor, codes: Sequence[str]) -> Told:
    """Return what is shown of the qualifications with these codes, in this order; eight queries, however many."""
    versions = with_parts(on_record(actor))
    asked = Qualification.objects.filter(code__in=codes).prefetch_related(Prefetch("versions", versions))
    shown = {each.code: version for each in asked if (version := version_shown(each)) is not None}
    chosen = [shown[code] for code in codes if code in shown]
    described = tuple(map(describe, chosen))
    return Told(
        described,
        tuple(code for code in codes if code not in shown),
        tuple(d for d, version in zip(described, chosen, strict=True) if version.qualification.synthetic),
        lineage_of(chosen),
    )


def on_record(actor: Actor) -> QuerySet[QualificationVersion]:
    """Return the versions that the actor may see and that were recognised: only these are compared."""
    return visible_versions(actor).filter(recognised_at__isnull=False)


def found(actor: Actor, words: str, *, most: int) -> list[tuple[str, Text, str]]:
    """Return code, title and country of qualifications with all these words in title or code, by title; two queries."""
    versions = on_record(actor).alias(_title=words_of("title")())
    for word in words.lower().split()[:8]:
        versions = versions.filter(Q(_title__icontains=word) | Q(qualification__code__icontains=word))
    codes = versions.order_by("_title").values_list("qualification__code", flat=True)
    wanted = list(dict.fromkeys(codes[: most * 4]))[:most]
    return chosen(actor, wanted)


def chosen(actor: Actor, codes: Sequence[str]) -> list[tuple[str, Text, str]]:
    """Return code, title and country of the qualifications on record with these codes, in this order."""
    light = on_record(actor).only("qualification", "number", "state", "recognised_at", "title")
    asked = Qualification.objects.filter(code__in=codes).prefetch_related(Prefetch("versions", light))
    shown = {
        each.code: (version.title, each.country)
        for each in asked
        if (version := version_shown(each)) is not None
    }
    return [(code, *shown[code]) for code in codes if code in shown]


def ancestors(uris: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return for each concept the addresses of all concepts above it; nothing where no edition is loaded; one query."""
    wanted = sorted(set(uris))
    found: dict[str, set[str]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        question = _ABOVE.format(
            concept=connection.ops.quote_name(Concept._meta.db_table),
            edition=connection.ops.quote_name(SchemeEdition._meta.db_table),
            relation=connection.ops.quote_name(ConceptRelation._meta.db_table),
            places=", ".join(["%s"] * len(some)),
        )
        with connection.cursor() as cursor:
            cursor.execute(question, [*some, ConceptRelation.Kind.BROADER])
            for below, above in cursor.fetchall():
                if below != above:
                    found.setdefault(below, set()).add(above)
    return {below: frozenset(above) for below, above in found.items()}


def lineage_of(versions: Iterable[QualificationVersion]) -> dict[str, str]:
    """Return for each wording in these versions, by its address, the outcome that it is a wording of."""
    return {
        uri("outcome", use.outcome_id): str(use.outcome.outcome_id)
        for version in versions
        for unit in version.units.all()
        for use in unit.outcomes.all()
    }


def names(people: Iterable[str]) -> dict[str, str]:
    """Return the names of those who confirmed links, by how they are told; one query, none without people."""
    ids = [each for each in set(people) if _is_id(each)]
    if not ids:
        return {}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "name") if name}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
