"""The stable addresses of what indicators publish: `/id/<kind>/<uuid>`."""

from __future__ import annotations

from gilde.core.uris import uri
from gilde.indicators.models import Area, Indicator, Release, Target

# Addresses that the Publications Office of the European Union gives to NUTS regions.
NUTS = "http://data.europa.eu/nuts/code/"


def uri_of(thing: Indicator | Release | Target) -> str:
    """Return the stable address of an indicator, a release or a target."""
    match thing:
        case Indicator():
            return uri("indicator", thing.pk)
        case Release():
            return uri("release", thing.uid)
        case Target():
            return uri("target", thing.pk)


def area_uri(area: Area) -> str | None:
    """Return the address that others give to an area, None where nobody gives one."""
    return f"{NUTS}{area.code}" if area.level is not None else None
