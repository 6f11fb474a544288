"""What is to be decided, many at once: tick boxes on one ground, bodies by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gilde.core.access import require
from gilde.core.errors import GildeError, Invalid, Stale
from gilde.organisations.public import Organisation
from gilde.plans.access import can_edit_reading
from gilde.plans.forms.desk import TICKED
from gilde.plans.models import Reading, Value
from gilde.plans.services.desk import acts, show
from gilde.plans.views.desk import fields as desk_fields
from gilde.plans.views.desk.pages import crumbs_of, reading_of


@dataclass(frozen=True)
class Box:
    """A tick box to be decided: its label, its quote, and what the officer chose so far."""

    value: Value
    version: int
    label: str
    group: str
    quote_url: str
    choice: str
    theirs: show.Past | None


@require_http_methods(["GET", "HEAD", "POST"])
def unknown(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """List the tick boxes whose state the document has lost, to decide several at once on one ground."""
    it = reading_of(request, reading_id)
    measures = [link for link in show.measure_links(it) if link.ticks]
    wanted = request.GET.get("measure") or (measures[0].number if measures else "")
    chosen: Mapping[int, str] = {}
    ground, problem, code = "", "", 200
    theirs: dict[int, show.Past] = {}
    versions: dict[int, int] = {}
    extra: list[Value] = []
    if request.method == "POST":
        require(can_edit_reading(request.user, it))
        chosen, versions = _sent(request)
        ground = request.POST.get("ground", "")
        try:
            decisions = [
                acts.Decision(pk, versions.get(pk, 0), TICKED[choice]) for pk, choice in chosen.items()
            ]
            done = acts.decide_many(request.user, reading=it, decisions=decisions, ground=ground)
        except Stale as error:
            problem, code = error.sentence, error.status
            ids = error.details.get("values")
            extra = list(Value.objects.filter(reading=it, pk__in=ids if isinstance(ids, list) else []))
            theirs = show.last_acts(extra)
        except GildeError as error:
            problem, code = error.sentence, error.status
        else:
            messages.success(request, _("%(count)s tick boxes are decided.") % {"count": len(done)})
            return redirect(f"{reverse('plans:desk-unknown', args=[it.pk])}")
    waiting = show.undecided(it, Value.Kind.TICK, None if wanted == "all" else wanted)
    boxes = [
        _box(value, chosen, theirs)
        for value in [*(value for value in extra if value.pk not in {w.pk for w in waiting}), *waiting]
    ]
    context = {
        "title": _("Tick boxes to decide"),
        "crumbs": crumbs_of(it),
        "reading": it,
        "measures": measures,
        "wanted": wanted,
        "total": sum(link.ticks for link in measures),
        "groups": _grouped(boxes),
        "ground": ground,
        "problem": problem,
        "editable": can_edit_reading(request.user, it),
    }
    return render(request, "plans/desk/unknown.html", context, status=code)


def _sent(request: HttpRequest) -> tuple[dict[int, str], dict[int, int]]:
    """Return the choices and versions that were sent, by value; what was not chosen is left out."""
    chosen, versions = {}, {}
    for name, given in request.POST.items():
        kind, _dash, pk = name.partition("-")
        if not pk.isdecimal():
            continue
        if kind == "tick" and given in TICKED:
            chosen[int(pk)] = str(given)
        elif kind == "version" and str(given).isdecimal():
            versions[int(pk)] = int(str(given))
    return chosen, versions


def _box(value: Value, chosen: Mapping[int, str], theirs: Mapping[int, show.Past]) -> Box:
    group = value.code.partition(":")[0]
    return Box(
        value,
        value.version,
        desk_fields.tick_label(value),
        f"{value.measure} · {dict(desk_fields.tick_groups()).get(group, group)}",
        desk_fields.quote_url(value) if value.view_start is not None else "",
        chosen.get(value.pk, ""),
        theirs.get(value.pk),
    )


def _grouped(boxes: list[Box]) -> list[tuple[str, list[Box]]]:
    groups: dict[str, list[Box]] = {}
    for box in boxes:
        groups.setdefault(box.group, []).append(box)
    return list(groups.items())


@require_http_methods(["GET", "HEAD", "POST"])
def bodies(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """List the names of bodies that are not linked yet, with who they may be; one click links each."""
    it = reading_of(request, reading_id)
    problem, code = "", 200
    if request.method == "POST":
        require(can_edit_reading(request.user, it))
        try:
            count = _link(request, it)
        except GildeError as error:
            problem, code = error.sentence, error.status
        else:
            messages.success(request, _("%(count)s bodies are linked.") % {"count": count})
            return redirect("plans:desk-bodies", it.pk)
    names = show.body_names(it)
    context = {
        "title": _("Bodies to link"),
        "crumbs": crumbs_of(it),
        "reading": it,
        "names": names,
        "exact": sum(name.certain is not None for name in names),
        "problem": problem,
        "editable": can_edit_reading(request.user, it),
        "places": sum(len(name.bodies) for name in names),
    }
    return render(request, "plans/desk/bodies.html", context, status=code)


def _link(request: HttpRequest, it: Reading) -> int:
    """Link what was sent: one name to one organisation or none, or every name with exactly one match."""
    if request.POST.get("exact"):
        count = 0
        for name in show.body_names(it):
            if not name.ambiguous and name.suggestions and name.suggestions[0].score >= 100:
                pairs = [(body.pk, body.version) for body in name.bodies]
                organisation = name.suggestions[0].organisation
                acts.link_many(
                    request.user,
                    reading=it,
                    bodies=pairs,
                    organisation=organisation,
                    ground=_("The same name"),
                )
                count += len(pairs)
        return count
    pairs = _pairs(request.POST.get("bodies", ""))
    if not pairs:
        raise Invalid(_("Choose a body to link."))
    return len(acts.link_many(request.user, reading=it, bodies=pairs, organisation=_organisation(request)))


def _organisation(request: HttpRequest) -> Organisation | None:
    wanted = request.POST.get("organisation", "")
    if wanted == "none":
        return None
    try:
        return Organisation.objects.get(pk=UUID(wanted))
    except (ValueError, Organisation.DoesNotExist) as error:
        raise Invalid(_("Choose an organisation, or say that none is known here.")) from error


def _pairs(sent: str) -> list[tuple[int, int]]:
    """Return (value, version) of each body named in a form as "12:1 13:2"."""
    found: list[tuple[int, int]] = []
    for pair in sent.split():
        pk, _colon, version = pair.partition(":")
        if pk.isdecimal() and version.isdecimal():
            found.append((int(pk), int(version)))
    return found
