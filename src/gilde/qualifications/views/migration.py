"""The migration report between two editions: what changed, what uses it here, and links moved by a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gilde.core import downloads
from gilde.core.access import require
from gilde.core.errors import Missing
from gilde.core.form_pages import found
from gilde.core.jobs import Job
from gilde.core.text import Text
from gilde.qualifications.access import can_keep_reference
from gilde.qualifications.classifications.migration import Change
from gilde.qualifications.concept_uses import Use, seen_uses
from gilde.qualifications.models import Concept, Linked, SchemeEdition
from gilde.qualifications.services import classifications
from gilde.qualifications.services import migration as service
from gilde.qualifications.views.classifications import crumbs
from gilde.qualifications.views.concepts import address

PER_PAGE: Final = 50
# In the order of what needs a decision first.
KINDS: Final[Mapping[str, Any]] = {
    "split": gettext_lazy("Split"),
    "merged": gettext_lazy("Merged"),
    "replaced": gettext_lazy("Replaced"),
    "removed": gettext_lazy("Removed"),
    "renamed": gettext_lazy("Renamed"),
    "redefined": gettext_lazy("Described anew"),
    "moved": gettext_lazy("Placed elsewhere"),
    "added": gettext_lazy("Added"),
}


@dataclass(frozen=True)
class Target:
    """A concept of the newer edition to use instead."""

    uri: str
    label: Text
    url: str


@dataclass(frozen=True)
class Row:
    """A change as the page shows it; `count` is how many links still stand at the older edition."""

    change: Change
    kind: Any
    url: str
    targets: Sequence[Target]
    count: int
    uses: Sequence[Use]


@dataclass(frozen=True)
class Editions:
    """The two editions of an address."""

    old: SchemeEdition
    new: SchemeEdition

    @classmethod
    def of(cls, scheme: str, old: UUID, new: UUID) -> Editions:
        """Return loaded editions of one classification; Http404 for others."""
        loaded = SchemeEdition.objects.filter(scheme=scheme, state=SchemeEdition.State.LOADED)
        both = loaded.select_related("scheme")
        if old == new:
            raise Http404
        return cls(found(both, pk=old), found(both, pk=new))

    def url(self, name: str = "compare") -> str:
        """Return the address of a page about them."""
        return reverse(
            f"qualifications:classification-{name}", args=[self.old.scheme_id, self.old.pk, self.new.pk]
        )


@require_safe
def report(request: HttpRequest, scheme: str, old: UUID, new: UUID) -> HttpResponseBase:
    """Show what changed, what is used here first. It is worked out once and kept; until then, how far that is."""
    both = Editions.of(scheme, old, new)
    changes = service.kept_changes(both.old, both.new)
    if changes is None:
        return _waiting(request, both)
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.target == "classification-wait":  # the page that waited gives way to the report
        return HttpResponse(headers={"HX-Redirect": both.url()})
    counts = _standing(changes, both.new)
    asked = _asked(request)
    chosen = [each for each in changes if _fits(each, asked, counts)]
    chosen.sort(key=lambda each: each.uri not in counts)  # stable: the order of kinds stays
    if request.GET.get("format") in downloads.WRITERS:
        return _download(request.GET["format"], both, chosen, counts)
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    seen = seen_uses(request.user, [each.uri for each in page], states=_STANDING) if counts else {}
    numbers = {kind: sum(each.kind == kind for each in changes) for kind in KINDS}
    used = {kind: sum(each.kind == kind and each.uri in counts for each in changes) for kind in KINDS}
    context = {
        "title": _("From %(old)s to %(new)s") % {"old": both.old.number, "new": both.new.number},
        "crumbs": _crumbs(both),
        "both": both,
        "rows": _rows(list(page), both.new, counts, seen),
        "page": page,
        "kinds": [
            (kind, label, numbers[kind], used[kind], kind == asked["kind"])
            for kind, label in KINDS.items()
            if numbers[kind]
        ],
        "asked": asked,
        "total": len(changes),
        "concerned": sum(counts.values()),
        "keeps": bool(can_keep_reference(request.user)),
        "move_url": both.url("move"),
        "query": "&".join(f"{name}={value}" for name, value in asked.items() if value),
    }
    return render(request, "qualifications/classification_compare.html", context)


@require_POST
def start(request: HttpRequest, scheme: str, old: UUID, new: UUID) -> HttpResponse:
    """Let the changes be worked out, and show how far that is."""
    both = Editions.of(scheme, old, new)
    if service.kept_changes(both.old, both.new) is None:
        service.request_changes(actor=request.user, old=both.old, new=both.new)
    return redirect(both.url())


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, scheme: str, old: UUID, new: UUID) -> HttpResponse:
    """Say which links would move where, of one concept or of all of one kind of change, and move them."""
    both = Editions.of(scheme, old, new)
    require(can_keep_reference(request.user))
    changes = service.kept_changes(both.old, both.new)
    if changes is None:
        return redirect(both.url())
    told = request.POST if request.method == "POST" else request.GET
    counts = _standing(changes, both.new)
    moves = _moves(changes, both.new, counts, told)
    if not moves:
        raise Missing(_("No link stands at the older edition there any more. Go back to the comparison."))
    if request.method == "POST":
        done = service.move_all(actor=request.user, moves=[(uri, concept) for uri, concept in moves])
        messages.success(
            request, ngettext("%(n)d link is moved.", "%(n)d links are moved.", done) % {"n": done}
        )
        return redirect(both.url())
    labels = {each.uri: each.old_label for each in changes}
    context = {
        "title": _("Move links to %(edition)s") % {"edition": both.new},
        "crumbs": [*_crumbs(both), (_("Comparison"), both.url())],
        "moves": [(labels[uri], counts[uri], concept, uri == concept.uri) for uri, concept in moves],
        "sent": [(name, told[name]) for name in ("kind", "uri", "to") if told.get(name)],
        "total": sum(counts[uri] for uri, _concept in moves),
        "form": forms.Form(),
        "cancel": both.url(),
    }
    return render(request, "qualifications/classification_move.html", context)


_STANDING: Final = (Linked.State.CONFIRMED, Linked.State.PROPOSED)


def _waiting(request: HttpRequest, both: Editions) -> HttpResponse:
    job = service.waiting_for(both.old, both.new)
    context = {
        "title": _("From %(old)s to %(new)s") % {"old": both.old.number, "new": both.new.number},
        "crumbs": _crumbs(both),
        "both": both,
        "job": job,
        "here": both.url(),
        "start": both.url("compare-start"),
        "failed": None if job else _last_failure(both),
    }
    name = "_classification_wait.html" if getattr(request, "htmx", None) else "classification_wait.html"
    return render(request, f"qualifications/{name}", context)


def _last_failure(both: Editions) -> Job | None:
    """Return the last job for these editions when it failed."""
    last = Job.objects.filter(
        kind=service.JOB, arguments__old=str(both.old.pk), arguments__new=str(both.new.pk)
    ).order_by("-created_at")[:1]
    return next((each for each in last if each.error), None)


def _standing(changes: Sequence[Change], new: SchemeEdition) -> dict[str, int]:
    """Return by address how many links have not been moved to the newer edition yet."""
    found = classifications.uses_of({each.uri for each in changes if each.kind != "added"})
    counts = {uri: sum(link.edition != new.number for link in links) for uri, links in found.items()}
    return {uri: count for uri, count in counts.items() if count}


def _asked(request: HttpRequest) -> dict[str, str]:
    kind, used = request.GET.get("kind", ""), request.GET.get("used", "")
    return {"kind": kind if kind in KINDS else "", "used": "yes" if used == "yes" else ""}


def _fits(change: Change, asked: Mapping[str, str], counts: Mapping[str, int]) -> bool:
    return (not asked["kind"] or change.kind == asked["kind"]) and (not asked["used"] or change.uri in counts)


def _rows(
    changes: Sequence[Change],
    new: SchemeEdition,
    counts: Mapping[str, int],
    seen: Mapping[str, Sequence[Use]],
) -> list[Row]:
    concepts = _concepts(new, [uri for each in changes for uri in each.proposal])
    return [
        Row(
            each,
            KINDS[each.kind],
            address(each.uri),
            [Target(uri, concepts[uri].label, address(uri)) for uri in each.proposal if uri in concepts],
            counts.get(each.uri, 0),
            [use for use in seen.get(each.uri, ()) if use.linked.edition != new.number],
        )
        for each in changes
    ]


def _moves(
    changes: Sequence[Change], new: SchemeEdition, counts: Mapping[str, int], told: Mapping[str, str]
) -> list[tuple[str, Concept]]:
    """Return what would move: one concept to one of its proposals, or all of a kind to the best of each."""
    kind, uri, to = (told.get(name, "") for name in ("kind", "uri", "to"))
    wanted = {
        each.uri: (to if to in each.proposal else each.proposal[0])
        for each in changes
        if each.proposal and each.uri in counts and (each.uri == uri if uri else each.kind == kind)
    }
    concepts = _concepts(new, list(wanted.values()))
    return [(old, concepts[target]) for old, target in wanted.items() if target in concepts]


def _concepts(edition: SchemeEdition, uris: Sequence[str]) -> dict[str, Concept]:
    found: dict[str, Concept] = {}
    for start in range(0, len(uris), 500):
        some = edition.concepts.filter(uri__in=uris[start : start + 500]).select_related("edition").order_by()
        found |= {each.uri: each for each in some}
    return found


def _download(
    wanted: str, both: Editions, changes: Sequence[Change], counts: Mapping[str, int]
) -> HttpResponseBase:
    columns: downloads.Columns = [
        ("kind", lambda row: row["change"].kind),
        ("uri", lambda row: row["change"].uri),
        ("old_label", lambda row: row["change"].old_label),
        ("new_label", lambda row: row["change"].new_label),
        ("used", lambda row: counts.get(row["change"].uri, 0)),
        ("proposal", lambda row: list(row["change"].proposal)),
        ("score", lambda row: row["change"].score),
        ("why", lambda row: row["change"].why),
    ]
    name = f"{both.old.scheme_id}-{both.old.number}-{both.new.number}"
    return downloads.respond(wanted, name, columns, iter([{"change": each} for each in changes]))


def _crumbs(both: Editions) -> list[tuple[str, str]]:
    scheme = both.old.scheme
    return crumbs((str(scheme), reverse("qualifications:classification", args=[scheme.code])))
