"""What may come after a seal in a PDF: more proofs, and no word that anybody reads.

pyHanko judges each update after a seal by rules and refuses what no rule allows. Its own set also lets the values of
form fields and the title of the document change; ours does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from lxml import etree
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    ReferenceUpdate,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)

from gilde.credentials.proofs.pdf_file import at

# What a program writes of itself as it adds a time stamp or revocation data.
_OF_PROGRAMS: Final = {"/ModDate", "/Producer"}
_WORDS: Final = "{http://purl.org/dc/elements/1.1/}"  # title, creator, description, language


class _Info(DocInfoRule):
    """The dictionary of title and author may tell another date and program, and nothing else."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        if _told(old) != _told(new):
            raise SuspiciousModification("title, author, subject or keywords changed")
        yield from super().apply(old, new)


class _Metadata(MetadataUpdateRule):
    """The same for the metadata in XMP."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        updates = list(super().apply(old, new))
        if updates and _words(old) != _words(new):
            raise SuspiciousModification("title, author or description changed")
        yield from updates


def _told(file: HistoricalResolver) -> dict[str, str]:
    reference = file.trailer_view.get_value_as_reference("/Info", optional=True)
    info: Any = file(reference) if reference else {}  # as it was then
    return {str(key): str(info[key]) for key in info if key not in _OF_PROGRAMS}


def _words(file: HistoricalResolver) -> list[tuple[str, str]]:
    packet: Any = at(file.root, "/Metadata")
    if packet is None:
        return []
    root = etree.fromstring(packet.data, etree.XMLParser(resolve_entities=False, no_network=True))
    found = [each for each in root.iter() if isinstance(each.tag, str) and each.tag.startswith(_WORDS)]
    return sorted((each.tag, " ".join("".join(map(str, each.itertext())).split())) for each in found)


POLICY: Final = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        _Info().as_qualified(ModificationLevel.LTA_UPDATES),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
        _Metadata().as_qualified(ModificationLevel.LTA_UPDATES),
    ],
    form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]),
)
