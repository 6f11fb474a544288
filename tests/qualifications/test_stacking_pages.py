"""Stacking rules as they are kept, what a set of micro-credentials is worth on the page, and what one must tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.audit.models import AuditEvent
from gilde.core.errors import Invalid, Refused
from gilde.core.text import Text
from gilde.qualifications import stacking
from gilde.qualifications.micro_credentials import missing_elements
from gilde.qualifications.models import Qualification, QualificationVersion, StackRule
from gilde.qualifications.services import stacking as service
from tests.client import GildeClient
from tests.indicators.keeping import page_of, text_of
from tests.qualifications.factories import OrganisationFactory, a_file, a_member, a_procedure, registered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.moved_to(date(2026, 3, 1)):
        yield


def a_micro(code: str, credit: int = 4, **fields: Any) -> QualificationVersion:
    told = {"units": 0, "credit": Decimal(credit), "credit_system": "ects", **fields}
    return registered(
        procedure=a_procedure("provider-own"),
        title=Text.of(code.upper()),
        qualification__code=code,
        qualification__kind="micro-credential",
        **told,
    )


def a_rule(version: QualificationVersion, *micros: QualificationVersion, **fields: Any) -> StackRule:
    rule = StackRule.objects.create(
        version=version,
        position=version.stack_rules.count(),
        **{"title": Text.of("Rule"), "worth": Decimal(8), **fields},
    )
    rule.micro_credentials.set([each.qualification for each in micros])
    return rule


@pytest.fixture
def welder() -> QualificationVersion:
    return registered(qualification__code="welder", outcomes=0, procedure=a_procedure("provider-own"))


def stack(client: GildeClient, query: str = "") -> str:
    return text_of(client.get(reverse("qualifications:stack", args=["welder"]) + query))


# --- the calculator


def test_what_is_ticked_is_told_with_its_ground(client: GildeClient, welder: QualificationVersion) -> None:
    unit = welder.units.get()
    mag, tig = a_micro("mag", 12), a_micro("tig", 8)
    a_rule(welder, mag, tig, title=Text.of("Welding"), unit=unit, worth=None, minimum_count=2)
    words = stack(client, "?held=mag&held=tig")
    assert "Credit: 20 points (European credit" in words
    assert "Units covered: Unit 1 ." in words
    assert "the unit “Unit 1”, 20 points" in words
    assert "You bring 20 points with MAG, TIG." in words


def test_what_is_missing_for_the_next_rule_is_told(client: GildeClient, welder: QualificationVersion) -> None:
    mag, tig = a_micro("mag", 12), a_micro("tig", 8)
    a_rule(welder, mag, tig, minimum_count=2, minimum_credit=Decimal(20))
    words = stack(client, "?held=mag")
    assert "fulfils no rule yet" in words
    assert "1 more micro-credential is needed. 8 more points are needed." in words
    assert "Not counted for any rule: MAG" in words


def test_an_award_is_asked_its_day_only_where_age_matters(
    client: GildeClient, welder: QualificationVersion
) -> None:
    mag = a_micro("mag", 12)
    rule = a_rule(welder, mag)
    assert "When were they awarded?" not in stack(client)
    StackRule.objects.filter(pk=rule.pk).update(max_age_years=5)
    assert "When were they awarded?" in stack(client)
    assert "Too old for this rule, or without the day of its award: MAG." in stack(client, "?held=mag")
    assert "Credit: 8" in stack(client, "?held=mag&awarded-mag=2022-01-01")
    assert "Too old" in stack(client, "?held=mag&awarded-mag=2020-01-01")
    for words in ("2027-01-01", "2022-02-31", "yesterday"):
        assert f"MAG: “{words}” is no day" in stack(client, f"?held=mag&awarded-mag={words}")


def test_what_was_ticked_stays_ticked_and_what_is_unknown_is_ignored(
    client: GildeClient, welder: QualificationVersion
) -> None:
    a_rule(welder, a_micro("mag"), a_micro("tig"))
    page = page_of(client.get(reverse("qualifications:stack", args=["welder"]) + "?held=tig&held=nothing"))
    assert [each.attributes["value"] for each in page.css("input[name=held][checked]")] == ["tig"]


def test_without_rules_the_page_says_what_will_be_there(
    client: GildeClient, welder: QualificationVersion
) -> None:
    assert "No micro-credential counts towards it yet" in stack(client)


def test_the_calculator_asks_at_most_ten_questions(
    client: GildeClient, welder: QualificationVersion, django_assert_max_num_queries: Any
) -> None:
    micros = [a_micro(f"m{n}") for n in range(3)]
    for _n in range(3):
        a_rule(welder, *micros, unit=welder.units.get())
    client.force_login(a_member(welder.qualification.owner))
    for here in (
        reverse("qualifications:stack", args=["welder"]) + "?held=m1&held=m2",
        reverse("qualifications:micro-credentials"),
        reverse("qualifications:micro-credential", args=["m1"]),
    ):
        with django_assert_max_num_queries(10):
            assert client.get(here).status_code == 200


def test_there_is_no_calculator_of_what_one_may_not_see(client: GildeClient) -> None:
    draft = a_file(units=0)
    here = reverse("qualifications:stack", args=[draft.qualification.code])
    assert client.get(here).status_code == 404


# --- one micro-credential, and the list


def test_a_complete_definition_lacks_nothing_and_an_empty_one_is_told_element_by_element() -> None:
    full = a_micro("full", units=1)
    full.awarding.add(OrganisationFactory())
    assert missing_elements(full) == []
    bare = a_file(
        units=0,
        qualification__country="",
        qualification__kind="micro-credential",
        hours=None,
        credit=None,
        assessment=Text(),
        assessment_type="",
        participation=[],
        quality=Text(),
    )
    codes = [element.code for element in missing_elements(bare)]
    assert codes == [
        *("country", "awarding", "outcomes", "workload", "level", "assessment", "participation", "quality")
    ]


def test_the_page_ticks_off_each_mandatory_element(client: GildeClient) -> None:
    a_micro("mag", 12)
    page = page_of(client.get(reverse("qualifications:micro-credential", args=["mag"])))
    rows = [" ".join(row.text(separator=" ").split()) for row in page.css("table tbody tr")]
    assert len(rows) == 11
    assert rows[0] == "Identification of the learner – none comes with the award"
    assert "Title of the micro-credential MAG given" in rows
    assert "Awarding body – none missing" in rows
    assert any(row.startswith("Notional workload") and "400 hours, 12 points (" in row for row in rows)


def test_a_micro_credential_says_what_it_counts_towards(
    client: GildeClient, welder: QualificationVersion
) -> None:
    mag = a_micro("mag")
    a_rule(welder, mag, title=Text.of("Welding"))
    page = page_of(client.get(reverse("qualifications:micro-credential", args=["mag"])))
    (link,) = [a for a in page.css("main a") if "/stack/" in (a.attributes["href"] or "")]
    assert link.text() == "Title of welder"
    assert "fulfils no rule" not in text_of(client.get(link.attributes["href"]))


def test_a_qualification_of_another_kind_has_no_such_page(
    client: GildeClient, welder: QualificationVersion
) -> None:
    assert client.get(reverse("qualifications:micro-credential", args=["welder"])).status_code == 404


def test_the_list_shows_each_micro_credential_once(client: GildeClient, welder: QualificationVersion) -> None:
    mag = a_micro("mag", 12)
    QualificationVersion.objects.filter(pk=mag.pk).update(state="superseded")
    registered(qualification=mag.qualification, title=Text.of("MAG again"), units=0, credit=Decimal(14))
    a_file(units=0, qualification__kind="micro-credential", title=Text.of("Draft"))
    words = text_of(client.get(reverse("qualifications:micro-credentials")))
    assert "1 found" in words
    assert "MAG again" in words


# --- keeping rules


def test_the_owner_keeps_rules_also_of_what_is_registered(welder: QualificationVersion) -> None:
    officer, mag = a_member(welder.qualification.owner), a_micro("mag")
    told = {"title": Text.of("Welding"), "worth": Decimal(4)}
    rule = service.add_rule(actor=officer, version=welder, micro_credentials=[mag.qualification], **told)
    service.change_rule(actor=officer, rule=rule, micro_credentials=[mag.qualification], worth=Decimal(3))
    rule.refresh_from_db()
    assert rule.worth == 3
    service.remove_rule(actor=officer, rule=rule)
    assert not StackRule.objects.exists()
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == [f"qualifications.stack-rule.{act}" for act in ("add", "change", "remove")]


def test_nobody_else_keeps_rules(welder: QualificationVersion) -> None:
    mag = a_micro("mag")
    rule = a_rule(welder, mag)
    for actor in (a_member(OrganisationFactory()), a_member(welder.qualification.owner, "reader")):
        with pytest.raises(Refused):
            service.add_rule(actor=actor, version=welder, micro_credentials=[mag.qualification])
        with pytest.raises(Refused):
            service.change_rule(actor=actor, rule=rule, micro_credentials=[mag.qualification])
        with pytest.raises(Refused):
            service.remove_rule(actor=actor, rule=rule)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"worth": None}, "worth"),
        ({"worth": Decimal(0)}, "worth"),
        ({"minimum_credit": Decimal(-1)}, "minimum_credit"),
        ({"minimum_count": 2}, "minimum_count"),
        ({"micro_credentials": []}, "micro_credentials"),
        ({"micro_credentials": ["welder"]}, "micro_credentials"),
        ({"micro_credentials": ["hidden"]}, "micro_credentials"),
        ({"unit": "another's"}, "unit"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_at_its_field(
    welder: QualificationVersion, change: dict[str, Any], field: str
) -> None:
    a_micro("mag")
    a_file(units=0, qualification__code="hidden", qualification__kind="micro-credential")
    if change.get("unit"):
        change = {"unit": a_file(outcomes=0).units.get()}
    given: dict[str, Any] = {
        "title": Text.of("R"),
        "worth": Decimal(4),
        "micro_credentials": ["mag"],
        **change,
    }
    given["micro_credentials"] = list(Qualification.objects.filter(code__in=given["micro_credentials"]))
    with pytest.raises(Invalid) as error:
        service.add_rule(actor=a_member(welder.qualification.owner), version=welder, **given)
    assert list(error.value.details["fields"]) == [field]  # type: ignore[call-overload]
    assert not StackRule.objects.exists()


def test_rules_share_no_more_than_can_be_reckoned(welder: QualificationVersion) -> None:
    micros = [a_micro(f"m{n}").qualification for n in range(stacking.SHARED_LIMIT + 1)]
    told: dict[str, Any] = {
        "actor": a_member(welder.qualification.owner),
        "version": welder,
        "title": Text.of("R"),
        "worth": Decimal(4),
    }
    service.add_rule(**told, micro_credentials=micros)
    with pytest.raises(Invalid, match="share more than"):
        service.add_rule(**told, micro_credentials=micros)
    assert StackRule.objects.count() == 1


def test_an_officer_keeps_a_rule_by_forms(client: GildeClient, welder: QualificationVersion) -> None:
    mag = a_micro("mag")
    client.force_login(a_member(welder.qualification.owner))
    form = {
        "title_0": "Welding",
        "title_2": "en",
        "micro_credentials": [str(mag.qualification_id)],
        "minimum_count": "1",
        "worth": "4",
    }
    here = reverse("qualifications:stack-rule-add", args=["welder", welder.number])
    assert client.get(here).status_code == 200
    assert client.post(here, {**form, "worth": ""}).status_code == 422
    assert "The rule has been saved." in text_of(client.post(here, form, follow=True))
    rule = StackRule.objects.get()
    here = reverse("qualifications:stack-rule-edit", args=[rule.pk])
    assert "checked" in client.get(here).content.decode()
    client.post(here, {**form, "worth": "3"})
    rule.refresh_from_db()
    assert rule.worth == 3
    here = reverse("qualifications:stack-rule-remove", args=[rule.pk])
    assert "worth nothing by it any more" in text_of(client.get(here))
    client.post(here, {})
    assert not StackRule.objects.exists()
