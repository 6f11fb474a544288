"""The nodes of a CTDL document: terms with their prefix, references followed, language maps read.

The table of terms is closed: a context from elsewhere is refused, and none is ever fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from gilde.core.text import Text
from gilde.qualifications.described import NotHeld
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import ctdl_terms as terms
from gilde.qualifications.formats.strict_json import Told, pointer

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
# Made again from the rest when it is written, so that nothing is lost when it is not kept.
_MADE_AGAIN = (
    "ceterms:ctid",
    "ceasn:isPartOf",
    "ceasn:publisher",
    "ceterms:framework",
    "ceterms:frameworkName",
)


def recognises(told: Any) -> bool:
    """Return whether a JSON value is a CTDL document, by its context or its terms."""
    if not isinstance(told, dict):
        return False
    context = told.get("@context")
    parts = context if isinstance(context, list) else [context]
    if any(part in terms.CONTEXTS for part in parts if isinstance(part, str)):
        return True
    nodes = told["@graph"] if isinstance(told.get("@graph"), list) else [told]
    return any(
        _term(key).startswith(("ceterms:", "ceasn:"))
        for node in nodes
        if isinstance(node, dict)
        for key in node
    )


def _term(key: str) -> str:
    """Return a key with its prefix; terms written out in full mean the same."""
    for prefix, namespace in terms.PREFIXES.items():
        if key.startswith((namespace, namespace.replace("https:", "http:"))):
            return prefix + ":" + key[key.index("//") + len(namespace) - namespace.index("//") :]
    return key


def _check_context(context: Any, name: str) -> None:
    """Refuse a context that would give the terms another meaning, and one that would have to be fetched."""
    for part in context if isinstance(context, list) else [context]:
        if part is None or part in terms.CONTEXTS if isinstance(part, str | None) else False:
            continue
        if not isinstance(part, dict):
            raise Unreadable(
                _(
                    "“%(name)s”, /@context: %(context)s is not the context of CTDL. Gilde fetches none; use "
                    "%(official)s or write the prefixes out."
                )
                % {"name": name, "context": str(part)[:200], "official": terms.CONTEXT}
            )
        for key, value in part.items():
            prefix = key.partition(":")[0]
            if ":" in key and prefix in terms.PREFIXES:
                continue  # the official context written out: how a term is typed, not what it means
            meant = value.get("@id") if isinstance(value, dict) else value
            known = terms.PREFIXES.get(key)
            strange = known and str(meant).replace("http:", "https:") != known.replace("http:", "https:")
            alias = not known and isinstance(meant, str) and _term(meant).partition(":")[0] in terms.PREFIXES
            if strange or alias or key in ("@vocab", "@import", "@base"):
                raise Unreadable(
                    _(
                        "“%(name)s”, /@context/%(key)s: the file gives terms names of its own. Use those of CTDL."
                    )
                    % {"name": name, "key": pointer(key)}
                )


class Graph:
    """The nodes of a file by address, and what nobody read of them."""

    def __init__(self, told: dict[str, Any], name: str) -> None:
        self.name = name
        self.not_held: list[NotHeld] = []
        _check_context(told.get("@context"), name)
        nodes = told.get("@graph", [told])
        if not isinstance(nodes, list):
            raise Unreadable(_("“%(name)s”, /@graph: a list is expected here.") % {"name": name})
        self.nodes: dict[str, Told] = {}
        self.order: list[Told] = []
        for number, each in enumerate(nodes):
            node = self._normal(Told(each, name, f"/@graph/{number}" if "@graph" in told else ""))
            uri = node.values.get("@id")
            if isinstance(uri, str):
                if uri in self.nodes:
                    raise node.wrong("@id", _("this node is there twice: %(uri)s") % {"uri": uri})
                self.nodes[uri] = node
            self.order.append(node)
        self.used: set[int] = set()

    def _normal(self, told: Told) -> Told:
        told.values = {_term(key): value for key, value in told.values.items() if key != "@context"}
        if "@type" in told.values and isinstance(told.values["@type"], str):
            told.values["@type"] = _term(told.values["@type"])
        return told

    def lost(self, where: str, what: str, value: str = "") -> None:
        self.not_held.append(NotHeld(where, what, value))

    def left(self, told: Told, where: str) -> None:
        """Note what nobody read of an object."""
        self.used.add(id(told))
        for key in ("@id", "@type", *_MADE_AGAIN):
            told.take(key)
        for key, value in told.rest():
            self.lost(where or told.place, _("Gilde has no place for %(key)s") % {"key": key}, value)

    def parts(self, told: Told, key: str) -> list[Told]:
        """Return objects, each normal; a text stands for a reference."""
        place = f"{told.place}/{pointer(key)}"
        found = []
        for number, each in enumerate(told.list_of(key)):
            value = {"@id": each} if isinstance(each, str) else each
            part = self._normal(Told(value, self.name, f"{place}/{number}"))
            uri = part.values.get("@id")
            if isinstance(uri, str) and len(part.values) == 1 and uri in self.nodes:
                part = self.nodes[uri]
            found.append(part)
        return found

    def addresses(self, told: Told, key: str) -> list[str]:
        """Return references only, as addresses."""
        found = []
        for each in told.list_of(key):
            uri = each.get("@id") if isinstance(each, dict) else each
            if not isinstance(uri, str):
                raise told.wrong(key, _("an address is expected here"))
            found.append(uri)
        return found

    def text(self, told: Told, key: str) -> Text:
        """Return a language map as a text, the first language as its source; a plain text is taken for English."""
        value = told.take(key)
        if isinstance(value, str):
            return Text.of(value) if value else Text()
        if isinstance(value, dict) and "@value" in value:
            value = {value.get("@language", "en"): value["@value"]}
        if value is None or value == {}:
            return Text()
        if not isinstance(value, dict):
            raise told.wrong(key, _('a language map such as {"en": "…"} is expected here'))
        words: dict[str, str] = {}
        for language, each in value.items():
            if not isinstance(each, str) or not _LANGUAGE.fullmatch(language):
                raise told.wrong(key, _('a language map such as {"en": "…"} is expected here'))
            short = language.split("-")[0].lower()
            if short in words:
                self.lost(
                    told.place,
                    _("Gilde keeps one text a language; this one is left out: %(key)s") % {"key": key},
                    each,
                )
            elif each:
                words[short] = each
        return Text(next(iter(words)), words) if words else Text()

    def notation(self, told: Told, key: str) -> Iterator[tuple[str, str, Text]]:
        """Yield code, address and name of each alignment object."""
        for part in self.parts(told, key):
            node = "".join(self.addresses(part, "ceterms:targetNode")[:1]) or part.text("@id")
            yield part.text("ceterms:codedNotation"), node, self.text(part, "ceterms:targetNodeName")
            self.left(part, told.place)

    def code(self, told: Told, key: str, known: dict[str, str] | None = None) -> list[str]:
        """Return our own codes: as they are told, or of the concept of CTDL."""
        found = []
        for notation, node, name in self.notation(told, key):
            code = notation or next((code for code, each in (known or {}).items() if each == node), "")
            if code:
                found.append(code)
            else:
                self.lost(
                    told.place,
                    _("Gilde has no code for this value of %(key)s") % {"key": key},
                    node or str(name),
                )
        return found

    def parts_left(self, told: Told, key: str) -> Iterator[Told]:
        for part in self.parts(told, key):
            yield part
            self.left(part, told.place)

    def leftovers(self) -> None:
        """Note the nodes that nothing led to."""
        for node in self.order:
            if id(node) not in self.used:
                self.lost(
                    str(node.values.get("@id") or node.place),
                    _("Nothing that Gilde keeps leads to this node of the kind %(kind)s")
                    % {"kind": str(node.values.get("@type", "?"))},
                )
