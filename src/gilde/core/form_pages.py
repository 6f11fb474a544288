"""Pages with one form: what was written is kept, who came second is told, and one service is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from gilde.core.components import Fact, written
from gilde.core.errors import GildeError, Refused, Stale

Thing = TypeVar("Thing", bound=Model)
Crumb: TypeAlias = tuple[str, str]


def found(things: QuerySet[Thing], **where: Any) -> Thing:
    """Return the one thing among those that the reader may see; a stranger gets 404."""
    try:
        return things.get(**where)
    except ObjectDoesNotExist as error:
        raise Http404 from error


@dataclass(frozen=True)
class Page:
    """A page with one form: its words, where it leads, and what it warns of.

    `follow` gives the address that comes after what was made, `back` where it is not given; `said` the words that
    confirm it, `done` where it is not given.
    """

    title: str
    button: str
    back: str
    crumbs: Sequence[Crumb]
    done: str = ""
    subject: str = ""
    lead: str = ""
    warning: str = ""
    upload: bool = False
    danger: bool = False
    follow: Callable[[Any], str] | None = None
    said: Callable[[Any], str] | None = None
    template: str = "core/form.html"


def answer(
    request: HttpRequest,
    page: Page,
    form: forms.Form,
    save: Callable[[Any], Any],
    fresh: Callable[[], forms.Form] | None = None,
) -> HttpResponse:
    """Return the form, or after `save` the way back.

    What the service refuses is said above the form, with everything that was written still in it. Who came
    second sees what is stored now (from `fresh`, the form as it would open now), and may save again.
    """
    status, stored = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = save(form)
            except Refused:
                raise
            except Stale as error:
                status = error.status
                form.add_error(None, error.sentence)
                if fresh is not None:
                    now = fresh()
                    stored = _as_stored(now, form)
                    _take_version(form, now)
            except GildeError as error:
                status = error.status
                add_error(form, error)
            else:
                if told := page.said(made) if page.said else page.done:
                    messages.success(request, told)
                return redirect(page.follow(made) if page.follow else page.back)
    context = {"title": page.title, "page": page, "crumbs": page.crumbs, "form": form, "stored": stored}
    return render(request, page.template, context, status=status)


def add_error(form: forms.Form, error: GildeError) -> None:
    """Say in a form what a service refused: at the fields that it names, else above the form."""
    fields = error.details.get("fields")
    known = (
        {name: told for name, told in fields.items() if name in form.fields}
        if isinstance(fields, dict)
        else {}
    )
    for name, told in known.items():
        form.add_error(name, told)
    if not isinstance(fields, dict) or len(known) < len(fields):
        form.add_error(None, error.sentence)


def _as_stored(now: forms.Form, form: forms.Form) -> list[Fact]:
    """What is stored now in each field where that is not what the reader wrote."""
    facts = []
    for name, field in now.fields.items():
        value = now.get_initial_for_field(field, name)
        if name == "version" or form.cleaned_data.get(name) == value:
            continue
        choices = dict(getattr(field, "choices", None) or [])
        shown = choices.get(value, value) if _hashable(value) else value
        if isinstance(value, list):
            shown = field.prepare_value(value)
            shown = ", ".join(map(str, shown)) if isinstance(shown, list) else shown
        mine = form.cleaned_data.get(name)
        if str(getattr(mine, "pk", mine) or "") != str(getattr(value, "pk", value) or ""):
            facts.append(Fact(str(field.label), written(shown)))
    return facts


def _hashable(value: Any) -> bool:
    return isinstance(value, str | int | UUID | None)


def _take_version(form: forms.Form, now: forms.Form) -> None:
    """Let the next try start from what is stored now: the reader has seen it."""
    given: Any = form.data
    data = given.copy()
    for name in ("version", "before"):
        if name in now.fields:
            value = now.get_initial_for_field(now.fields[name], name)
            data[form.add_prefix(name)] = "" if value is None else str(getattr(value, "pk", value))
    form.data = data
