"""Loading editions of classifications side by side, choosing the one in use, and moving links from one to another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock, jobs
from gilde.core.access import Actor, require
from gilde.core.changes import checked
from gilde.core.documents import Document
from gilde.core.documents.service import local_file
from gilde.core.errors import Invalid
from gilde.core.models import User
from gilde.core.text import Text
from gilde.qualifications import access
from gilde.qualifications.classifications import lists, migration, open_package
from gilde.qualifications.classifications.reading import ConceptRead, Package
from gilde.qualifications.models import (
    Concept,
    ConceptRelation,
    Linked,
    OutcomeConcept,
    ProfileConcept,
    QualificationConcept,
    Scheme,
    SchemeEdition,
)

Progress = Callable[[int, int, str], None]
T = TypeVar("T")
_AT_ONCE: Final = 1000
_RELATIONS_AT_ONCE: Final = 5000
_LINKS: Final = (OutcomeConcept, ProfileConcept, QualificationConcept)
_SCHEMES: Final = {
    "esco": ("ESCO", "http://data.europa.eu/esco", "European Commission", "CC BY 4.0"),
}


@dataclass(frozen=True)
class Loaded:
    """What a load did. `unknown` are addresses that relations name and the files lack; these relations are left out."""

    edition: SchemeEdition
    concepts: int
    relations: int
    new: bool
    unknown: tuple[str, ...] = ()


def load_files(
    *,
    actor: Actor,
    paths: Sequence[Path],
    scheme: str = "esco",
    version: str = "",
    source: str = "",
    progress: Progress | None = None,
) -> Loaded:
    """Load one edition from its official files, or add languages and relations to one that is loaded.

    Everything is checked before anything is stored, and nobody sees an edition before it is whole; files that are
    loaded already are told by their SHA-256 and change nothing. The first edition of a classification becomes the one
    in use. Raises Refused, Unreadable.
    """
    require(access.can_keep_reference(actor))
    package = open_package(paths, version=version, scheme=scheme)
    parts = [[path.name, _sha256(path)] for path in paths if path.is_file()]
    return _load(actor, package, parts, source, progress)


def load_own(*, actor: Actor) -> list[Loaded]:
    """Load the lists that come with Gilde: ISCO-08, ISCED-F 2013, ISCED 2011, NACE. Raises Refused."""
    require(access.can_keep_reference(actor))
    done = []
    for code, told in lists.schemes().items():
        parts = [[f"{code}.yaml", hashlib.sha256(repr(told).encode()).hexdigest()]]
        _scheme(code, Text(_source(told.name), told.name), told.uri)
        done.append(_load(actor, lists.own(code), parts, told.source, None))
    return done


def request_load(*, actor: User, documents: Sequence[Document], scheme: str, version: str = "") -> jobs.Job:
    """Start a job that loads uploaded files as one edition, and return it. Raises Refused."""
    require(access.can_keep_reference(actor))
    ids = [str(document.pk) for document in documents]
    return jobs.enqueue(
        actor, "qualifications.load", actor_id=str(actor.pk), documents=ids, scheme=scheme, version=version
    )


@jobs.job("qualifications.load")
def run_load(actor_id: str, documents: list[str], scheme: str, version: str) -> dict[str, Any]:
    """Load uploaded files in the name of who asked for it; the result names the edition."""
    actor = User.objects.get(pk=actor_id)
    with ExitStack() as open_files:
        paths = []
        for document in Document.objects.filter(pk__in=documents).order_by("name"):
            path = open_files.enter_context(local_file(document))
            folder = Path(open_files.enter_context(TemporaryDirectory()))
            named = folder / document.name
            named.symlink_to(path)
            paths.append(named)
        done = load_files(actor=actor, paths=paths, scheme=scheme, version=version, progress=jobs.progress)
    return {
        "edition": str(done.edition.pk),
        "concepts": done.concepts,
        "relations": done.relations,
        "new": done.new,
    }


def make_current(*, actor: Actor, edition: SchemeEdition) -> SchemeEdition:
    """Let pages and matching use this edition. Links stay as they are. Raises Refused, Invalid."""
    require(access.can_keep_reference(actor))
    if edition.state != SchemeEdition.State.LOADED:
        raise Invalid(_("This edition is not loaded yet."))
    with transaction.atomic():
        _put_in_use(edition)
        audit.record(actor, "qualifications.edition.use", edition, after={"number": edition.number})
    return edition


def migrate(old: SchemeEdition, new: SchemeEdition) -> list[migration.Change]:
    """Return every change from one loaded edition to another, those that need a decision first."""
    if old.scheme_id != new.scheme_id:
        raise Invalid(_("Compare two editions of the same classification."))
    return migration.compare(_stored(old), _stored(new), broader_old=_broader(old), broader_new=_broader(new))


def uses_of(uris: Collection[str]) -> dict[str, list[Linked]]:
    """Return by address every link from something of ours, rejected ones left out."""
    found: dict[str, list[Linked]] = {}
    for model, path in (
        (OutcomeConcept, "outcome__outcome"),
        (ProfileConcept, "version__profile"),
        (QualificationConcept, "version__qualification"),
    ):
        links = model._default_manager.exclude(state=Linked.State.REJECTED).select_related(path)
        for link in links.filter(uri__in=list(uris)) if len(uris) < 500 else links:
            if link.uri in uris:
                found.setdefault(link.uri, []).append(link)
    return found


def move_links(*, actor: Actor, old: str, new: Concept) -> int:
    """Let every link to the address `old` point to a concept of another edition, and return how many there were.

    A link that now means another concept is a proposal again, which somebody confirms. Raises Refused.
    """
    require(access.can_keep_reference(actor))
    moved = 0
    with transaction.atomic():
        for model in _LINKS:
            for link in model._default_manager.filter(uri=old).exclude(state=Linked.State.REJECTED):
                moved += _move_link(link, new)
        audit.record(
            actor,
            "qualifications.concept.move",
            new.edition,
            after={"from": old, "to": new.uri, "links": moved},
        )
    return moved


def _move_link(link: Linked, new: Concept) -> int:
    if new.uri != link.uri:
        beside = {name: getattr(link, name) for name in ("outcome_id", "version_id") if hasattr(link, name)}
        if type(link)._default_manager.filter(uri=new.uri, **beside).exists():
            link.delete()
            return 1
        link.state, link.confirmed_at, link.confirmed_by = Linked.State.PROPOSED, None, None
    link.uri, link.label, link.edition = new.uri, new.label, new.edition.number
    checked(link).save()
    return 1


def _load(
    actor: Actor, package: Package, parts: list[list[str]], source: str, progress: Progress | None
) -> Loaded:
    scheme = _scheme(package.scheme)
    edition = SchemeEdition.objects.filter(scheme=scheme, number=package.version).first()
    known = {digest for _name, digest in edition.parts} if edition else set()
    if edition and parts and all(digest in known for _name, digest in parts):
        return Loaded(edition, edition.concept_count, edition.relation_count, new=False)
    if edition and edition.state == SchemeEdition.State.LOADING:  # of a load that was interrupted
        edition.delete()
        edition = None
    package.check()
    if edition:  # more languages or relations of an edition in use: nobody sees half of them
        with transaction.atomic():
            _store(edition, package, progress)
            _finish(actor, edition, package, parts, source)
    else:
        edition = SchemeEdition.objects.create(scheme=scheme, number=package.version)
        try:
            _store(edition, package, progress)
            _finish(actor, edition, package, parts, source)
        except BaseException:
            edition.delete()
            raise
    return Loaded(
        edition, edition.concept_count, edition.relation_count, new=True, unknown=tuple(package.unknown)
    )


def _store(edition: SchemeEdition, package: Package, progress: Progress | None) -> None:
    """Store what a package has, a thousand concepts and then five thousand relations at a time."""
    total, say = package.total, progress or (lambda _done, _total, _step: None)
    done = 0
    for some in _batches(package.concepts(), _AT_ONCE):
        with transaction.atomic():
            _store_concepts(edition, some)
        done += len(some)
        say(done, total, _("Concepts"))
    keys = dict(edition.concepts.values_list("uri", "pk"))
    for pairs in _batches(package.relations(), _RELATIONS_AT_ONCE):
        rows = [
            ConceptRelation(source_id=keys[each.source], target_id=keys[each.target], kind=each.kind)
            for each in pairs
        ]
        ConceptRelation.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_RELATIONS_AT_ONCE)
        done += len(pairs)
        say(done, total, _("Relations"))


@transaction.atomic
def _finish(
    actor: Actor, edition: SchemeEdition, package: Package, parts: list[list[str]], source: str
) -> None:
    known = {digest for _name, digest in edition.parts}
    edition.languages = sorted({*edition.languages, *package.languages})
    edition.parts = [*edition.parts, *(part for part in parts if part[1] not in known)]
    edition.source = source or edition.source
    edition.concept_count = edition.concepts.count()
    edition.relation_count = ConceptRelation.objects.filter(source__edition=edition).count()
    edition.state, edition.loaded_at = SchemeEdition.State.LOADED, clock.now()
    checked(edition).save()
    if not SchemeEdition.objects.filter(scheme=edition.scheme_id, current=True).exists():
        _put_in_use(edition)
    audit.record(
        actor,
        "qualifications.edition.load",
        edition,
        after={
            "scheme": edition.scheme_id,
            "number": edition.number,
            "files": [name for name, _digest in parts],
        },
    )
    if edition.scheme_id == "esco" and edition.current:
        from gilde.qualifications.services.matching_index import request_index

        request_index(actor=actor)


def _store_concepts(edition: SchemeEdition, some: Sequence[ConceptRead]) -> None:
    """Store concepts; to one that is there already languages are added, and what is told again counts."""
    there = {c.uri: c for c in edition.concepts.filter(uri__in=[each.uri for each in some])}
    fresh, changed = [], []
    for each in some:
        concept = there.get(each.uri)
        if concept is None:
            fresh.append(_concept(edition, each))
        elif _merge(concept, each):
            changed.append(concept)
    Concept.objects.bulk_create(fresh, batch_size=_AT_ONCE)
    Concept.objects.bulk_update(
        changed, ["label", "terms", "description", "member_of", "replaced_by", "status"], batch_size=200
    )


def _concept(edition: SchemeEdition, told: ConceptRead) -> Concept:
    return Concept(
        edition=edition,
        uri=told.uri,
        kind=told.kind,
        code=told.code,
        label=Text(_source(told.labels), dict(told.labels)),
        terms={language: list(terms) for language, terms in told.terms.items()},
        description=Text(_source(told.descriptions), dict(told.descriptions)),
        status=told.status,
        skill_type=told.skill_type,
        reuse=told.reuse,
        regulated=told.regulated,
        replaced_by=list(told.replaced_by),
        member_of=list(told.member_of),
    )


def _merge(concept: Concept, told: ConceptRead) -> bool:
    """Add what is told to a concept; return whether that changed anything."""
    fresh = _concept(concept.edition, told)
    label = {**concept.label.words, **fresh.label.words}
    description = {**concept.description.words, **fresh.description.words}
    before = (
        concept.label,
        concept.terms,
        concept.description,
        concept.member_of,
        concept.replaced_by,
        concept.status,
    )
    concept.label = Text(_source(label), label)
    concept.description = Text(_source(description), description)
    concept.terms = {**concept.terms, **fresh.terms}
    concept.member_of = sorted({*concept.member_of, *fresh.member_of})
    concept.replaced_by = fresh.replaced_by or concept.replaced_by
    concept.status = fresh.status or concept.status
    after = (
        concept.label,
        concept.terms,
        concept.description,
        concept.member_of,
        concept.replaced_by,
        concept.status,
    )
    return before != after


def _scheme(code: str, name: Text | None = None, uri: str = "") -> Scheme:
    title, address, publisher, licence = _SCHEMES.get(code, (code, "", "", ""))
    told = lists.schemes().get(code)
    words = name or (Text(_source(told.name), told.name) if told else Text.of(title))
    fields = {"name": words, "uri": uri or address, "publisher": publisher, "licence": licence}
    scheme, _made = Scheme.objects.get_or_create(code=code, defaults=fields)
    return scheme


def _put_in_use(edition: SchemeEdition) -> None:
    SchemeEdition.objects.filter(scheme=edition.scheme_id, current=True).exclude(pk=edition.pk).update(
        current=False
    )
    edition.current = True
    edition.save(update_fields=["current"])


@dataclass(frozen=True, slots=True)
class _Kept:
    """A stored concept as `migration.compare` wants it."""

    kind: str
    labels: Mapping[str, str]
    terms: Mapping[str, Sequence[str]]
    descriptions: Mapping[str, str]
    status: str
    replaced_by: Sequence[str]


def _stored(edition: SchemeEdition) -> dict[str, _Kept]:
    rows = edition.concepts.order_by("uri").values_list(
        "uri", "kind", "label", "terms", "description", "status", "replaced_by"
    )
    return {
        uri: _Kept(kind, label.words, terms, description.words, status, replaced_by)
        for uri, kind, label, terms, description, status, replaced_by in rows.iterator(chunk_size=2000)
    }


def _broader(edition: SchemeEdition) -> dict[str, set[str]]:
    rows = ConceptRelation.objects.filter(source__edition=edition, kind=ConceptRelation.Kind.BROADER)
    found: dict[str, set[str]] = {}
    for source, target in rows.values_list("source__uri", "target__uri").iterator(chunk_size=5000):
        found.setdefault(source, set()).add(target)
    return found


def _source(words: Collection[str]) -> str:
    """Return the language that a text is taken to be written in: English where it has it."""
    return "en" if "en" in words or not words else sorted(words)[0]


def _batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    stream = iter(things)
    while some := list(islice(stream, size)):
        yield some


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
