"""The code lists of the European Learning Model: our codes to its addresses and back.

The lists are in `data/elm.yaml` and `data/learning.yaml`, dated and with their source.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from gilde.qualifications.formats.addresses import scheme_of

_DATA: Final = Path(__file__).resolve().parents[1] / "data"


@cache
def elm() -> Mapping[str, Any]:
    """Return `data/elm.yaml`."""
    found: Mapping[str, Any] = yaml.safe_load((_DATA / "elm.yaml").read_text(encoding="utf-8"))
    return found


@cache
def learning() -> Mapping[str, Any]:
    """Return `data/learning.yaml`: the codes of assessment_type and participation, with their names."""
    found: Mapping[str, Any] = yaml.safe_load((_DATA / "learning.yaml").read_text(encoding="utf-8"))
    return found


def scheme(name: str) -> str:
    """Return the address of a list."""
    return str(elm()["schemes"][name])


def namespace(prefix: str) -> str:
    """Return the address that a prefix stands for."""
    return str(elm()["namespaces"][prefix])


@cache
def _homes() -> Mapping[str, str]:
    return {name: prefix for prefix, names in elm()["properties"].items() for name in names.split()}


def home(name: str) -> str:
    """Return the prefix of a property: "dc" for title, "elm" for those of the model itself."""
    return _homes().get(name, "elm")


def kind_home(kind: str) -> str:
    """Return the prefix of a class."""
    return next((prefix for prefix, kinds in elm()["kinds"].items() if kind in kinds.split()), "elm")


@cache
def _levels() -> Mapping[tuple[str, str], str]:
    start = elm()["addresses"]["nqf"]
    return {
        (framework, code): f"{start}{name}"
        for framework, told in elm()["frameworks"].items()
        for code, name in told["levels"].items()
    }


@cache
def _listed_levels() -> Mapping[str, tuple[str, str]]:
    return {uri: level for level, uri in _levels().items()}


def level_uri(framework: str, code: str) -> str:
    """Return the address of a national level in the European list, "" when it is not there."""
    return _levels().get((framework, code), "")


def level_of(uri: str) -> tuple[str, str] | None:
    """Return the framework and code of a level by its address, None when it is not in the European list."""
    return _listed_levels().get(uri)


def eqf_uri(level: int) -> str:
    """Return the address of an EQF level, "" when there is no such level."""
    return f"{elm()['addresses']['eqf']}{level}" if 1 <= level <= 8 else ""


def eqf_of(uri: str) -> int | None:
    """Return the EQF level by its address."""
    level = uri.removeprefix(elm()["addresses"]["eqf"])
    return int(level) if level in set("12345678") else None


@cache
def field_uri(uri: str) -> str:
    """Return the address of a field of education in the model's list: its code is the end of any address of it."""
    code = uri.rpartition("/")[2].rpartition("#")[2]
    return f"{elm()['addresses']['isced-f-2013']}{code}" if code in elm()["fields"] else ""


def unknown_field() -> str:
    """Return the address that stands where no field is known."""
    return f"{elm()['addresses']['isced-f-2013']}{elm()['unknown_field']}"


def unknown_language() -> str:
    """Return the address that stands where no language is known."""
    return f"{elm()['addresses']['language']}{elm()['unknown_language']}"


def language_uri(code: str) -> str:
    """Return the address of a language by its ISO 639-1 code, "" when it has none."""
    found = elm()["languages"].get(code)
    return f"{elm()['addresses']['language']}{found}" if found else ""


def country_uri(code: str) -> str:
    """Return the address of a country by its ISO 3166-1 code of two letters, "" when it has none."""
    found = elm()["countries"].get(code)
    return f"{elm()['addresses']['country']}{found}" if found else ""


@cache
def _coded(name: str) -> Mapping[str, str]:
    start = elm()["addresses"][name]
    return {f"{start}{long}": code for code, long in elm()[f"{_PLURALS[name]}"].items()}


_PLURALS: Final = {"language": "languages", "country": "countries"}


def language_of(uri: str) -> str:
    """Return the ISO 639-1 code of a language by its address, "" when it has none."""
    return _coded("language").get(uri, "")


def country_of(uri: str) -> str:
    """Return the ISO 3166-1 code of a country by its address, "" when it has none."""
    return _coded("country").get(uri, "")


def learning_uri(name: str, code: str) -> str:
    """Return the address of a code of `learning`; `name` is "assessment_type" or "participation"."""
    return str(learning()[name].get(code, {}).get("elm", ""))


@cache
def learning_code(name: str, uri: str) -> str:
    """Return our code by its address, "" when we have none."""
    return next((code for code, told in learning()[name].items() if told["elm"] == uri), "")


def code_of(name: str, uri: str) -> str:
    """Return our code by its address in a short list of `data/elm.yaml`: "credit" or "outcome_types"."""
    return next((code for code, address in elm()[name].items() if address == uri), "")


@lru_cache(maxsize=50_000)
def classification_of(uri: str, in_scheme: str = "") -> str:
    """Return the code of the classification that a concept belongs to, by its address or that of its list."""
    lists = elm()["schemes"]
    listed = {
        lists["esco-occupations"]: "esco",
        **{lists[code]: code for code in ("esco", "isco-08", "nace-2.1")},
    }
    return scheme_of(uri) or listed.get(in_scheme, "")


@cache
def topic_uri(name: str) -> str:
    """Return the address of what a note is about; one of our own when the model has no topic for it."""
    return str(elm()["topics"].get(name) or f"{elm()['own']}{name}")


@cache
def _topics() -> Mapping[str, str]:
    return {uri: name for name, uri in elm()["topics"].items()}


def topic_of(uri: str) -> str:
    """Return what a note is about by its address: our name for it, "" when it is not one of ours."""
    own = str(elm()["own"])
    return _topics().get(uri, "") or (uri.removeprefix(own) if uri.startswith(own) else "")
