"""Baking into SVG: an `openbadges:credential` element right behind the opening tag (Open Badges 3.0, section 5.3.2).

Expat tells where each tag stands, so that all else of a picture stays as it is; a picture with a document type (and so
with entities), a style sheet from elsewhere or a script is refused before anything of it is used.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from django.utils.translation import gettext as _

from gilde.credentials.errors import Unreadable, Unsupported

NAMESPACE: Final = "https://purl.imsglobal.org/ob/v3p0"
_ELEMENT: Final = f"{NAMESPACE} credential"
_OLD: Final = "http://openbadges.org assertion"  # of Open Badges 1 and 2
_ROOT: Final = "http://www.w3.org/2000/svg svg"
_DEEPEST: Final = 256
# The rest of a tag from its "<": a ">" inside the quotes of an attribute does not end it.
_TAG: Final = re.compile(rb"<[^\"'>]*(?:\"[^\"]*\"[^\"'>]*|'[^']*'[^\"'>]*)*>")
_DECLARED: Final = re.compile(rb"\sxmlns:openbadges\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass
class _Picture:
    """What is found in an SVG: where its opening tag and its credentials stand, and what these say."""

    data: bytes
    encoding: str = "utf-8"
    root: int = -1
    tokens: list[str] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    old: bool = False
    depth: int = 0
    inside: int = 0  # the depth of the credential that is being read


def bake(picture: bytes, credential: str) -> bytes:
    """Return the SVG with the credential in it: a token in `verify`, JSON in CDATA."""
    found = _read(picture)
    if found.encoding.lower() not in ("utf-8", "us-ascii"):
        raise _unfit(_("it is not written in UTF-8"), "svg-encoding")
    opening = _tag_end(picture, found.root)
    tag = picture[found.root : opening]
    if tag.endswith(b"/>"):
        raise _unfit(_("there is no drawing in it"), "svg-empty")
    declared = _DECLARED.search(tag)
    if declared is None:
        tag = tag[:-1] + f' xmlns:openbadges="{NAMESPACE}">'.encode()
    elif (declared[1] or declared[2]) != NAMESPACE.encode():
        raise _unfit(_("it uses the name “openbadges” for something else"), "svg-namespace")
    rest, at = [], opening
    for start, end in found.spans:
        rest.append(picture[at:start])
        at = end
    return b"".join([picture[: found.root], tag, _element(credential), *rest, picture[at:]])


def unbake(picture: bytes) -> str:
    """Return the credential in an SVG."""
    found = _read(picture)
    if len(found.spans) > 1:
        raise Unreadable(
            _(
                "The picture holds %(count)d credentials, and a badge holds one. Ask the issuer for the badge again."
            )
            % {"count": len(found.spans)},
            "several-credentials",
        )
    if found.spans:
        token, text = found.tokens[0], "".join(found.texts[0]).strip()
        if bool(token) == bool(text):
            raise _unfit(_("its credential is empty, or stands in it twice"), "svg-credential")
        return token or text
    if found.old:
        raise Unsupported(
            _(
                "This badge is of version 1 or 2 of Open Badges, which Gilde cannot check. Ask for a newer one."
            ),
            "open-badges-2",
        )
    raise Unreadable(
        _(
            "There is no credential in this picture. Perhaps it is a copy or a screen shot: use the original file."
        ),
        "no-credential",
    )


def _element(credential: str) -> bytes:
    if credential.lstrip().startswith("{"):
        text = _for_xml(credential.strip()).replace("]]>", "]]]]><![CDATA[>")
        return f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>".encode()
    if not re.fullmatch(r"[A-Za-z0-9_.~-]+", credential):
        raise _unfit(_("what should be baked is neither JSON nor a signed token"), "not-a-credential")
    return f'<openbadges:credential verify="{credential}"></openbadges:credential>'.encode()


def _for_xml(text: str) -> str:
    """Return JSON text without what XML cannot hold or would change; its value is the same."""
    if not re.search("[\r\ufffe\uffff]", text):
        return text
    return json.dumps(json.loads(text), ensure_ascii=True, separators=(",", ":"))


def _read(picture: bytes) -> _Picture:
    found = _Picture(picture)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        found.encoding = encoding or found.encoding

    def doctype(*_parts: object) -> None:
        raise _unfit(_("it defines entities of its own or has a document type"), "svg-doctype")

    def instruction(*_parts: object) -> None:
        raise _unfit(_("it asks for a style sheet or another program"), "svg-instruction")

    def start(name: str, attributes: dict[str, str]) -> None:
        found.depth += 1
        _check_tag(found, name, attributes)
        if found.root < 0:
            found.root = parser.CurrentByteIndex
        found.old = found.old or name == _OLD
        if name == _ELEMENT and not found.inside:
            found.inside = found.depth
            found.spans.append((parser.CurrentByteIndex, -1))
            found.tokens.append(attributes.get("verify", "").strip())
            found.texts.append([])

    def end(_name: str) -> None:
        if found.inside == found.depth:
            found.inside = 0
            begun, here = found.spans[-1][0], parser.CurrentByteIndex
            # Expat gives the end of a tag that closes itself, and the beginning of a closing one.
            closed = picture[here - 2 : here] == b"/>" and _tag_end(picture, begun) == here
            found.spans[-1] = (begun, here if closed else _tag_end(picture, here))
        found.depth -= 1

    def text(data: str) -> None:
        if found.inside:
            found.texts[-1].append(data)

    parser.XmlDeclHandler = declaration
    parser.StartDoctypeDeclHandler = doctype
    parser.ProcessingInstructionHandler = instruction
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(picture, True)
    except expat.ExpatError as error:
        what = _("line %(line)d is no XML") % {"line": error.lineno}
        raise _unfit(what, "not-svg") from None
    return found


def _check_tag(found: _Picture, name: str, attributes: dict[str, str]) -> None:
    if found.depth == 1 and name != _ROOT:
        raise _unfit(_("it is no drawing in SVG"), "not-svg")
    if found.inside:
        raise _unfit(_("there is something else inside its credential"), "svg-credential")
    if found.depth > _DEEPEST:
        raise _unfit(_("its parts stand too deep inside one another"), "too-deep")
    local = name.rpartition(" ")[2].lower()
    active = any(
        attribute.rpartition(" ")[2].lower().startswith("on")
        or re.sub(r"\s", "", value).lower().startswith(("javascript:", "vbscript:"))
        for attribute, value in attributes.items()
    )
    if local in ("script", "foreignobject", "iframe") or active:
        raise _unfit(_("there is a program in it"), "svg-script")


def _tag_end(picture: bytes, at: int) -> int:
    found = _TAG.match(picture, at)
    if found is None:
        raise _unfit(_("one of its tags cannot be read"), "not-svg")
    return found.end()


def _unfit(what: str, reason: str) -> Unreadable:
    sentence = _(
        "The picture cannot be used: %(what)s. Use the original file, or ask the issuer for it again."
    )
    return Unreadable(sentence % {"what": what}, reason)
