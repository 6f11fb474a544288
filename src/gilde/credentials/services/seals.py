"""The seal of this Gilde: from a file or a token that the settings name, else one made here, for trying."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.errors import GildeError
from gilde.credentials.keys.authority import Authority, certificates_pem, pkcs12_file
from gilde.credentials.keys.certificates import Sealer, from_pkcs12, read_certificates
from gilde.credentials.keys.tokens import SealPlace, Token

_YEARS: Final = 10


class NoSeal(GildeError):
    """Nothing can be sealed until an administrator sets a seal."""

    status = 503
    code = "no-seal"


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
