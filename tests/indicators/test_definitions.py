"""Keeping indicators: who may, what is checked, and what stays once others rely on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from gilde.core import metrics
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.indicators.access import visible_indicators
from gilde.indicators.dimensions import Dimension, dimensions_of
from gilde.indicators.models import Indicator, Origin
from gilde.indicators.services import definitions
from gilde.indicators.services.definitions import IndicatorData, OriginData
from gilde.organisations.public import Organisation, Role
from tests.indicators.factories import AreaFactory, IndicatorFactory, OwnerFactory, figures_of, member

pytestmark = pytest.mark.django_db
SEX = Dimension(
    "sex", Text.of("Sex"), "T", {"T": Text.of("Total"), "F": Text.of("Women"), "M": Text.of("Men")}
)
DATA = IndicatorData(
    code="adults-learning",
    kind=Indicator.Kind.OFFICIAL,
    name=Text.of("Adults in learning"),
    definition=Text.of("Adults who learned, of all adults."),
    unit="PC",
    unit_label=Text.of("%"),
    source=Text.of("Office of examples"),
    minimum=0.0,
    maximum=100.0,
    dimensions=[SEX],
)


@pytest.fixture
def owner() -> Organisation:
    return OwnerFactory()


@pytest.fixture
def officer(owner: Organisation) -> User:
    return member(IndicatorFactory(owner=owner), Role.OFFICER)


def test_a_new_indicator_is_a_draft_that_members_see_and_strangers_do_not(
    owner: Organisation, officer: User
) -> None:
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    assert (made.state, made.owner, dimensions_of(made)) == ("draft", owner, [SEX])
    assert made in visible_indicators(officer)
    assert made not in visible_indicators(AnonymousUser())
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor, event.after["code"]) == (
        "indicators.indicator.add",
        officer.pk,
        "adults-learning",
    )


@pytest.mark.parametrize("role", [Role.READER, Role.ADMINISTRATOR, None])
def test_only_officers_and_approvers_add_indicators(owner: Organisation, role: str | None) -> None:
    of = IndicatorFactory(owner=owner) if role else IndicatorFactory()
    actor = member(of, role or Role.OFFICER)
    with pytest.raises(Refused, match="Only policy officers"):
        definitions.add_indicator(actor=actor, owner=owner, data=DATA)
    assert not Indicator.objects.filter(code=DATA.code).exists()


@pytest.mark.parametrize("word", ["add", "loads", "boards", "following", "reported"])
def test_a_code_that_is_the_address_of_another_page_is_refused(
    owner: Organisation, officer: User, word: str
) -> None:
    assert word in definitions.fixed_words()
    with pytest.raises(Invalid, match="address of another page"):
        definitions.add_indicator(actor=officer, owner=owner, data=replace(DATA, code=word))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"minimum": 100.0, "maximum": 0.0}, "bounds|Constraint"),
        ({"kind": "computed"}, "Choose the metric"),
        ({"metric": "plans.none"}, "Only an indicator that Gilde computes"),
        ({"kind": "computed", "metric": "plans.no_such_metric"}, "no_such_metric"),
        ({"dimensions": [SEX, SEX]}, "stands there twice"),
        ({"dimensions": [replace(SEX, code="geo")]}, "places of their own"),
        ({"dimensions": [replace(SEX, code="Sex")]}, "small letters"),
        ({"dimensions": [replace(SEX, total="X")]}, "not among its categories"),
        ({"dimensions": [Dimension("sex", Text())]}, "at least one category"),
        ({"dimensions": [Dimension("sex", Text(), "", {"F=M": Text()})]}, "no code of a category"),
        ({"name": Text()}, "name"),
        ({"code": "Not a code"}, "code"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_field(
    owner: Organisation, officer: User, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        definitions.add_indicator(actor=officer, owner=owner, data=replace(DATA, **change))


def test_a_computed_indicator_takes_a_metric_that_gilde_knows(owner: Organisation, officer: User) -> None:
    known = metrics.metrics()[0].code
    made = definitions.add_indicator(
        actor=officer, owner=owner, data=replace(DATA, kind="computed", metric=known)
    )
    assert made.metric == known


def test_who_comes_second_is_told_and_changes_nothing(owner: Organisation, officer: User) -> None:
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    first = replace(DATA, name=Text.of("First"))
    definitions.change_indicator(actor=officer, indicator=made, version=1, data=first)
    with pytest.raises(Stale):
        definitions.change_indicator(
            actor=officer, indicator=made, version=1, data=replace(DATA, name=Text.of("Second"))
        )
    assert str(Indicator.objects.get(pk=made.pk).name) == "First"


def test_a_code_changes_while_it_is_a_draft_and_stays_once_published(
    owner: Organisation, officer: User
) -> None:
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    other = replace(DATA, code="other-code")
    made = definitions.change_indicator(actor=officer, indicator=made, version=1, data=other)
    made = definitions.publish_indicator(actor=officer, indicator=made)
    with pytest.raises(Invalid, match="The code stays"):
        definitions.change_indicator(actor=officer, indicator=made, version=made.version, data=DATA)


@pytest.mark.parametrize("change", [{"unit": "NR"}, {"frequency": "Q"}, {"kind": "reported"}])
def test_what_figures_mean_stays_once_there_are_figures(
    owner: Organisation, officer: User, change: dict[str, Any]
) -> None:
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    made = definitions.change_indicator(
        actor=officer, indicator=made, version=1, data=replace(DATA, **change)
    )
    made = definitions.change_indicator(actor=officer, indicator=made, version=2, data=DATA)
    figures_of(made, {"BE": {"2020": 5.0}})
    with pytest.raises(Invalid, match="there are figures"):
        definitions.change_indicator(
            actor=officer, indicator=made, version=made.version, data=replace(DATA, **change)
        )


@pytest.mark.parametrize(
    ("dimensions", "fits"),
    [
        ([SEX], True),
        ([replace(SEX, name=Text.of("Gender"))], True),
        ([SEX, Dimension("age", Text(), "ALL", {"ALL": Text(), "OLD": Text()})], True),
        ([SEX, Dimension("age", Text(), "", {"OLD": Text()})], False),
        ([], False),
        ([replace(SEX, categories={"T": Text(), "M": Text()})], False),
        ([replace(SEX, total="F")], False),
        ([replace(SEX, total="M")], False),
    ],
)
def test_dimensions_may_change_as_long_as_every_figure_keeps_its_meaning(
    owner: Organisation, officer: User, dimensions: list[Dimension], fits: bool
) -> None:
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    figures_of(made, {"BE": {"2020": 5.0}})
    figures_of(made, {"BE": {"2020": 6.0}}, key="sex=F")
    change = replace(DATA, dimensions=dimensions)
    if fits:
        changed = definitions.change_indicator(actor=officer, indicator=made, version=1, data=change)
        assert dimensions_of(changed) == dimensions
    else:
        with pytest.raises(Invalid, match="figures for"):
            definitions.change_indicator(actor=officer, indicator=made, version=1, data=change)


# Where its figures come from.

PART = OriginData("ESTAT", "edat_lfse_14", {"Sex": "T", "unit": "PC"}, "geo", ["BE", "BE2", "BE"])


def test_an_origin_is_kept_with_its_selection_and_audited(officer: User, owner: Organisation) -> None:
    AreaFactory(code="BE")
    AreaFactory(code="BE2")
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    origin = definitions.set_origin(actor=officer, indicator=made, version=1, data=PART)
    assert (origin.selection, origin.areas) == ({"sex": "T", "unit": "PC"}, ["BE", "BE2"])
    changed = replace(PART, dataflow="edat_lfse_16")
    definitions.set_origin(actor=officer, indicator=made, version=2, data=changed)
    assert Origin.objects.get(indicator=made).dataflow == "edat_lfse_16"
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.before["dataflow"], event.after["dataflow"]) == (
        "indicators.origin.set",
        "edat_lfse_14",
        "edat_lfse_16",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"areas": ["NOWHERE"]}, "There is no area “NOWHERE”"),
        ({"selection": {"geo": "BE"}}, "dimension of the area"),
        ({"selection": {"sex": ""}}, "name the code"),
        ({"selection": {}}, "selection"),
        ({"dataflow": "no such dataset"}, "dataflow"),
        ({"provider": "NOBODY"}, "provider"),
    ],
)
def test_an_origin_that_cannot_be_asked_is_refused(
    officer: User, owner: Organisation, change: dict[str, Any], said: str
) -> None:
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    with pytest.raises(Invalid, match=said):
        definitions.set_origin(
            actor=officer, indicator=made, version=1, data=replace(PART, **{"areas": [], **change})
        )
    assert not Origin.objects.exists()


def test_another_code_of_a_known_area_may_be_asked_for(officer: User, owner: Organisation) -> None:
    AreaFactory(code="BE", aliases=["BEL"])
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    data = OriginData("OECD", "DSD_EAG", {"sex": "T"}, areas=["BEL"], area_dimension="ref_area")
    assert definitions.set_origin(actor=officer, indicator=made, version=1, data=data).areas == ["BEL"]


def test_an_origin_is_for_official_statistics_and_for_who_saw_the_newest_version(
    officer: User, owner: Organisation
) -> None:
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    with pytest.raises(Stale):
        definitions.set_origin(actor=officer, indicator=made, version=7, data=replace(PART, areas=[]))
    reported = IndicatorFactory(owner=owner, kind=Indicator.Kind.REPORTED)
    with pytest.raises(Invalid, match="official"):
        definitions.set_origin(actor=officer, indicator=reported, version=1, data=replace(PART, areas=[]))


def test_a_stranger_changes_nothing(owner: Organisation, officer: User) -> None:
    made = definitions.add_indicator(actor=officer, owner=owner, data=DATA)
    stranger = member(IndicatorFactory(), Role.APPROVER)
    for act in (
        lambda: definitions.change_indicator(actor=stranger, indicator=made, version=1, data=DATA),
        lambda: definitions.publish_indicator(actor=stranger, indicator=made),
        lambda: definitions.set_origin(actor=stranger, indicator=made, version=1, data=PART),
    ):
        with pytest.raises(Refused):
            act()
    assert Indicator.objects.get(pk=made.pk).version == 1
