"""An award as SD-JWT VC, for European wallets: who holds it shows each outcome and each personal detail or not.

Source: draft-ietf-oauth-sd-jwt-vc. Texts are by language; amounts are text, so that no reader rounds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gilde.credentials import facts_json
from gilde.credentials.errors import Unreadable
from gilde.credentials.facts import Facts, StatusPlace
from gilde.credentials.keys.kinds import PublicKey, SigningKey
from gilde.credentials.proofs import jose, sd_jwt
from gilde.credentials.proofs.disclosures import Path
from gilde.credentials.status import tokens

# What is a personal detail, and so is shown only where the holder chooses to.
PERSONAL: Final = ("sub", "given_name", "family_name", "birthdate", "assessment")
# Added to each hidden place, so that the number of digests does not tell what is there.
DECOYS: Final = 2
_LABELS: Final[Mapping[Path, tuple[str, str]]] = {
    ("kind",): (gettext_noop("Kind of award"), "never"),
    ("achievement", "title"): (gettext_noop("What was achieved"), "never"),
    ("issuer", "name"): (gettext_noop("Awarded by"), "never"),
    ("awarded_on",): (gettext_noop("Awarded on"), "never"),
    ("given_name",): (gettext_noop("Given name"), "always"),
    ("family_name",): (gettext_noop("Family name"), "always"),
    ("birthdate",): (gettext_noop("Date of birth"), "always"),
    ("outcomes", None): (gettext_noop("Learning outcomes"), "always"),
    ("assessment",): (gettext_noop("Assessment"), "always"),
    ("assessment", "grade"): (gettext_noop("Grade"), "always"),
    ("level",): (gettext_noop("Level"), "never"),
    ("hours",): (gettext_noop("Hours"), "never"),
    ("credit",): (gettext_noop("Credit"), "never"),
}


@dataclass(frozen=True)
class Rendered:
    """The claims of an award before signing, and the paths of those that can be disclosed one by one."""

    claims: dict[str, Any]
    hidden: tuple[Path, ...]


@dataclass(frozen=True)
class View:
    """What an SD-JWT VC shows of an award.

    In `facts` a name, an id or a grade that is not shown is "", another detail None, and outcomes that are not shown
    are missing; `outcomes_in_all` tells how many the award has. `withheld` names the claims that are surely not shown.
    """

    facts: Facts
    outcomes_in_all: int
    withheld: tuple[str, ...]


def render(facts: Facts, place: StatusPlace | None, *, vct: str) -> Rendered:
    """Return the claims of the award and what of them can be hidden. `vct` is the URL of the type."""
    told = _filled(facts_json.as_json(facts))
    holder = told.pop("holder")
    issuer = {name: value for name, value in told["issuer"].items() if name != "id"}
    claims: dict[str, Any] = {
        "iss": facts.issuer.id,
        "vct": vct,
        "jti": told.pop("id"),
        "nbf": int(facts.valid_from.timestamp()),
        **({"exp": int(facts.valid_until.timestamp())} if facts.valid_until else {}),
        **({"status": tokens.claim(place.tokens, place.index)} if place else {}),
        "sub": holder["id"],
        "given_name": holder["given_name"],
        "family_name": holder["family_name"],
        **({"birthdate": holder["born"]} if "born" in holder else {}),
        **{name: value for name, value in told.items() if name not in ("valid_from", "valid_until")},
        "issuer": issuer,
        "outcomes": told.get("outcomes", []),
        "outcomes_in_all": len(facts.outcomes),
    }
    hidden: list[Path] = [(name,) for name in PERSONAL if name in claims]
    if facts.assessment and facts.assessment.grade:
        hidden.append(("assessment", "grade"))
    hidden += [("outcomes", number) for number in range(len(facts.outcomes))]
    return Rendered(claims, tuple(hidden))


def issue(
    facts: Facts, place: StatusPlace | None, key: SigningKey, *, vct: str, holder_key: PublicKey | None
) -> str:
    """Return the award as a signed SD-JWT VC with all its disclosures, bound to the key of the holder's wallet."""
    rendered = render(facts, place, vct=vct)
    return sd_jwt.issue(rendered.claims, key, hidden=rendered.hidden, holder_key=holder_key, decoys=DECOYS)


def paths(
    *, outcomes: Iterable[int] = (), personal: Iterable[str] = ("given_name", "family_name")
) -> list[Path]:
    """Return the paths to present when these outcomes, by place, and these personal details are to be shown."""
    return [*((name,) for name in personal), *(("outcomes", number) for number in outcomes)]


def facts(claims: Mapping[str, Any]) -> Facts:
    """Return the facts of the claims: equal to what went in when all is shown, else as `View` says."""
    return view(claims).facts


def view(claims: Mapping[str, Any]) -> View:
    """Return what the claims show of the award; raise Unreadable when they are not those of an award of Gilde."""
    try:
        told = _told(claims)
        in_all = claims.get("outcomes_in_all")
        if type(in_all) is not int or not in_all >= len(told["outcomes"]):
            raise ValueError("outcomes")
        known = facts_json.from_json(told)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise Unreadable(
            _(
                "This credential is not written as Gilde writes its awards, so its contents cannot be shown as one."
            ),
            "not-an-award",
        ) from error
    withheld = [name for name in ("sub", "given_name", "family_name") if name not in claims]
    return View(known, in_all, (*withheld, *(["outcomes"] if in_all > len(known.outcomes) else [])))


def type_metadata(vct: str, *, languages: Iterable[str] = ("en", "nl")) -> dict[str, Any]:
    """Return the document of the type, to be served at its URL (draft-ietf-oauth-sd-jwt-vc, section 6)."""
    locales = list(languages)
    return {
        "vct": vct,
        "name": "Gilde award",
        "description": "An award of vocational education: what was achieved, by whom, and with which outcomes.",
        "display": [{"locale": locale, "name": _in(locale, _AWARD)} for locale in locales],
        "claims": [
            {
                "path": list(path),
                "display": [{"locale": locale, "label": _in(locale, label)} for locale in locales],
                "sd": disclosable,
            }
            for path, (label, disclosable) in _LABELS.items()
        ],
    }


_AWARD: Final = gettext_noop("Award of vocational education")


def _in(locale: str, text: str) -> str:
    with translation.override(locale):
        return _(text)


def _filled(value: Any) -> Any:
    """Return the value without members that say nothing: null, empty text, empty lists and objects."""
    if isinstance(value, dict):
        filled = {name: _filled(inner) for name, inner in value.items()}
        return {name: inner for name, inner in filled.items() if inner not in (None, "", [], {})}
    return [_filled(each) for each in value] if isinstance(value, list) else value


def _told(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims in the form in which facts are stored, with blanks for what is not shown."""
    parts = ("kind", "achievement", "awarded_on", "level", "hours", "credit", "language", "place", "replaces")
    return {
        **{name: claims[name] for name in parts if name in claims},
        "id": claims["jti"],
        "issuer": {**claims["issuer"], "id": claims["iss"]},
        "holder": {
            "id": claims.get("sub", ""),
            "given_name": claims.get("given_name", ""),
            "family_name": claims.get("family_name", ""),
            "born": claims.get("birthdate"),
        },
        "valid_from": jose.moment(claims, "nbf"),
        "valid_until": jose.moment(claims, "exp"),
        "assessment": claims.get("assessment"),
        "outcomes": list(claims["outcomes"]),
    }
