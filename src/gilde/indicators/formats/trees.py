"""JSON that is known to fit into memory before it is made into objects."""

from __future__ import annotations

import json
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats.opening import Part

_MEGABYTE = 1024 * 1024
LARGEST: Final = 256 * _MEGABYTE
_MEMORY = 512 * _MEGABYTE


def load(part: Part) -> dict[str, Any]:
    """Return the object that the part holds. Raises Unreadable when it is none, too deep or too large."""
    with part.open() as file:
        data = _bounded(file, part.name)
    # What the parser would need: about so much for each container and each separator, whatever they hold.
    need = (
        100 * (data.count(b"{") + data.count(b"[")) + 60 * (data.count(b",") + data.count(b":")) + len(data)
    )
    if need > _MEMORY:
        raise _too_large(part.name)
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise Unreadable(
            _("“%(name)s”, line %(line)d: this is no JSON, or it was cut off on the way.")
            % {"name": part.name, "line": error.lineno}
        ) from error
    except UnicodeDecodeError as error:
        raise Unreadable(
            _("“%(name)s” is not written in UTF-8. Save it again as UTF-8.") % {"name": part.name}
        ) from error
    except (ValueError, RecursionError) as error:  # nested too deep, or an integer of thousands of digits
        raise Unreadable(_("“%(name)s” is no JSON that can be read.") % {"name": part.name}) from error
    if not isinstance(told, dict):
        raise wrong_shape(part.name)
    return told


def wrong_shape(name: str) -> Unreadable:
    """Return the error of a JSON file that is none of the messages of figures."""
    return Unreadable(
        _("“%(name)s” is JSON but no message of figures: neither SDMX-JSON nor JSON-stat 2.") % {"name": name}
    )


def _bounded(file: Any, name: str) -> bytes:
    pieces, size = [], 0
    while piece := file.read(_MEGABYTE):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise _too_large(name)
    return b"".join(pieces)


def _too_large(name: str) -> Unreadable:
    return Unreadable(
        _("“%(name)s” is too large a message for JSON. Ask the provider for the same figures as SDMX-CSV.")
        % {"name": name}
    )
