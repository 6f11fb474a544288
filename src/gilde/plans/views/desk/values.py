"""One value: decided, corrected, linked, split, merged, left out, brought back; and its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gilde.core.access import require
from gilde.core.errors import GildeError, Stale
from gilde.plans.access import can_edit_reading
from gilde.plans.forms import desk as desk_forms
from gilde.plans.models import Reading, Revision, Value
from gilde.plans.services.desk import acts, contents, parts, show
from gilde.plans.services.desk.store import value_of
from gilde.plans.views.desk import fields as desk_fields
from gilde.plans.views.desk.pages import crumbs_of, desk_context, reading_of

Kind = Value.Kind
Status = Value.Status
ADDABLE: Final = (Kind.ACTION, Kind.BODY, Kind.FUNDING, Kind.DATE, Kind.TITLE)


@dataclass(frozen=True)
class Act:
    """Something that may be done with a value: its form, and the button's verb."""

    name: str
    heading: str
    form: forms.Form
    button: str
    open: bool = False
    hint: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def value(request: HttpRequest, reading_id: UUID, value_id: int) -> HttpResponse:
    """Show one value with its place in the document, what may be done with it, and what was done."""
    it = reading_of(request, reading_id)
    chosen = value_of(it, value_id)
    name, code, theirs = request.POST.get("act", ""), 200, None
    bound: forms.Form | None = None
    if request.method == "POST":
        require(can_edit_reading(request.user, it))
        bound = _form(name, chosen, request)
        code = 422
        if bound.is_valid():
            try:
                done = _DOING[name](request, chosen, bound)
            except Stale as error:
                code = error.status
                chosen.refresh_from_db()
                theirs = show.last_acts([chosen]).get(chosen.pk)
                bound.add_error(None, error.sentence)
                _take_version(bound, chosen)
            except GildeError as error:
                code = error.status
                field = str(error.details.get("field") or "")
                bound.add_error(field if field in bound.fields else None, error.sentence)
            else:
                return done
    context = {
        **desk_context(request, it, chosen),
        "title": f"{chosen.measure} · {desk_fields.label_of(chosen)}",
        "crumbs": crumbs_of(it),
        "field": desk_fields.field_of(chosen, show.linked([chosen]), chosen),
        "full": contents.words_of(chosen.kind, chosen.content),
        "history": show.history(chosen),
        "theirs": theirs,
        "acts": _acts(request, chosen, name, bound) if can_edit_reading(request.user, it) else [],
        "back": f"{desk_fields.reading_url(it, value=chosen.pk)}#f{chosen.pk}",
    }
    return render(request, "plans/desk/value.html", context, status=code)


def _take_version(form: forms.Form, chosen: Value) -> None:
    """Let the next try start from what is stored now: the officer has seen it beside their own."""
    sent: Any = form.data
    data = sent.copy()
    data["version"] = str(chosen.version)
    form.data = data


# -- forms


def _form(name: str, chosen: Value, request: HttpRequest | None) -> forms.Form:
    """Return the form of an act, as it opens or as it was sent; 404 for an act that this value has not."""
    data = request.POST if request is not None else None
    if name not in _DOING or name not in _names(chosen):
        raise Http404
    if name == "correct":
        return desk_forms.FORMS[chosen.kind](data, initial=desk_forms.initial_of(chosen))
    start: dict[str, Any] = {"version": chosen.version}
    if name == "link":
        suggested = [
            (str(one.organisation.pk), _suggestion_words(one))
            for one in show.suggest([chosen.content["name"]])[chosen.content["name"]]
        ]
        start["choice"] = suggested[0][0] if len(suggested) == 1 else ""
        return desk_forms.LinkForm(data, initial=start, suggested=suggested)
    if name == "split":
        text = str(chosen.content["text"])
        return desk_forms.SplitForm(data, initial=start, text=text, cuts=parts.cuts(text))
    if name == "merge":
        following = show.next_action(chosen)
        if following is not None:
            start |= {"second": following.pk, "second_version": following.version}
        return desk_forms.MergeForm(data, initial=start)
    if name == "leave-out":
        return desk_forms.LeaveOutForm(data, initial=start)
    return desk_forms.RestoreForm(data, initial=start)


def _suggestion_words(one: show.Suggestion) -> str:
    if one.score >= 100:
        return _("%(name)s (the same name)") % {"name": one.organisation}
    return _("%(name)s (%(score)s %% alike)") % {"name": one.organisation, "score": round(one.score)}


def _names(chosen: Value) -> list[str]:
    """Return the acts that a value allows, in the order of the page; "restore" belongs to the history."""
    if chosen.status == Status.REMOVED:
        return ["restore"]
    names = ["correct", "restore"]
    if chosen.kind == Kind.BODY:
        names.insert(0, "link")
    if chosen.kind == Kind.ACTION:
        names += ["split", "merge"]
    if chosen.kind in contents.OPTIONAL_KINDS:
        names.append("leave-out")
    return names


def _acts(request: HttpRequest, chosen: Value, sent: str, bound: forms.Form | None) -> list[Act]:
    found: list[Act] = []
    for name in _names(chosen):
        if name == "restore" or (name == "merge" and show.next_action(chosen) is None):
            continue
        form = bound if name == sent and bound is not None else _form(name, chosen, None)
        form.auto_id = f"id_{name}_%s"
        heading, button, hint = _words(name, chosen)
        first = not found
        found.append(Act(name, heading, form, button, first or name == sent, hint))
    return found


def _words(name: str, chosen: Value) -> tuple[str, str, str]:
    """Return heading, button and hint of an act."""
    if name == "correct" and chosen.kind == Kind.TICK:
        return _("Decide"), _("Save and go on"), ""
    if name == "merge":
        following = show.next_action(chosen)
        words = contents.words_of(Kind.ACTION, following.content) if following else ""
        return _("Merge with the next action"), _("Merge"), words
    whole = chosen.kind == Kind.TITLE
    return {
        "correct": (_("Correct"), _("Save"), _("What was here before is kept in the history.")),
        "link": (_("Link to an organisation"), _("Save and go on"), _("No organisation is made by this.")),
        "split": (_("Split in two"), _("Split"), ""),
        "leave-out": (
            _("Leave out this measure") if whole else _("Leave out"),
            _("Leave out"),
            _("The whole measure is not published then.")
            if whole
            else _("It can be brought back at any time."),
        ),
    }[name]


# -- doing


def _go_on(request: HttpRequest, chosen: Value) -> HttpResponse:
    """Go to what is to be decided next, when this is what the officer is doing; else back to the field."""
    following = show.next_undecided(chosen.reading, chosen)
    if following is None:
        return redirect(f"{desk_fields.reading_url(chosen.reading, value=chosen.pk)}#f{chosen.pk}")
    return redirect(desk_fields.value_url(following))


def _back(chosen: Value) -> HttpResponse:
    return redirect(f"{desk_fields.reading_url(chosen.reading, value=chosen.pk)}#f{chosen.pk}")


def _correct(request: HttpRequest, chosen: Value, form: Any) -> HttpResponse:
    data, was_open = form.cleaned_data, chosen.status == Status.UNKNOWN
    if chosen.kind == Kind.TICK:
        acts.decide(
            request.user,
            value=chosen,
            version=data["version"],
            ticked=form.content()["ticked"],
            ground=data["ground"],
        )
        messages.success(request, _("%(label)s: saved.") % {"label": desk_fields.label_of(chosen)})
        return _go_on(request, chosen) if was_open else _back(chosen)
    content = {**form.content()}
    if chosen.kind == Kind.BODY:
        content |= {name: chosen.content.get(name) for name in ("organisation", "none")}
    acts.correct(request.user, value=chosen, version=data["version"], content=content, ground=data["ground"])
    messages.success(request, _("%(label)s: saved.") % {"label": desk_fields.label_of(chosen)})
    return _back(chosen)


def _link(request: HttpRequest, chosen: Value, form: Any) -> HttpResponse:
    was_open = chosen.status == Status.UNKNOWN
    acts.link(
        request.user, value=chosen, version=form.cleaned_data["version"], organisation=form.organisation()
    )
    messages.success(request, _("%(name)s: saved.") % {"name": chosen.content["name"]})
    return _go_on(request, chosen) if was_open else _back(chosen)


def _split(request: HttpRequest, chosen: Value, form: Any) -> HttpResponse:
    data = form.cleaned_data
    first, _second = parts.split(request.user, value=chosen, version=data["version"], position=data["place"])
    messages.success(request, _("The action is now two."))
    return _back(first)


def _merge(request: HttpRequest, chosen: Value, form: Any) -> HttpResponse:
    data = form.cleaned_data
    second = value_of(chosen.reading, data["second"])
    merged = parts.merge(
        request.user,
        first=chosen,
        second=second,
        version=data["version"],
        second_version=data["second_version"],
    )
    messages.success(request, _("The two actions are now one."))
    return _back(merged)


def _leave_out(request: HttpRequest, chosen: Value, form: Any) -> HttpResponse:
    data = form.cleaned_data
    acts.leave_out(request.user, value=chosen, version=data["version"], ground=data["ground"])
    messages.success(request, _("Left out. It can be brought back from its page."))
    return _back(chosen)


def _restore(request: HttpRequest, chosen: Value, form: Any) -> HttpResponse:
    revision = Revision.objects.filter(value=chosen, pk=form.cleaned_data["revision"]).first()
    if revision is None:
        raise Http404
    acts.restore(request.user, value=chosen, version=form.cleaned_data["version"], revision=revision)
    messages.success(request, _("Brought back as it was."))
    return redirect(desk_fields.value_url(chosen))


_DOING: Final[dict[str, Callable[[HttpRequest, Value, Any], HttpResponse]]] = {
    "correct": _correct,
    "link": _link,
    "split": _split,
    "merge": _merge,
    "leave-out": _leave_out,
    "restore": _restore,
}


# -- adding what the reader missed


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """Add an action, body, amount, date or measure that the reader missed."""
    it: Reading = reading_of(request, reading_id)
    require(can_edit_reading(request.user, it))
    kind, measure = request.GET.get("kind", str(Kind.ACTION)), request.GET.get("measure", "")
    if kind not in ADDABLE:
        raise Http404
    form = _add_form(kind, request.POST or None)
    title = {
        Kind.ACTION: _("Add an action"),
        Kind.BODY: _("Add a body"),
        Kind.FUNDING: _("Add funding"),
        Kind.DATE: _("Add a date"),
        Kind.TITLE: _("Add a measure"),
    }[Kind(kind)]
    context = {
        **desk_context(request, it, None, "" if kind == Kind.TITLE else measure),
        "title": title,
        "crumbs": crumbs_of(it),
        "form": form,
        "back": desk_fields.reading_url(it, measure=measure) if measure else desk_fields.reading_url(it),
    }
    code = 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            number = form.cleaned_data.get("measure") or measure or context["current"].number
            try:
                added = acts.add(
                    request.user,
                    reading=it,
                    measure=number,
                    kind=kind,
                    content=form.content(),
                    ground=form.cleaned_data["ground"],
                )
            except GildeError as error:
                code = error.status
                form.add_error(None, error.sentence)
            else:
                messages.success(request, _("Added."))
                return _back(added)
    return render(request, "plans/desk/add.html", context, status=code)


def _add_form(kind: str, data: Any) -> Any:
    form: Any = desk_forms.FORMS[kind](data)
    del form.fields["version"]  # what does not exist yet has none
    if kind == Kind.TITLE:
        form.fields["measure"] = forms.CharField(label=_("Number"), max_length=20)
        form.order_fields(["measure", "text", "ground"])
    return form
