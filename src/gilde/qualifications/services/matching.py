"""Linking outcomes to skills of ESCO: what matching proposes, and what a person decides.

What a person decides of a text is kept as a confirmed pair, from which later ranking learns. Raises Refused, Invalid
and Stale throughout; nothing is half stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from gilde.core import audit, clock, jobs
from gilde.core.access import Actor, require
from gilde.core.changes import checked
from gilde.core.errors import Invalid, Stale
from gilde.core.lists import words_of
from gilde.core.models import User
from gilde.organisations.public import organisations_of
from gilde.qualifications import access
from gilde.qualifications.matching import Candidate, Index, match, match_many
from gilde.qualifications.models import Concept, ConfirmedPair, Linked, OutcomeConcept, OutcomeVersion
from gilde.qualifications.services.matching_index import (
    SCHEME,
    NotMatched,
    index_of,
    names_of,
    request_index,
)

PROPOSED: Final = 5  # concepts for one outcome
LONGEST: Final = 1000  # characters of a confirmed text
_AT_ONCE: Final = 32
_SAME: Final = ("same words", "confirmed before")

VerdictName: TypeAlias = Literal["confirm", "reject"]


@dataclass(frozen=True)
class Verdict:
    """What a person says of a proposed link; `relation` "" leaves the one that was proposed."""

    link: OutcomeConcept
    verdict: VerdictName
    relation: str = ""


@dataclass(frozen=True)
class Related:
    """A concept that a person found for an outcome."""

    outcome: OutcomeVersion
    uri: str
    relation: str = Linked.Relation.EXACT


@dataclass(frozen=True)
class Decided:
    """How many links changed by an act, and how many somebody else had decided before."""

    changed: int
    stale: int = 0


def own_outcomes(actor: Actor) -> QuerySet[OutcomeVersion]:
    """Return the newest wording of each outcome of the organisations for which the actor writes."""
    newer = OutcomeVersion.objects.filter(outcome=OuterRef("outcome"), number__gt=OuterRef("number"))
    mine = organisations_of(actor, access.WRITERS).order_by().values("pk")
    return OutcomeVersion.objects.filter(~Exists(newer), outcome__owner__in=mine)


def undecided(outcomes: QuerySet[OutcomeVersion]) -> QuerySet[OutcomeVersion]:
    """Return those outcomes of which nobody has confirmed or rejected a link."""
    decided = OutcomeConcept.objects.filter(outcome=OuterRef("pk")).exclude(state=Linked.State.PROPOSED)
    return outcomes.filter(~Exists(decided))


def propose(*, actor: Actor, outcomes: Iterable[OutcomeVersion], limit: int = PROPOSED) -> int:
    """Store what matching proposes for outcomes without decided links, and return how many proposals are new.

    Asked again, it adds nothing and brings the confidence of proposals up to date; what people proposed stays.
    Raises Refused, NotMatched.
    """
    return _propose(actor, index_of(), list(outcomes), limit)


def request_proposals(*, actor: User) -> jobs.Job:
    """Start a job that proposes links for all outcomes of the actor's organisations, and return it. Raises Refused."""
    require(access.can_draft(actor))
    return jobs.enqueue(actor, "qualifications.match-propose", actor_id=str(actor.pk))


@jobs.job("qualifications.match-propose")
def run_proposals(actor_id: str) -> dict[str, Any]:
    """Propose links in the name of who asked for it; the result tells for how many outcomes, and how many are new."""
    actor = User.objects.get(pk=actor_id)
    index = index_of(build=True, progress=lambda step: jobs.progress(0, None, step))
    waiting = list(undecided(own_outcomes(actor)).order_by("pk").values_list("pk", flat=True))
    made = 0
    for start in range(0, len(waiting), _AT_ONCE):
        jobs.progress(start, len(waiting), _("Outcomes"))
        some = OutcomeVersion.objects.filter(pk__in=waiting[start : start + _AT_ONCE])
        made += _propose(actor, index, list(some), PROPOSED)
    jobs.progress(len(waiting), len(waiting), _("Outcomes"))
    return {"outcomes": len(waiting), "proposals": made}


def decide(*, actor: Actor, link: OutcomeConcept, verdict: VerdictName, relation: str = "") -> OutcomeConcept:
    """Confirm or reject a link, and return it as stored. Deciding the same again changes nothing."""
    with transaction.atomic():
        if _decide(actor, Verdict(link, verdict, relation)):
            request_index(actor=actor)
    return link


def relate(*, actor: Actor, outcome: OutcomeVersion, uri: str, relation: str) -> OutcomeConcept:
    """Link an outcome to a concept that a person found, confirmed at once. Asked again, it changes nothing."""
    with transaction.atomic():
        link, changed = _relate(actor, Related(outcome, uri, relation))
        if changed:
            request_index(actor=actor)
    return link


def decide_all(*, actor: Actor, verdicts: Sequence[Verdict] = (), related: Sequence[Related] = ()) -> Decided:
    """Decide many links in one act: all of them or, when one is refused, none. Each has its audit event.

    A proposal that somebody else decided in the meantime stays as it is, and is counted.
    """
    changed = stale = 0
    with transaction.atomic():
        for each in verdicts:
            try:
                changed += _decide(actor, each)
            except Stale:
                stale += 1
        for found in related:
            changed += _relate(actor, found)[1]
        if changed:
            request_index(actor=actor)
    return Decided(changed, stale)


def _propose(actor: Actor, index: Index, outcomes: Sequence[OutcomeVersion], limit: int) -> int:
    pks = [each.pk for each in outcomes]
    waiting = list(
        undecided(OutcomeVersion.objects.filter(pk__in=pks))
        .select_related("outcome__owner")
        .prefetch_related("concepts")
        .order_by("pk")
    )
    for owner in {each.outcome.owner for each in waiting}:
        require(access.can_draft_for(actor, owner))
    found = _candidates(index, waiting, limit)
    concepts = names_of(sorted({each.uri for some in found.values() for each in some}))
    made = 0
    with transaction.atomic():
        for outcome in waiting:
            made += _store(actor, outcome, found[outcome.pk], concepts, limit)
    return made


def _candidates(index: Index, outcomes: Sequence[OutcomeVersion], limit: int) -> dict[Any, list[Candidate]]:
    """Return the concepts that each outcome may mean, by the best of the languages in which it is written."""
    best: dict[Any, dict[str, Candidate]] = {each.pk: {} for each in outcomes}
    languages = sorted({language for each in outcomes for language in each.statement.words})
    for language in languages:
        written = [each for each in outcomes if each.statement.words.get(language)]
        texts = [each.statement.words[language] for each in written]
        for outcome, some in zip(written, match_many(index, texts, language, limit=limit), strict=True):
            for candidate in some:
                known = best[outcome.pk].get(candidate.uri)
                if known is None or candidate.score > known.score:
                    best[outcome.pk][candidate.uri] = candidate
    return {
        pk: sorted(found.values(), key=lambda each: (-each.score, each.uri))[:limit]
        for pk, found in best.items()
    }


def _store(
    actor: Actor,
    outcome: OutcomeVersion,
    found: Sequence[Candidate],
    concepts: dict[str, Concept],
    limit: int,
) -> int:
    there = {link.uri: link for link in outcome.concepts.all()}
    fresh: list[OutcomeConcept] = []
    for candidate in found:
        concept, link = concepts.get(candidate.uri), there.get(candidate.uri)
        score = Decimal(str(round(candidate.score, 3)))
        if link is not None:
            OutcomeConcept.objects.filter(
                pk=link.pk, state=Linked.State.PROPOSED, confidence__isnull=False
            ).update(confidence=score)
        elif concept is not None and len(there) + len(fresh) < limit:
            relation = Linked.Relation.EXACT if candidate.why in _SAME else Linked.Relation.CLOSE
            fresh.append(_link(outcome, concept, relation, confidence=score))
    for link in fresh:
        checked(link).save()
    if fresh:
        told = [[link.uri, str(link.confidence)] for link in fresh]
        audit.record(actor, "qualifications.outcome.propose", outcome, after={"concepts": told})
    return len(fresh)


def _link(outcome: OutcomeVersion, concept: Concept, relation: str, **fields: Any) -> OutcomeConcept:
    return OutcomeConcept(
        outcome=outcome,
        uri=concept.uri,
        label=concept.label,
        scheme=concept.edition.scheme_id,
        edition=concept.edition.number,
        relation=relation,
        **fields,
    )


def _decide(actor: Actor, told: Verdict) -> bool:
    """Store a verdict and what matching learns of it; return whether that changed anything."""
    link = told.link
    require(access.can_draft_for(actor, link.outcome.outcome.owner))
    relation = told.relation or link.relation
    _known(relation)
    state = Linked.State.CONFIRMED if told.verdict == "confirm" else Linked.State.REJECTED
    if link.state == state and (state == Linked.State.REJECTED or link.relation == relation):
        return False
    before = {"state": link.state, "relation": link.relation}
    now = clock.now()
    # Nobody decides what somebody else decided while the page was open.
    rows = OutcomeConcept.objects.filter(pk=link.pk, state=link.state, relation=link.relation)
    if not rows.update(state=state, relation=relation, confirmed_by=actor.pk, confirmed_at=now):
        raise Stale(_("Somebody else decided this link in the meantime. Look at it again."))
    link.state, link.relation, link.confirmed_by, link.confirmed_at = state, relation, actor.pk, now
    said = "rejected" if state == Linked.State.REJECTED else relation
    _learn(actor, link.outcome, link.uri, said)
    audit.record(
        actor,
        f"qualifications.link.{told.verdict}",
        link,
        before=before,
        after={"state": state, "relation": relation, "uri": link.uri},
    )
    return True


def _relate(actor: Actor, told: Related) -> tuple[OutcomeConcept, bool]:
    require(access.can_draft_for(actor, told.outcome.outcome.owner))
    _known(told.relation)
    link = OutcomeConcept.objects.filter(outcome=told.outcome, uri=told.uri).first()
    if link is not None:
        link.outcome = told.outcome
        return link, _decide(actor, Verdict(link, "confirm", told.relation))
    concept = _concept(told.uri)
    link = _link(told.outcome, concept, told.relation, state=Linked.State.CONFIRMED)
    link.confirmed_by, link.confirmed_at = actor.pk, clock.now()
    checked(link).save()
    _learn(actor, told.outcome, told.uri, told.relation)
    after = {"outcome": told.outcome.pk, "uri": told.uri, "relation": told.relation}
    audit.record(actor, "qualifications.link.relate", link, after=after)
    return link, True


def _learn(actor: Actor, outcome: OutcomeVersion, uri: str, relation: str) -> None:
    """Keep for each language of the statement what was said of it; what is said last counts."""
    for language, words in outcome.statement.words.items():
        if text := words.strip()[:LONGEST]:
            ConfirmedPair.objects.update_or_create(
                text=text,
                language=language,
                uri=uri,
                defaults={"relation": relation, "by": actor.pk, "at": clock.now()},
            )


def _concept(uri: str) -> Concept:
    found = names_of([uri]).get(uri)
    if found is None:
        raise Invalid(
            _(
                "There is no concept “%(uri)s” in the edition of ESCO that is in use here. Search it by its name."
            )
            % {"uri": uri[:200]},
            fields={"uri": [_("There is no such concept in the edition in use.")]},
        )
    return found


def _known(relation: str) -> None:
    if relation not in Linked.Relation.values:
        raise Invalid(
            _("“%(given)s” is no relation. There are: %(known)s.")
            % {"given": relation[:40], "known": ", ".join(Linked.Relation.values)}
        )


def concepts_with(words: str, *, language: str, most: int = 12) -> list[Concept]:
    """Return skills of the edition in use that a person may look for by these words.

    Those whose name holds all the words come first, the shortest name first, then those that matching finds.
    """
    parts = words.replace("\x00", "").split()[:8]
    if not parts:
        return []
    found = Concept.objects.filter(edition__scheme=SCHEME, edition__current=True, kind="skill")
    named = found.exclude(status="obsolete").alias(_name=words_of("label")()).select_related("edition")
    for part in parts:
        named = named.filter(_name__contains=part.lower())
    first = sorted(named.order_by("pk")[:200], key=lambda each: (len(str(each.label)), each.pk))[:most]
    try:
        others = [each.uri for each in match(index_of(), words[:LONGEST], language, limit=most)]
    except NotMatched:
        others = []
    more = names_of([uri for uri in others if uri not in {each.uri for each in first}])
    return [*first, *(more[uri] for uri in others if uri in more)][:most]
