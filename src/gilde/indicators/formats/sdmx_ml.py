"""SDMX-ML data messages as a stream: 2.1 generic and structure-specific, also cross-sectional and flat, and 3.0.

Why not the reader of sdmx1: it makes an object of every observation (a message of a million takes gigabytes), needs the
structure to tell dimensions from attributes, and resolves what a hostile file declares. Here nothing is kept but one
batch. sdmx1 is what the tests compare with, and where providers live (`provider.py`).

A structure-specific message does not say which attributes of a series are dimensions. Those are that every series of
the first batch has and that are no attributes by their name (`concepts.yaml`). A unit below the level of the dataset is
a dimension; one of the whole dataset is told in `Message.attributes`. UNIT_MULT is applied to the values.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import closing
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _
from lxml import etree

from gilde.indicators.errors import NoFigures, Unreadable
from gilde.indicators.formats import answers
from gilde.indicators.formats.message import Message
from gilde.indicators.formats.opening import Part, Stream
from gilde.indicators.formats.sdmx_events import Target

_CHUNK = 128 * 1024
_TAIL = 64 * 1024
_DATA = {
    "GenericData",
    "GenericTimeSeriesData",
    "StructureSpecificData",
    "StructureSpecificTimeSeriesData",
}
_OLD = {"CompactData", "CrossSectionalData", "UtilityData", "MessageGroup"}
_METADATA = {"GenericMetadata", "StructureSpecificMetadata", "MetadataReport"}
_ANSWERS = {"Error", "Fault", "Envelope"}


def read(part: Part) -> Message:
    """Return the message of a part. Raises Unreadable, NoFigures and ProviderRefused in a sentence."""
    target = Target(part.name)
    with closing(_batches(part, target)) as batches:
        first = next(batches, None)
    if first is None:
        raise answers.without_figures(part.name, target.said)
    header = target.header
    return Message(
        format=f"SDMX-ML {header.kind}",
        dimensions=tuple(target.observations.dimensions),
        batches=lambda: _batches(part, Target(part.name)),
        dataflow=header.dataflow,
        title=header.title,
        attributes=target.observations.attributes,
        prepared=header.moment,
        notes=answers.notes(_footer(part)),
    )


def _batches(part: Part, target: Target) -> Generator[pa.RecordBatch]:
    """Yield the batches of a message; the target tells its header and its footer."""
    parser = _parser(target)
    observations = target.observations
    with part.open() as file:
        try:
            for chunk in iter(lambda: file.read(_CHUNK), b""):
                parser.feed(chunk)
                _expect(part.name, target)
                if observations.full:
                    yield observations.batch()
            parser.close()
        except etree.XMLSyntaxError as error:
            raise Unreadable(
                _(
                    "“%(name)s”, line %(line)d: this is no whole XML. It was cut off or damaged; fetch it again."
                )
                % {"name": part.name, "line": error.lineno or 1}
            ) from error
        except (ValueError, LookupError, AssertionError) as error:
            raise Unreadable(_("“%(name)s” is no XML that can be read.") % {"name": part.name}) from error
    _expect(part.name, target)
    if observations.count:
        yield observations.batch()


def _parser(target: Target) -> etree.XMLParser:
    """Return a parser that reads nothing but what it is fed, and holds libxml2's limits of depth and size."""
    told: Any = target
    return etree.XMLParser(
        target=told, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )


def _expect(name: str, target: Target) -> None:
    """Return when the root is that of figures, or not seen yet."""
    root = target.root
    if not root or root in _DATA:
        return
    if root == "Structure":
        raise NoFigures(
            _("“%(name)s” describes a structure (code lists, dimensions) and holds no figures.")
            % {"name": name}
        )
    if root in _METADATA:
        raise NoFigures(
            _("“%(name)s” holds reference metadata, the description of statistics, and no figures.")
            % {"name": name}
        )
    if root in _ANSWERS:
        return
    if root.lower() == "html":
        raise web_page(name)
    if root in _OLD:
        raise Unreadable(
            _("“%(name)s” is SDMX-ML 2.0. Ask the provider for version 2.1 or 3.0, or for SDMX-CSV.")
            % {"name": name}
        )
    raise Unreadable(
        _("“%(name)s” is XML but no message of figures: it begins with “%(root)s”.")
        % {"name": name, "root": root[:40]}
    )


def web_page(name: str) -> Unreadable:
    """Return the error for a page where figures should be."""
    return Unreadable(
        _("“%(name)s” is a web page, not figures. Save the file that the page offers for download.")
        % {"name": name}
    )


def _footer(part: Part) -> list[answers.Said]:
    """Return what the footer says; it stands at the end of the message, so only the end is read again."""
    with part.open() as file:
        tail = _tail(file)
    found = re.search(rb"<(?:[\w.-]+:)?Footer[\s>].*</(?:[\w.-]+:)?Footer\s*>", tail, re.DOTALL)
    if not found:
        return []
    # Without prefixes, whose namespaces are declared at the other end of the message.
    plain = re.sub(rb"(</?)[\w.-]+:", rb"\1", found.group())
    target = Target(part.name)
    parser = _parser(target)
    try:
        parser.feed(plain)
        parser.close()
    except etree.XMLSyntaxError:
        return []
    return target.said


def _tail(file: Stream) -> bytes:
    tail = b""
    for chunk in iter(lambda: file.read(1024 * 1024), b""):
        tail = (tail + chunk)[-_TAIL:]
    return tail
