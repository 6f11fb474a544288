"""What changed in a file: since it was last kept, or between any two moments at which it was kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.text import Text
from gilde.qualifications.models import QualificationVersion, Snapshot
from gilde.qualifications.snapshots import Difference, content_of, differences
from gilde.qualifications.views.drafting_common import file_crumbs, file_of
from gilde.qualifications.views.drafting_facts import language_name
from gilde.qualifications.wording import marked
from gilde.qualifications.workbench import worked_on

_NOW = "now"


@dataclass(frozen=True)
class Moment:
    """A moment that can be chosen: its value in the address, and its words."""

    value: str
    label: str


@dataclass(frozen=True)
class Change:
    """One change in one language, the words that went and came marked; `language` is "" where there is one only."""

    what: str
    language: str
    code: str
    before: SafeString
    after: SafeString


@require_safe
def changes(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show what changed, in two columns; without a choice since the file was last kept."""
    file = file_of(request, version_id)
    kept = _kept(request, file)
    by_value = {str(each.pk): each for each in kept}
    moments = [Moment(value, _words(each)) for value, each in by_value.items()]
    moments.append(Moment(_NOW, _("As it stands now")))
    last = str(kept[-1].pk) if kept else ""
    before, after = request.GET.get("before", last), request.GET.get("after", _NOW)
    before = before if before in by_value else last
    after = after if after in by_value else _NOW
    told: list[Change] = []
    if kept:
        now = by_value[after].content if after in by_value else content_of(file)
        told = list(told_changes(differences(by_value[before].content, now)))
    context = {
        "title": _("What changed"),
        "crumbs": file_crumbs(file),
        "file": file,
        "moments": moments,
        "before": before,
        "after": after,
        "before_words": next((each.label for each in moments if each.value == before), ""),
        "after_words": next((each.label for each in moments if each.value == after), ""),
        "changes": told,
        "kept": kept,
    }
    return render(request, "qualifications/drafting_changes.html", context)


def _kept(request: HttpRequest, file: QualificationVersion) -> list[Snapshot]:
    """Return what was kept of this version and of those before it, as far as the reader works on them."""
    versions = worked_on(request.user).filter(qualification=file.qualification_id, number__lte=file.number)
    kept = Snapshot.objects.filter(version__in=versions.order_by().values("pk")).select_related("version")
    return list(kept.order_by("version__number", "number"))


def _words(snapshot: Snapshot) -> str:
    """Return a moment in words: which version, why it was kept, when."""
    reasons = {"submitted": _("handed in"), "recognised": _("recognised")}
    reason = reasons.get(snapshot.reason) or _("put before a committee")
    return _("Version %(version)d, %(reason)s on %(day)s") % {
        "version": snapshot.version.number,
        "reason": reason,
        "day": date_format(localtime(snapshot.taken_at), "DATETIME_FORMAT"),
    }


def told_changes(found: Iterable[Difference]) -> Iterable[Change]:
    for each in found:
        before, after = _by_language(each.before), _by_language(each.after)
        codes = [code for code in dict.fromkeys([*before, *after]) if before.get(code) != after.get(code)]
        for code in codes:
            old, new = marked(before.get(code, ""), after.get(code, ""))
            name = language_name(code) if code and len({*before, *after} - {""}) > 1 else ""
            yield Change(each.what, name, code, old, new)


def _by_language(words: Text | str) -> dict[str, str]:
    if isinstance(words, Text):
        return {code: each for code, each in words.words.items() if each}
    return {"": words} if words else {}
