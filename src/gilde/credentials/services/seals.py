"""The seal of this Gilde: from a file or a token that the settings name, else one made here, for trying.

Where the settings name a time stamping authority, what is sealed carries its stamp (RFC 3161) if it gives one in time.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

from cryptography import x509
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from gilde.core import clock, fetch
from gilde.core.errors import GildeError
from gilde.credentials.keys.authority import Authority, certificates_pem, pkcs12_file
from gilde.credentials.keys.certificates import Sealer, from_pkcs12, read_certificates
from gilde.credentials.keys.tokens import SealPlace, Token
from gilde.credentials.proofs import jades, pades
from gilde.credentials.proofs.timestamps import Ask

STAMPS: Final = fetch.register(
    fetch.Purpose(
        "credentials.stamps",
        "proof of when this Gilde sealed a file, from the authority that the settings name; it is told a digest",
        hosts=("*",),
        limit=64 * 1024,
        seconds=5,
        # Many authorities have no https: a stamp proves itself, and a digest tells nothing.
        schemes=frozenset({"https", "http"}),
        ports=frozenset({443, 80}),
    )
)
PAUSE: Final = 60  # seconds in which an authority that gave no stamp is not asked again
_PAUSED: Final = "credentials.stamps.paused"
_APART: Final = timedelta(minutes=5)  # that the clock of an authority and the one here may differ
_YEARS: Final = 10

logger = logging.getLogger(__name__)


class NoSeal(GildeError):
    """Nothing can be sealed until an administrator sets a seal."""

    status = 503
    code = "no-seal"


class NoStamp(GildeError):
    """The authority gave no time stamp that is believed here, or the settings do not say whom to believe."""

    status = 502
    code = "no-stamp"


@dataclass(frozen=True)
class SealedFile:
    """A file with a seal. `whole` False means that it lacks the time stamp that the settings ask for."""

    content: bytes
    whole: bool


def seal_json(payload: bytes, now: datetime) -> SealedFile:
    """Return JSON with the seal of this Gilde (JAdES). Raises as `sealer`; a missing time stamp is told, not raised."""
    return _stamped(partial(jades.seal, payload, sealer(), now), partial(jades.verify, now=now), now)


def seal_pdf(pdf: bytes, now: datetime) -> SealedFile:
    """The same for a PDF (PAdES)."""
    return _stamped(partial(pades.seal, pdf, sealer(), now), partial(_only, now=now), now)


def _only(pdf: bytes, *, now: datetime, stamp_anchors: Sequence[x509.Certificate]) -> pades.Sealed:
    (found,) = pades.verify(pdf, now=now, stamp_anchors=stamp_anchors)
    return found


def _stamped(
    seal: Callable[[Ask | None], bytes], judge: Callable[..., jades.Sealed | pades.Sealed], now: datetime
) -> SealedFile:
    """Return what was sealed: with a time stamp if one is wanted and was had, and is believed by a check made here.

    Whoever waits for a file waits once, for a few seconds: after a failure the authority is left alone for a while.
    """
    if not settings.SEAL.get("stamps"):
        return SealedFile(seal(None), whole=True)
    if cache.get(_PAUSED) is None:
        try:
            roots = _named("stamp_roots")
            if not roots:
                raise NoStamp(_("No roots are named by which its time stamps are believed."))
            made = seal(_ask)
            found = judge(made, stamp_anchors=roots)
            if not found.stamped_at or not found.stamp_trusted:
                raise NoStamp(_("Its time stamps do not lead to the roots that the settings name."))
            if abs(found.stamped_at - now) > _APART:
                raise NoStamp(_("Its time stamps tell another time than the clock here."))
            return SealedFile(made, whole=True)
        except GildeError as error:
            cache.set(_PAUSED, True, PAUSE)
            logger.warning(
                "%s gave no time stamp; what is sealed is handed out without one and not kept: %s",
                settings.SEAL["stamps"],
                error.sentence,
            )
    return SealedFile(seal(None), whole=False)


def _ask(request: bytes) -> bytes:
    """Return the answer of the authority (RFC 3161, 3.4)."""
    return fetch.post(
        STAMPS.name,
        settings.SEAL["stamps"],
        request,
        "application/timestamp-query",
        accept="application/timestamp-reply",
    ).body


def sealer() -> Sealer:
    """Return the seal of this Gilde. Raises Unreadable, TokenUnavailable or NoSeal where it cannot be used."""
    told = settings.SEAL
    found = _configured(tuple(sorted(told.items()))) if told.get("file") or told.get("module") else _own()
    if clock.now() > found.about.until:
        raise NoSeal(
            _("The certificate of the seal expired on %(day)s. An administrator sets a new one.")
            % {"day": found.about.until.date()}
        )
    return found


@lru_cache(maxsize=2)
def _configured(parts: tuple[tuple[str, str], ...]) -> Sealer:
    told = dict(parts)
    token = None
    if told["module"]:
        token = Token(told["module"], told["token"], told["key"], told["pin"])
    found = SealPlace(told["file"], told["password"], token, told["certificates"]).open()
    if found is None:
        raise NoSeal(_("No seal is set. An administrator names one in the settings."))
    return found


def own_certificates() -> Sequence[x509.Certificate]:
    """Return the certificates of the seals that the settings name: of now, also when it has expired, and of before."""
    told = settings.SEAL
    found = list(_believed("earlier"))
    if told.get("file") or told.get("module"):
        try:
            found.append(_configured(tuple(sorted(told.items()))).certificate)
        except GildeError as error:
            logger.warning("What this Gilde sealed is not known as its own: %s", error.sentence)
    return found


def stamp_roots() -> Sequence[x509.Certificate]:
    """Return the roots of the authority that stamps the seals of this Gilde."""
    return _believed("stamp_roots")


def _believed(part: str) -> Sequence[x509.Certificate]:
    """Return the certificates of a file for a check, which goes on without when they cannot be read."""
    try:
        return _named(part)
    except GildeError as error:
        logger.warning("Nothing is believed by GILDE_SEAL_%s: %s", part.upper(), error.sentence)
        return ()


def _named(part: str) -> Sequence[x509.Certificate]:
    name = settings.SEAL.get(part)
    if not name:
        return ()
    try:
        return read_certificates(Path(name).read_bytes())
    except OSError as error:
        raise NoSeal(
            _("The file %(name)s cannot be read (%(why)s).") % {"name": name, "why": error.strerror}
        ) from error


def own_authorities() -> Sequence[x509.Certificate]:
    """Return the roots that this Gilde believes because it made them itself, if it did."""
    path = _folder() / "authority.pem"
    return read_certificates(path.read_bytes()) if path.exists() else ()


def _own() -> Sealer:
    """Return the seal made here, made now if there is none. The key lies encrypted under the secret of all keys."""
    path = _folder() / "seal.p12"
    if not path.exists():
        _make()
    return _opened(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _opened(path: Path, _changed: int) -> Sealer:
    return from_pkcs12(path.read_bytes(), settings.KEYS_SECRET)


def _make() -> None:
    now = clock.now() - timedelta(days=1)
    until = now + timedelta(days=365 * _YEARS)
    authority = Authority.make(f"{settings.SITE_NAME} – own authority", since=now, until=until)
    certificate, key = authority.issue(settings.SITE_NAME, since=now, until=until, country=settings.COUNTRY)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    # The root is needed for nothing more, so its key is not kept.
    _write(folder / "authority.pem", certificates_pem(authority.certificate))
    _write(
        folder / "seal.p12",
        pkcs12_file(key, certificate, authority.certificate, password=settings.KEYS_SECRET),
    )


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "seal"
