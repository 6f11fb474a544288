"""What a file says of itself, as rows of a summary list."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from gilde.core.components import Fact, link, status, written
from gilde.qualifications import vocabularies
from gilde.qualifications.models import Linked, QualificationVersion


def facts_of(file: QualificationVersion) -> list[Fact]:
    """Return what a file says of itself; what it does not say shows as a dash."""
    qualification = file.qualification
    system = vocabularies.credit_systems().get(file.credit_system)
    facts = [
        Fact(_("Summary"), file.summary),
        Fact(_("Code"), qualification.code),
        Fact(_("Kind"), qualification.get_kind_display()),
        Fact(_("Drafted by"), qualification.owner.name),
        Fact(_("Procedure"), file.procedure.name if file.procedure else None),
        Fact(_("Sector"), vocabularies.name_of(vocabularies.sectors(), qualification.sector) or None),
        Fact(_("Framework"), file.framework.name if file.framework else None),
        Fact(_("Level"), file.level.name if file.level else None),
        Fact(_("Workload in hours"), file.hours),
        Fact(_("Credit points"), _credit(file, str(system.name) if system else file.credit_system)),
        Fact(_("Assessment"), file.assessment),
        Fact(
            _("Type of assessment"),
            vocabularies.name_of(vocabularies.assessment_types(), file.assessment_type) or None,
        ),
        Fact(
            _("Forms of participation"),
            ", ".join(
                str(vocabularies.name_of(vocabularies.participation(), each)) for each in file.participation
            ),
        ),
        Fact(_("Quality assurance"), file.quality),
        Fact(_("Languages"), ", ".join(map(language_name, file.languages))),
        Fact(_("Fields of education"), ", ".join(file.isced_f)),
        Fact(_("Economic activities"), ", ".join(file.nace)),
    ]
    dated = [
        Fact(_("Valid from"), file.valid_from),
        Fact(_("Valid until"), file.valid_until),
        Fact(_("Review due"), file.review_due),
    ]
    return [Fact(each.label, _shown(each.value)) for each in (*facts, *(d for d in dated if d.value))]


def relation_facts(file: QualificationVersion) -> list[Fact]:
    """Return to what a file relates: who awards it, on what it rests, what one needs before, for which occupations."""
    awarding = [
        link(reverse("organisations:page", args=[each.slug]), written(each.name))
        for each in file.awarding.order_by("slug")
    ]
    profiles = [each.code for each in file.profiles.order_by("code")]
    needed = [
        format_html("{} ({})", written(each.text), each.qualification.code)
        if each.qualification
        else written(each.text)
        for each in file.prerequisites.select_related("qualification").order_by("position", "pk")
    ]
    return [
        Fact(_("Awarding bodies"), _lines(awarding)),
        Fact(_("Occupational profiles"), _lines(profiles)),
        Fact(_("Prerequisites"), _lines(needed)),
        Fact(_("Occupations"), _lines(map(concept_words, file.concepts.order_by("pk")))),
    ]


def concept_words(concept: Linked) -> SafeString:
    """Return a link to a concept with how it relates, and whether somebody has confirmed it."""
    tag = "" if concept.state == Linked.State.CONFIRMED else status("none", concept.get_state_display())
    return format_html(
        '<a href="{}">{}</a> ({}) {}',
        concept.uri,
        written(concept.label) if concept.label else concept.uri,
        concept.get_relation_display(),
        tag,
    )


def language_name(code: str) -> str:
    """Return the name of a language for the reader; the code where it is not known."""
    if code not in LANG_INFO:
        return code
    info = get_language_info(code)
    return str(info["name_translated"]) if code in dict(settings.LANGUAGES) else str(info["name_local"])


def _shown(value: object) -> object:
    return written(value or None)


def _credit(file: QualificationVersion, system: str) -> object:
    if file.credit is None:
        return None
    points = written(file.credit.normalize())
    return format_html("{} · {}", points, system) if system else points


def _lines(values: Iterable[object]) -> SafeString | None:
    told = list(values)
    return (
        format_html('<ul class="bare">{}</ul>', format_html_join("", "<li>{}</li>", ((v,) for v in told)))
        if told
        else None
    )
