"""Money as delivered, and bodies linked to organisations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gilde.core import clock
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.plans.models import FundingLine, Spending
from gilde.plans.services import money, monitoring
from gilde.plans.services.money import SpendingData
from tests.plans.factories import Cast, FundingLineFactory, MeasureBodyFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
SPENT = SpendingData(kind="spent", amount=Decimal("12.50"), date=date(2026, 1, 1))


@pytest.fixture
def line() -> FundingLine:
    return FundingLineFactory()


def test_an_amount_is_recorded_and_removed_and_the_chain_keeps_both(line: FundingLine) -> None:
    officer = Cast.of(line.measure.plan).officer
    with clock.moved_to(date(2026, 3, 1)):
        spending = money.record_spending(actor=officer, line=line, data=SPENT)
        money.remove_spending(actor=officer, spending=spending)
    assert Spending.objects.count() == 0
    recorded, removed = AuditEvent.objects.order_by("id")
    assert recorded.after["amount"] == removed.before["amount"] == "12.50"


@pytest.mark.parametrize(
    "data",
    [
        SpendingData(kind="spent", amount=Decimal(0), date=date(2026, 1, 1)),
        SpendingData(kind="spent", amount=Decimal(-5), date=date(2026, 1, 1)),
        SpendingData(kind="wished", amount=Decimal(5), date=date(2026, 1, 1)),
        SpendingData(kind="spent", amount=Decimal(5), date=date(2099, 1, 1)),
    ],
)
def test_nothing_negative_unknown_or_yet_to_come_is_recorded(data: SpendingData, line: FundingLine) -> None:
    with pytest.raises(Invalid):
        money.record_spending(actor=Cast.of(line.measure.plan).officer, line=line, data=data)
    assert Spending.objects.count() == 0


@pytest.mark.parametrize("person", ["reader", "administrator", "elsewhere", "anonymous"])
def test_only_writers_of_the_owner_record_money(person: str, line: FundingLine) -> None:
    cast = Cast.of(line.measure.plan)
    with pytest.raises(Refused):
        money.record_spending(actor=cast.everyone()[person], line=line, data=SPENT)


def test_who_removes_second_is_told(line: FundingLine) -> None:
    officer = Cast.of(line.measure.plan).officer
    spending = money.record_spending(actor=officer, line=line, data=SPENT)
    again = Spending.objects.get()
    money.remove_spending(actor=officer, spending=spending)
    with pytest.raises(Stale):
        money.remove_spending(actor=officer, spending=again)
    assert AuditEvent.objects.filter(action="plans.spending.remove").count() == 1


def test_a_body_is_linked_once() -> None:
    body = MeasureBodyFactory(name="VDAB")
    cast = Cast.of(body.measure.plan)
    first, second = OrganisationFactory(), OrganisationFactory()
    linked = monitoring.link_body(actor=cast.officer, body=body, organisation=first, before=None)
    assert linked.organisation == first
    assert linked.name == "VDAB"
    with pytest.raises(Stale):
        monitoring.link_body(actor=cast.approver, body=body, organisation=second, before=None)
    with pytest.raises(Refused):
        monitoring.link_body(actor=cast.elsewhere, body=body, organisation=second, before=first)
