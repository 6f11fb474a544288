"""Trust lists as others publish them, read to entries: our own JSON, CSV, and trusted lists of ETSI TS 119 612 (XML).

The signature of an XML list is not verified here: whoever adds a list answers for where it comes from. Everything is
read, or nothing: one entry that cannot be understood refuses the list.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext as _

from gilde.credentials.batch_files import decoded
from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.linked import strict

LARGEST: Final = 25 * 1024 * 1024  # bytes; the largest national trusted list has some 8 MB
MOST: Final = 50_000  # entries
KIND: Final = "gilde-trust-list"
_MEMBERS: Final = frozenset({"id", "name", "country", "certificate", "qualifications", "since", "until"})
_IDENTIFIER: Final = re.compile(r"(did:[a-z0-9]+:|https://)[\x21-\x7e]{1,280}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_TSL: Final = "http://uri.etsi.org/02231/v2#"
_TYPES: Final = "http://uri.etsi.org/TrstSvc/Svctype/"
_EXTENSIONS: Final = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
# Under which a service may issue qualified certificates (TS 119 612, 5.5.4 and annex J; the others are of before 2016).
_GRANTED: Final = frozenset(
    {"granted", "undersupervision", "supervisionincessation", "accredited", "recognisedatnationallevel"}
)


@dataclass(frozen=True)
class Entry:
    """An issuer whom a list trusts, by its `identifier`, its certificate (PEM), or both; `name` by language."""

    identifier: str = ""
    certificate: str = ""
    name: Mapping[str, str] = field(default_factory=dict)
    country: str = ""
    qualifications: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return by what this entry is known again when the list is read anew."""
        return self.identifier, self.certificate


def entries(data: bytes) -> list[dict[str, Any]]:
    """Return the entries of a list in any format, as JSON that `from_json` takes. Raises Unreadable, TooMuch."""
    if len(data) > LARGEST:
        raise TooMuch(
            _("This list is larger than %(most)d MB.") % {"most": LARGEST // (1024 * 1024)}, "too-large"
        )
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"{":
        found = _json(data)
    elif start == b"<":
        found = _xml(data)
    elif start:
        found = _csv(data)
    else:
        raise Unreadable(_("This list is empty."), "empty")
    told: dict[tuple[str, str], Entry] = {}
    for entry in found:
        if entry.identifier and entry.key in told:
            raise Unreadable(
                _("The list names %(issuer)s twice. Nothing was taken over.") % {"issuer": entry.identifier},
                "double",
            )
        told.setdefault(entry.key, entry)
        if len(told) > MOST:
            raise TooMuch(_("This list has more than %(most)d entries.") % {"most": MOST}, "too-many")
    if not told:
        raise Unreadable(_("This list names nobody who could be believed."), "nobody")
    return [{**asdict(entry), "qualifications": list(entry.qualifications)} for entry in told.values()]


def from_json(told: Any) -> list[Entry]:
    """Return the entries that `entries` returned."""
    return [Entry(**{**each, "qualifications": tuple(each["qualifications"])}) for each in told]


def is_told(value: Any) -> bool:
    """Return whether a value is what `entries` returns."""
    texts = ("identifier", "certificate", "country", "since", "until")
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and set(each) == {*texts, "name", "qualifications"}
        and all(isinstance(each[name], str) for name in texts)
        and isinstance(each["name"], dict)
        and all(isinstance(word, str) for pair in each["name"].items() for word in pair)
        and isinstance(each["qualifications"], list)
        and all(isinstance(one, str) for one in each["qualifications"])
        for each in value
    )


def _json(data: bytes) -> Iterator[Entry]:
    told = strict.parse(data, largest=LARGEST, most=20 * MOST)
    if not isinstance(told, dict) or told.get("type") != KIND or told.get("version") != 1:
        raise Unreadable(
            _('This JSON is no trust list: it must say "type": "%(type)s" and "version": 1.')
            % {"type": KIND},
            "no-list",
        )
    if unknown := sorted(set(told) - {"type", "version", "name", "issuers"}):
        raise Unreadable(_("A trust list has no member “%(name)s”.") % {"name": unknown[0][:60]}, "member")
    issuers = told.get("issuers")
    if not isinstance(issuers, list):
        raise Unreadable(_("The trust list has no list of “issuers”."), "no-issuers")
    for number, each in enumerate(issuers, start=1):
        where = _("entry %(number)d") % {"number": number}
        if not isinstance(each, dict):
            raise _wrong(where, _("it must be an object"))
        if unknown := sorted(set(each) - _MEMBERS):
            raise _wrong(where, _("there is no member “%(name)s”") % {"name": unknown[0][:60]})
        name = each.get("name")
        listed = each.get("qualifications") or []
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise _wrong(where, _("“qualifications” must be a list of addresses"))
        texts = {key: each.get(key) or "" for key in ("id", "country", "certificate", "since", "until")}
        if not all(isinstance(text, str) for text in texts.values()):
            raise _wrong(where, _("its members are texts"))
        yield _entry(where, texts, {"en": name} if isinstance(name, str) else name, listed)


def _csv(data: bytes) -> Iterator[Entry]:
    import csv
    import io

    text = decoded(data)
    first = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=first.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        heads = [head.strip().lower() for head in reader.fieldnames or ()]
        if unknown := [head for head in heads if head not in _MEMBERS]:
            raise Unreadable(
                _("A trust list has no column “%(name)s”. The columns are: %(known)s.")
                % {"name": unknown[0][:60], "known": ", ".join(sorted(_MEMBERS))},
                "column",
            )
        reader.fieldnames = heads
        for row in reader:
            where = _("row %(number)d") % {"number": reader.line_num}
            if None in row:
                raise _wrong(where, _("it has more cells than there are columns"))
            cells = {head: (cell or "").strip() for head, cell in row.items()}
            if any(cells.values()):
                texts = {
                    key: cells.get(key, "") for key in ("id", "country", "certificate", "since", "until")
                }
                yield _entry(
                    where, texts, {"en": cells.get("name", "")}, cells.get("qualifications", "").split()
                )
    except csv.Error as error:
        raise Unreadable(
            _("This CSV cannot be read: a quotation mark is missing or stands in a wrong place."), "quotes"
        ) from error


def _entry(where: str, texts: Mapping[str, str], name: Any, qualifications: Iterable[str]) -> Entry:
    names = _names(where, name)
    identifier, country = texts["id"].strip(), texts["country"].strip().upper()
    if identifier and not _IDENTIFIER.fullmatch(identifier):
        raise _wrong(
            where,
            _("“%(id)s” is no identifier: it begins with did: or https://, and has at most 300 characters")
            % {"id": identifier[:60]},
        )
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        raise _wrong(where, _("“%(country)s” is no code of a country") % {"country": country[:20]})
    certificate = _pem(where, texts["certificate"]) if texts["certificate"].strip() else ""
    if texts["certificate"].strip() and not certificate:
        raise _wrong(where, _("its certificate has a key of a kind that Gilde does not know"))
    if not identifier and not certificate:
        raise _wrong(where, _("it needs an “id” or a “certificate”"))
    since, until = _day(where, texts["since"]), _day(where, texts["until"])
    if since and until and until < since:
        raise _wrong(where, _("it ends before it begins"))
    listed = tuple(each.strip() for each in qualifications)
    if any(not re.fullmatch(r"https?://[\x21-\x7e]{1,400}", each) for each in listed):
        raise _wrong(where, _("qualifications are named by their addresses"))
    return Entry(identifier, certificate, names, country, listed, since, until)


def _names(where: str, name: Any) -> dict[str, str]:
    if not isinstance(name, Mapping) or not name:
        raise _wrong(where, _("it needs a “name”"))
    found = {}
    for language, words in name.items():
        if not isinstance(words, str) or not _LANGUAGE.fullmatch(str(language)):
            raise _wrong(where, _("its “name” is a text, or texts by code of language"))
        plain = " ".join(words.split())
        if not plain or len(plain) > 300 or not plain.isprintable():
            raise _wrong(where, _("its “name” is empty, too long, or holds characters that cannot be seen"))
        found[str(language)] = plain
    return found


def _day(where: str, text: str) -> str:
    if not text.strip():
        return ""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise _wrong(where, _("“%(day)s” is no day; write it as 2025-06-30") % {"day": text[:30]}) from error


def _pem(where: str, text: str) -> str:
    """Return a certificate, given as PEM or as base64 of DER, as PEM; "" when its key is of no known kind."""
    try:
        if "-----BEGIN" in text:
            found = x509.load_pem_x509_certificate(text.encode())
        else:
            found = x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))
        found.public_key()
    except UnsupportedAlgorithm:
        return ""
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        raise _wrong(where, _("its certificate cannot be read")) from error
    return found.public_bytes(Encoding.PEM).decode()


def _wrong(where: str, what: str) -> Unreadable:
    return Unreadable(
        _("In %(where)s: %(what)s. Nothing was taken over.") % {"where": where, "what": what}, "entry"
    )


def _xml(data: bytes) -> Iterator[Entry]:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(_("This XML cannot be read: it is damaged or cut off."), "xml") from error
    if b"<!DOCTYPE" in data[:4096] or root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(_("This XML declares a document type, which no trusted list does."), "doctype")
    if root.tag != f"{{{_TSL}}}TrustServiceStatusList":
        raise Unreadable(_("This XML is no trusted list of ETSI TS 119 612."), "no-list")
    information = root.find(f"{{{_TSL}}}SchemeInformation")
    if "EUlistofthelists" in _text(information, "TSLType"):
        raise Unreadable(
            _("This is the European list of lists, which names no issuers. Add the list of a country."),
            "list-of-lists",
        )
    country = _text(information, "SchemeTerritory").upper()
    country = {"EL": "GR", "UK": "GB"}.get(country, country)
    for provider in root.iterfind(f"{{{_TSL}}}TrustServiceProviderList/{{{_TSL}}}TrustServiceProvider"):
        name = _named(provider.find(f"{{{_TSL}}}TSPInformation/{{{_TSL}}}TSPName"))
        for service in provider.iterfind(f"{{{_TSL}}}TSPServices/{{{_TSL}}}TSPService"):
            yield from _service(service, name, country)


def _service(service: Any, name: Mapping[str, str], country: str) -> Iterator[Entry]:
    """Yield an entry for each certificate of a service that issues, or issued, certificates of qualified seals."""
    now = service.find(f"{{{_TSL}}}ServiceInformation")
    if now is None or _text(now, "ServiceTypeIdentifier").removeprefix(_TYPES) != "CA/QC":
        return
    uses = {
        (each.text or "").strip().removeprefix(_EXTENSIONS)
        for each in now.iterfind(f".//{{{_TSL}}}AdditionalServiceInformation/{{{_TSL}}}URI")
    }
    # A service that says for what it is, and not that it is for seals, is for signatures of persons or for websites.
    if uses & {"ForeSignatures", "ForWebSiteAuthentication"} and "ForeSeals" not in uses:
        return
    history = service.iterfind(f"{{{_TSL}}}ServiceHistory/{{{_TSL}}}ServiceHistoryInstance")
    period = _period([now, *history])
    if period is None:
        return
    told = f"{name.get('en') or next(iter(name.values()), '')}"
    where = _("the service of %(name)s") % {"name": told[:80]}
    for each in now.iterfind(
        f"{{{_TSL}}}ServiceDigitalIdentity/{{{_TSL}}}DigitalId/{{{_TSL}}}X509Certificate"
    ):
        # With a key of a kind that is not known here nothing could be checked, so such a one is left out.
        if pem := _pem(where, each.text or ""):
            yield Entry("", pem, dict(name), country[:2], (), *period)


def _period(instances: Iterable[Any]) -> tuple[str, str] | None:
    """Return from when until when a service was last granted, "" for an open end; None when it never was."""
    told = sorted(
        (_moment(_text(each, "StatusStartingTime")), _status(_text(each, "ServiceStatus")))
        for each in instances
    )
    since = until = ""
    for start, granted in told:
        if granted and (not since or until):
            since, until = start, ""
        elif not granted and since and not until:
            until = start
    return (since, until) if since else None


def _status(uri: str) -> bool:
    return uri.rstrip("/").rsplit("/", 1)[-1].lower() in _GRANTED


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(UTC).date().isoformat()
    except ValueError as error:
        raise Unreadable(
            _("A service of this list has no day since when it has its status."), "starting-time"
        ) from error


def _text(within: Any, name: str) -> str:
    if within is None:
        return ""
    return (within.findtext(f"{{{_TSL}}}{name}") or "").strip()


def _named(names: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in () if names is None else names.iterfind(f"{{{_TSL}}}Name"):
        language = each.get("{http://www.w3.org/XML/1998/namespace}lang", "en")[:2].lower()
        words = " ".join((each.text or "").split())[:300]
        if words and _LANGUAGE.fullmatch(language):
            found.setdefault(language, words)
    return found or {"en": "–"}
