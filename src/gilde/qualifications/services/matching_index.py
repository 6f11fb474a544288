"""The index of the skills of the ESCO edition in use: built from what is stored, kept on disk, loaded once a process.

An index lies in a folder named after what it was made of: the edition, when it was loaded, and what people had
confirmed by then. While a newer one is being built, pages go on with the one before.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from gilde.core import jobs
from gilde.core.access import Actor
from gilde.core.errors import GildeError
from gilde.qualifications import matching
from gilde.qualifications.matching import Confirmed, Index, Term
from gilde.qualifications.matching.index import FORM
from gilde.qualifications.models import Concept, ConfirmedPair, SchemeEdition

SCHEME: Final = "esco"
JOB: Final = "qualifications.match-index"
_FORM: Final = 2  # raised when other terms go into an index
_KEPT: Final = 3  # indexes on disk; who reads an older one has it in memory

Progress = Callable[[str], None]


class NotMatched(GildeError):
    """Texts cannot be matched now, and the sentence says what is missing."""

    status = 409
    code = "not-matched"


@dataclass(frozen=True)
class Standing:
    """Whether texts can be matched now: the edition in use, whether it has an index, whether that is up to date."""

    edition: SchemeEdition | None
    ready: bool = False
    fresh: bool = False

    @property
    def sentence(self) -> str:
        """Return what to tell a person; "" when all is well."""
        if self.edition is None:
            return _(
                "ESCO is not loaded here, so texts cannot be matched with it. Everything else works. "
                "Who keeps the reference data can load it under “Classifications”."
            )
        if not self.ready:
            return _("The words of %(edition)s are not prepared for matching yet. Prepare them first.") % {
                "edition": self.edition
            }
        return ""


def standing() -> Standing:
    """Return whether texts can be matched now. Two queries."""
    edition = edition_in_use()
    if edition is None:
        return Standing(None)
    wanted = _wanted(edition)
    return Standing(edition, ready=_newest(edition) is not None, fresh=_saved(wanted) is not None)


def edition_in_use() -> SchemeEdition | None:
    """Return the edition of ESCO that is in use, None when none is loaded."""
    return SchemeEdition.objects.filter(scheme=SCHEME, current=True).select_related("scheme").first()


def index_of(*, build: bool = False, progress: Progress | None = None) -> Index:
    """Return the newest index of the edition in use.

    With `build` one that is not up to date is built now. Without it an older one is good enough. Raises NotMatched
    when ESCO is not loaded, or when there is no index and none may be built.
    """
    now = standing()
    if now.edition is None or (not now.ready and not build):
        raise NotMatched(now.sentence)
    if build and not now.fresh:
        return _load(build_index(progress=progress))
    path = _saved(_wanted(now.edition)) or _newest(now.edition)
    assert path is not None
    return _load(path)


def build_index(*, progress: Progress | None = None) -> Path:
    """Build the index of the edition in use from what is stored, and return its folder. Raises NotMatched."""
    edition = edition_in_use()
    if edition is None:
        raise NotMatched(Standing(None).sentence)
    target = _wanted(edition)
    built = matching.build(
        _terms(edition),
        confirmed=_confirmed(),
        descriptions=_descriptions(edition),
        embedding=_embedding(),
        progress=progress,
    )
    saved = built.save(target)
    target.touch()  # the newest, also where the same was built before
    _forget(edition)
    return saved


def request_index(*, actor: Actor) -> jobs.Job | None:
    """Start the job that builds the index, and return it; None when one waits already or nothing is loaded."""
    if edition_in_use() is None or jobs.Job.objects.filter(kind=JOB, state=jobs.Job.State.QUEUED).exists():
        return None
    return jobs.enqueue(actor, JOB)


@jobs.job(JOB)
def run_index() -> dict[str, Any]:
    """Build the index, unless what is there is up to date."""
    if not standing().fresh:
        build_index(progress=lambda step: jobs.progress(0, None, step))
    return {"edition": str(edition_in_use())}


def _wanted(edition: SchemeEdition) -> Path:
    """Return the folder of the index that would be up to date now."""
    pairs = ConfirmedPair.objects.aggregate(count=Count("pk"), last=Max("at"), newest=Max("pk"))
    told = hashlib.sha256(repr((pairs["count"], pairs["last"], pairs["newest"])).encode()).hexdigest()[:12]
    return _folder() / f"{_stem(edition)}-{pairs['count']}-{told}"


def _stem(edition: SchemeEdition) -> str:
    """Return how the names of all indexes of an edition begin, as it was last loaded."""
    made_of = (edition.pk, edition.loaded_at, FORM, _FORM, str(_embedding() or ""))
    return f"{SCHEME}-{hashlib.sha256(repr(made_of).encode()).hexdigest()[:12]}"


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "matching"


def _embedding() -> Path | None:
    """Return the folder of word vectors that an installation may name; nothing is ever downloaded."""
    told = settings.EMBEDDING_DIR
    return Path(told) if told else None


def _saved(target: Path) -> Path | None:
    """Return the index in a folder; one that is being written there has a name with a dot in front."""
    return next((each for each in sorted(target.glob("[!.]*")) if each.is_dir()), None)


def _of(edition: SchemeEdition) -> list[Path]:
    """Return the folders of indexes of an edition, the newest first."""
    found = [each for each in _folder().glob(f"{_stem(edition)}-*") if _saved(each)]
    return sorted(found, key=lambda each: each.stat().st_mtime_ns, reverse=True)


def _newest(edition: SchemeEdition) -> Path | None:
    return next((_saved(each) for each in _of(edition)), None)


def _forget(edition: SchemeEdition) -> None:
    """Remove former indexes but the last few: another process may be about to read one."""
    for old in _of(edition)[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


@lru_cache(maxsize=1)
def _load(path: Path) -> Index:
    return matching.load(path, embedding=_embedding())


def _terms(edition: SchemeEdition) -> Iterator[Term]:
    """Yield every label of every skill that is not obsolete, in all languages."""
    rows = edition.concepts.filter(kind="skill").exclude(status="obsolete")
    columns = ("uri", "label", "terms", "skill_type")
    for uri, label, terms, skill_type in rows.values_list(*columns).iterator(chunk_size=2000):
        kind = "knowledge" if skill_type == "knowledge" else "skill"
        for language, words in label.words.items():
            yield Term(uri, words, language, True, kind)
        for language, others in terms.items():
            for words in others:
                yield Term(uri, words, language, False, kind)


def _descriptions(edition: SchemeEdition) -> Iterator[Term]:
    rows = edition.concepts.filter(kind="skill").order_by("uri").values_list("uri", "description")
    for uri, description in rows.iterator(chunk_size=2000):
        for language, words in description.words.items():
            yield Term(uri, words, language, False)


def _confirmed() -> Iterator[Confirmed]:
    rows = ConfirmedPair.objects.order_by("pk").values_list("text", "language", "uri", "relation")
    for text, language, uri, relation in rows.iterator(chunk_size=2000):
        yield Confirmed(text, language, uri, relation)


def names_of(uris: list[str]) -> dict[str, Concept]:
    """Return the concepts of the edition in use by address."""
    found = Concept.objects.filter(uri__in=uris, edition__scheme=SCHEME, edition__current=True)
    # Without an order: SQLite would read the whole edition in that of the model to find these few.
    return {concept.uri: concept for concept in found.select_related("edition").order_by()}
