"""What a set of micro-credentials is worth towards a qualification, and the rules for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import clock
from gilde.core.access import require
from gilde.core.components import written
from gilde.core.form_pages import Page, answer, found
from gilde.qualifications import access, stacking
from gilde.qualifications.forms.stacking import RuleForm, rule_initial
from gilde.qualifications.models import QualificationVersion, StackRule
from gilde.qualifications.services import stacking as service
from gilde.qualifications.views.micro_credentials import crumbs_of, newest, points
from gilde.qualifications.views.programmes import current_versions

both: Final = require_http_methods(["GET", "HEAD", "POST"])
LONGEST_SET: Final = 100  # so many micro-credentials of an address are looked at


@dataclass(frozen=True)
class Choice:
    """A micro-credential that can be ticked."""

    code: str
    title: object
    credit: object
    ticked: bool
    awarded: str


@dataclass(frozen=True)
class Shown:
    """A rule as the page shows it: what it grants, on what ground, or what it still lacks."""

    title: object
    worth: object
    ground: str
    wanted: list[object]


def _version_of(request: HttpRequest, code: str) -> QualificationVersion:
    """Return the version that the address asks for, else the current one."""
    seen = access.visible_versions(request.user).select_related("qualification")
    asked = request.GET.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 5:
        return found(seen, qualification__code=code, number=int(asked))
    versions = current_versions(seen.filter(qualification__code=code).order_by("number"))
    return versions[0] if versions else found(seen, pk=None)


@login_not_required
@require_safe
def stack(request: HttpRequest, code: str) -> HttpResponse:
    """Tell what the ticked micro-credentials are worth towards a qualification, and what is missing for more."""
    version = _version_of(request, code)
    stack = service.stack_of(request.user, version)
    wrong: list[str] = []
    awarded = _awarded(request, stack, wrong)
    ticked = set(request.GET.getlist("held")[:LONGEST_SET]) & stack.micro_credentials.keys()
    held = [
        stacking.Held(each, stack.micro_credentials[each].credit or Decimal(0), awarded.get(each))
        for each in sorted(ticked)
    ]
    worth = stacking.worth_of(stack.rules, held, clock.today())
    may = access.can_renew(request.user, version) if request.user.is_authenticated else False
    here = reverse("qualifications:qualification", args=[code])
    context = {
        "title": _("What your micro-credentials are worth"),
        "crumbs": crumbs_of((str(version.title), here)),
        "version": version,
        "choices": [
            Choice(
                each,
                written(micro.title),
                points(micro.credit, micro.credit_system),
                each in ticked,
                awarded[each].isoformat() if each in awarded else "",
            )
            for each, micro in sorted(stack.micro_credentials.items(), key=lambda pair: str(pair[1].title))
        ],
        "asks_age": stack.asks_age,
        "wrong": wrong,
        "answered": bool(ticked),
        "credit": points(worth.credit, version.credit_system),
        "units": _units(stack, worth),
        "granted": [_granted(stack, each) for each in worth.granted],
        "lacking": [_lacking(stack, each) for each in worth.lacking],
        "unused": [written(stack.micro_credentials[each].title) for each in worth.unused],
        "rules": [_rule(stack, rule) for rule in stack.rules],
        "may_keep": bool(may),
    }
    return render(request, "qualifications/stacking.html", context)


def _awarded(request: HttpRequest, stack: service.Stack, wrong: list[str]) -> dict[str, date]:
    """The days of award that were given, by code; what is no day is told in `wrong`."""
    days: dict[str, date] = {}
    for code, micro in stack.micro_credentials.items():
        if not (words := request.GET.get(f"awarded-{code}", "").strip()):
            continue
        try:
            day = parse_date(words)
        except ValueError:
            day = None
        if day is None or day > clock.today():
            sentence = _("%(title)s: “%(words)s” is no day on which it can have been awarded.")
            wrong.append(sentence % {"title": micro.title, "words": words[:20]})
        else:
            days[code] = day
    return days


def _units(stack: service.Stack, worth: stacking.Worth) -> list[object]:
    units = {str(rule.unit_id): rule.unit for rule in stack.stored.values() if rule.unit is not None}
    return [written(units[each].title) for each in worth.units]


def _names(stack: service.Stack, codes: Sequence[str]) -> list[str]:
    return [str(stack.micro_credentials[code].title) for code in codes if code in stack.micro_credentials]


def _worth(stack: service.Stack, rule: stacking.Rule, credit: Decimal) -> object:
    stored = stack.stored[rule.key]
    told = points(credit)
    if stored.unit is None:
        return _("%(points)s points") % {"points": told}
    return _("the unit “%(unit)s”, %(points)s points") % {"unit": stored.unit.title, "points": told}


def _granted(stack: service.Stack, granted: stacking.Granted) -> Shown:
    said = _("You bring %(points)s points with %(names)s.") % {
        "points": points(granted.brought),
        "names": ", ".join(_names(stack, granted.used)),
    }
    asked = _asked(granted.rule)
    if granted.credit < granted.rule.worth:
        asked += " " + _("The rule is worth %(points)s points; no more counts than you bring.") % {
            "points": points(granted.rule.worth)
        }
    rule = stack.stored[granted.rule.key]
    return Shown(written(rule.title), _worth(stack, granted.rule, granted.credit), f"{said} {asked}", [])


def _lacking(stack: service.Stack, lacking: stacking.Lacking) -> Shown:
    parts = []
    if lacking.count:
        words = ngettext(
            "%(count)d more micro-credential is needed.",
            "%(count)d more micro-credentials are needed.",
            lacking.count,
        )
        parts.append(words % {"count": lacking.count})
    if lacking.credit:
        parts.append(_("%(points)s more points are needed.") % {"points": points(lacking.credit)})
    if lacking.too_old:
        words = _("Too old for this rule, or without the day of its award: %(names)s.")
        parts.append(words % {"names": ", ".join(_names(stack, lacking.too_old))})
    rule = stack.stored[lacking.rule.key]
    wanted: list[object] = [
        written(stack.micro_credentials[code].title)
        for code in lacking.open_to
        if code in stack.micro_credentials and code not in lacking.too_old
    ]
    return Shown(
        written(rule.title), _worth(stack, lacking.rule, lacking.rule.worth), " ".join(parts), wanted
    )


def _asked(rule: stacking.Rule) -> str:
    """What a rule asks, in sentences."""
    parts = [
        ngettext(
            "At least %(count)d of its micro-credentials is asked.",
            "At least %(count)d are asked.",
            rule.minimum_count,
        )
        % {"count": rule.minimum_count}
    ]
    if rule.minimum_credit:
        parts.append(
            _("At least %(points)s points together are asked.") % {"points": points(rule.minimum_credit)}
        )
    if rule.max_age_years is not None:
        words = ngettext(
            "None may be older than %(count)d year.",
            "None may be older than %(count)d years.",
            rule.max_age_years,
        )
        parts.append(words % {"count": rule.max_age_years})
    return " ".join(parts)


def _rule(stack: service.Stack, rule: stacking.Rule) -> tuple[StackRule, object, object, str, str]:
    stored = stack.stored[rule.key]
    names = ", ".join(_names(stack, sorted(rule.takes)))
    return stored, written(stored.title), _worth(stack, rule, rule.worth), _asked(rule), names


# --- the rules


def _back(version: QualificationVersion) -> str:
    here = reverse("qualifications:stack", args=[version.qualification.code])
    return f"{here}?version={version.number}"


def _page(version: QualificationVersion, title: str, **more: Any) -> Page:
    code = version.qualification.code
    crumbs = crumbs_of(
        (str(version.title), reverse("qualifications:qualification", args=[code])),
        (_("What micro-credentials are worth"), _back(version)),
    )
    told = {"button": _("Save"), "done": _("The rule has been saved."), **more}
    return Page(title=title, back=_back(version), crumbs=crumbs, subject=str(version.title), **told)


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _offered(request: HttpRequest) -> list[QualificationVersion]:
    return list(newest(request.user).select_related("qualification"))


@both
def rule_add(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Add a rule to a version of a qualification."""
    seen = access.visible_versions(request.user).select_related("qualification")
    version = found(seen, qualification__code=code, number=number)
    require(access.can_renew(request.user, version))
    form = RuleForm(version, _data(request), offered=_offered(request))
    return answer(
        request,
        _page(version, _("Add a stacking rule"), button=_("Add")),
        form,
        lambda given: service.add_rule(actor=request.user, version=version, **given.read()),
    )


def _rule_of(request: HttpRequest, rule_id: UUID) -> StackRule:
    seen = access.visible_versions(request.user).order_by().values("pk")
    rules = StackRule.objects.filter(version__in=seen).select_related("version__qualification", "unit")
    rule = found(rules, pk=rule_id)
    require(access.can_renew(request.user, rule.version))
    return rule


@both
def rule_edit(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Change a rule."""
    rule = _rule_of(request, rule_id)
    form = RuleForm(rule.version, _data(request), initial=rule_initial(rule), offered=_offered(request))
    return answer(
        request,
        _page(rule.version, _("Change this stacking rule")),
        form,
        lambda given: service.change_rule(actor=request.user, rule=rule, **given.read()),
    )


@both
def rule_remove(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Take a rule away, once confirmed."""
    rule = _rule_of(request, rule_id)
    warning = _(
        "“%(title)s” is taken away: micro-credentials are worth nothing by it any more. To undo it, add it again."
    )
    page = _page(
        rule.version,
        _("Remove this stacking rule"),
        button=_("Remove"),
        done=_("The rule has been removed."),
        warning=warning % {"title": rule.title},
        danger=True,
    )
    return answer(
        request, page, Form(_data(request)), lambda _given: service.remove_rule(actor=request.user, rule=rule)
    )
