"""Which machines may be talked to: those that everybody on the internet can reach, and no other."""

from __future__ import annotations

import ipaddress
import socket
from typing import TypeAlias

from django.utils.translation import gettext as _

from gilde.core.fetch.errors import PrivateAddress, Unreachable

Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"

# A gateway of an IPv6-only network turns these into the IPv4 address in their last bits (RFC 6052).
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a host, in the order in which to try them. Raises Unreachable when it has
    none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(_("There is no machine of the name %(host)s.") % {"host": host}) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(host: str, port: int, *, loopback: bool = False) -> list[str]:
    """Return every address of a host; raise PrivateAddress unless all of them are public.

    All, because whoever owns a name can let it lead to a public address and a private one at once. The caller
    connects to what is returned here and does not look the name up again, since the next answer may differ.
    """
    addresses = resolve(host, port)
    if not addresses:
        raise Unreachable(_("There is no machine of the name %(host)s.") % {"host": host})
    for address in addresses:
        if not is_public(address) and not (loopback and _parsed(address).is_loopback):
            raise PrivateAddress(
                _("%(host)s leads to %(address)s, which is no public address. Gilde does not go there.")
                % {"host": host, "address": address}
            )
    return addresses


def is_public(address: str) -> bool:
    """Return whether everybody can reach the address (IANA special-purpose registries, RFC 6890)."""
    parsed = _parsed(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        elif parsed in _TRANSLATED:
            parsed = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    return all(_is_public(one) for one in (parsed, *_carried(parsed)))


def _is_public(address: Address) -> bool:
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or (isinstance(address, ipaddress.IPv6Address) and address.is_site_local)
    )


def _carried(address: Address) -> list[Address]:
    """Return the IPv4 addresses to which a tunnel would unpack an IPv6 address (6to4, Teredo)."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    carried = [address.sixtofour, *(address.teredo or ())]
    return [one for one in carried if one is not None]


def _parsed(address: str) -> Address:
    return ipaddress.ip_address(address.split("%")[0])  # without the zone of a link-local address
