"""Things of indicators for tests: `an_indicator()`, `figures_of()` publishes, and factories of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.core.text import Text
from gilde.indicators.incoming import Arriving, Incoming
from gilde.indicators.models import Area, Indicator, Release, Standing, Target
from gilde.indicators.publishing import Provenance, Withdrawal, publish
from gilde.organisations.models import Membership, Organisation


class AreaFactory(DjangoModelFactory[Area]):
    class Meta:
        model = Area
        django_get_or_create = ("code",)

    code = "BE"
    kind = Area.Kind.COUNTRY
    level = 0
    name = factory.LazyAttribute(lambda area: Text.of(f"Area {area.code}"))


class OwnerFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    slug = factory.Sequence(lambda n: f"keeper-{n}")
    name = factory.Sequence(lambda n: Text.of(f"Keeper {n}"))
    kind = Organisation.Kind.MINISTRY


class IndicatorFactory(DjangoModelFactory[Indicator]):
    """A published yearly share in percent, kept by an organisation of its own."""

    class Meta:
        model = Indicator

    code = factory.Sequence(lambda n: f"indicator-{n}")
    kind = Indicator.Kind.OFFICIAL
    state = Indicator.State.PUBLISHED
    name = factory.Sequence(lambda n: Text.of(f"Indicator {n}"))
    definition = Text.of("Those who do, out of all who could.")
    unit = "PC"
    unit_label = Text.of("%")
    direction = Indicator.Direction.HIGHER
    minimum = 0.0
    maximum = 100.0
    source = Text.of("Office of examples, table 1")
    owner = factory.SubFactory(OwnerFactory)


class TargetFactory(DjangoModelFactory[Target]):
    class Meta:
        model = Target

    indicator = factory.SubFactory(IndicatorFactory)
    area = factory.SubFactory(AreaFactory)
    value = 82.0
    year = 2030
    instrument = Text.of("An agreement of examples")
    issued_year = 2020
    source = "An agreement of examples, point 1"


def member(indicator: Indicator, role: str, user: User | None = None, **fields: Any) -> User:
    """Return a person who holds a role in the organisation that keeps the indicator."""
    assert indicator.owner is not None
    number = User.objects.count()
    user = user or User.objects.create_user(f"{role}{number}@example.org", "correct horse battery", **fields)
    Membership.objects.create(user=user, organisation=indicator.owner, role=role, since="2020-01-01")
    return user


def arriving(told: Mapping[str, Mapping[str, Any]], key: str = "") -> Iterable[Arriving]:
    """Yield figures from {"BE": {"2020": 71.5, "2021": (63.9, "b"), "2022": None}}."""
    for area, periods in told.items():
        for period, said in periods.items():
            value, flags = said if isinstance(said, tuple) else (said, "" if said is not None else ":")
            yield Arriving(area, key, period, value, flags)


def figures_of(
    indicator: Indicator,
    told: Mapping[str, Mapping[str, Any]],
    *,
    key: str = "",
    complete: bool = False,
    kind: str = Release.Kind.FILE,
) -> Release | None:
    """Publish figures of an indicator, areas made where missing; see `arriving` for how they are written."""
    for code in told:
        AreaFactory(code=code)
    return publish(
        actor=SYSTEM,
        indicator=indicator,
        incoming=Incoming.of(arriving(told, key)),
        provenance=Provenance(kind=kind, source="Office of examples"),
        withdrawal=Withdrawal() if complete else None,
    )


def _indicator(**fields: Any) -> Indicator:
    """Return an indicator of a worked example; one that is computed names its metric."""
    made: Indicator = IndicatorFactory(**fields)
    return made


def _figure(
    indicator: Indicator, value: float | None, area: str = "BE", period: str = "2024", flags: str = ""
) -> None:
    figures_of(indicator, {area: {period: (value, flags or ("" if value is not None else ":"))}})


def _target(area: str = "BE", **fields: Any) -> Target:
    made: Target = TargetFactory(area=AreaFactory(code=area), **fields)
    return made


def _standing(target: Target, status: str, area: str = "BE") -> Standing:
    made_for = AreaFactory(code=area)
    return Standing.objects.create(target=target, area=made_for, status=status, changed_at=clock.now())


def _release(indicator: Indicator, kind: str, day: date, added: int = 0, revised: int = 0) -> Release:
    moment = timezone.make_aware(datetime.combine(day, time(12)))
    return Release.objects.create(
        indicator=indicator,
        kind=kind,
        published_at=moment,
        retrieved_at=moment,
        source="Office of examples",
        added=added,
        revised=revised,
    )


# What the words of the worked examples of metrics mean (src/gilde/indicators/metrics.yaml).
MAKERS: dict[str, Any] = {
    "indicator": _indicator,
    "figure": _figure,
    "target": _target,
    "standing": _standing,
    "release": _release,
}
