"""Areas and outlines from Eurostat's NUTS files; every file here is made for the test."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Refused
from gilde.core.models import User
from gilde.core.text import Text
from gilde.indicators.models import Area, Boundary
from gilde.indicators.services import areas as service
from gilde.indicators.services.areas import AreasLoaded, load_areas
from tests.indicators.factories import AreaFactory

pytestmark = pytest.mark.django_db

SQUARE = [[4.0, 51.0], [5.0, 51.0], [5.0, 52.0], [4.0, 52.0], [4.0, 51.0]]


def feature(code: str, name: str, **changed: Any) -> dict[str, Any]:
    properties = {
        "NUTS_ID": code,
        "LEVL_CODE": len(code) - 2,
        "CNTR_CODE": code[:2],
        "NAME_LATN": name,
        "NUTS_NAME": name,
        **changed.pop("properties", {}),
    }
    geometry = changed.pop("geometry", {"type": "Polygon", "coordinates": [deepcopy(SQUARE)]})
    return {"type": "Feature", "properties": properties, "geometry": geometry, **changed}


def geojson(*features: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def load(content: bytes, name: str = "NUTS_RG_60M_2024_4326.geojson") -> AreasLoaded:
    return load_areas(actor=SYSTEM, content=content, name=name)


NETHERLANDS = (
    feature("NL32", "Noord-Holland"),
    feature("NL", "Nederland"),
    feature("NL3", "West-Nederland"),
)


def test_regions_come_with_their_outline_each_in_the_one_above() -> None:
    done = load(geojson(*NETHERLANDS))
    assert done == AreasLoaded(3, ("NL", "NL3", "NL32"), (), ("NL", "NL3", "NL32"))
    region = Area.objects.get(code="NL32")
    assert (region.kind, region.level, region.parent_id, str(region)) == ("region", 2, "NL3", "Noord-Holland")
    assert region.boundary.geometry == {"type": "Polygon", "coordinates": [SQUARE]}
    assert region.boundary.source == "NUTS_RG_60M_2024_4326.geojson, as loaded"
    assert Area.objects.get(code="NL").kind == Area.Kind.COUNTRY


def test_loading_a_file_again_changes_nothing() -> None:
    load(geojson(*NETHERLANDS))
    assert load(geojson(*NETHERLANDS)).is_nothing


def test_a_level_that_is_left_out_is_stepped_over() -> None:
    AreaFactory(code="NL")
    load(geojson(feature("NL32", "Noord-Holland")))
    assert Area.objects.get(code="NL32").parent_id == "NL"


def test_a_new_name_and_a_new_outline_are_taken_and_said() -> None:
    load(geojson(*NETHERLANDS))
    finer = {"type": "MultiPolygon", "coordinates": [[SQUARE]]}
    done = load(geojson(feature("NL32", "North Holland", geometry=finer)))
    assert (done.renamed, done.outlined) == (("NL32",), ("NL32",))
    assert str(Area.objects.get(code="NL32")) == "North Holland"


def test_a_name_in_several_languages_stays() -> None:
    AreaFactory(code="BE", name=Text.of({"en": "Belgium", "nl": "België"}))
    done = load(geojson(feature("BE", "Belgique/België")))
    assert done == AreasLoaded(1, (), (), ("BE",))
    assert Area.objects.get(code="BE").name.words["en"] == "Belgium"


def test_a_feature_without_outline_brings_the_area_alone() -> None:
    load(geojson(feature("NL", "Nederland", geometry=None)))
    assert not Boundary.objects.exists()


@pytest.mark.parametrize(
    ("csv", "codes"),
    [
        ("NUTS_ID,NAME_LATN\nNL,Nederland\nNL3,West-Nederland\n", ("NL", "NL3")),
        ("\ufeffCode 2024;NUTS label;Level\r\nNL;Nederland;0\r\n\r\n", ("NL",)),
        ("code\tname\nNL\t Nederland ", ("NL",)),
    ],
)
def test_a_list_of_codes_is_enough(csv: str, codes: tuple[str, ...]) -> None:
    assert load(csv.encode(), "nuts.csv").added == codes
    assert str(Area.objects.get(code="NL")) == "Nederland"


def ring(*points: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(points)]}


BAD_FEATURES = [
    (feature("NLx", "?"), "Feature 2: NUTS_ID is “NLx”; a NUTS code is written as BE, BE2, BE21 or BE211."),
    (feature("NL32", " "), "Feature 2: NAME_LATN must hold a name of at most 200 characters."),
    (
        feature("NL32", "N", properties={"LEVL_CODE": 1}),
        "Feature 2: LEVL_CODE is 1, but NL32 is a code of level 2.",
    ),
    (
        feature("NL32", "N", properties={"CNTR_CODE": "BE"}),
        "Feature 2: CNTR_CODE is BE, but NL32 begins with another country.",
    ),
    (
        feature("XY32", "N"),
        "Feature 2: XY32 lies in a country that nobody knows here, XY. Load its level 0 first.",
    ),
    (
        feature("NL", "N"),
        "Feature 2: NL stands twice, first in Feature 1. Each area may stand in a file once.",
    ),
    ({"type": "Feature", "geometry": None}, "Feature 2: it has no properties."),
    (
        feature("NL32", "N", geometry={"type": "Point", "coordinates": [4, 51]}),
        "Feature 2: an outline must be a Polygon or a MultiPolygon.",
    ),
    (
        feature("NL32", "N", geometry=ring(*SQUARE[:-1])),
        "Feature 2: a ring is not closed, its last point must be its first.",
    ),
    (
        feature("NL32", "N", geometry=ring(SQUARE[0], SQUARE[1], SQUARE[0])),
        "Feature 2: a ring needs at least four points.",
    ),
    (
        feature("NL32", "N", geometry=ring(*SQUARE[:3], [4.0, "52"], SQUARE[0])),
        "Feature 2: a point must be longitude and latitude, two numbers.",
    ),
    (
        feature("NL32", "N", geometry=ring(*SQUARE[:3], [True, 52.0], SQUARE[0])),
        "Feature 2: a point must be longitude and latitude, two numbers.",
    ),
    (
        feature("NL32", "N", geometry=ring(*SQUARE[:3], [3924000.0, 3100000.0], SQUARE[0])),
        "Feature 2: the point 3924000.0, 3100000.0 lies on no map in degrees. Take the file with 4326 in its name.",
    ),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD_FEATURES)
def test_what_is_wrong_is_said_with_its_feature_and_nothing_is_stored(
    wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid) as refused:
        load(geojson(feature("NL", "Nederland"), wrong))
    assert refused.value.sentence == sentence
    assert not Area.objects.exists()
    assert not Boundary.objects.exists()


def test_an_outline_that_is_too_fine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "POSITION_LIMIT", 4)
    with pytest.raises(Invalid, match="Feature 1: the outline has more than 4 points"):
        load(geojson(feature("NL", "Nederland")))


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "FILE_LIMIT", 10)
    with pytest.raises(Invalid, match="Take the outlines at a coarser scale"):
        load(geojson(feature("NL", "Nederland")))


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"{", "a.geojson", "“a.geojson” is no GeoJSON that can be read"),
        (b"[1]", "a.geojson", "“a.geojson” holds no areas"),
        (b'{"type": "FeatureCollection", "features": []}', "a.geojson", "“a.geojson” holds no areas"),
        (b'{"type": "Feature", "features": [1]}', "a.geojson", "“a.geojson” holds no areas"),
        (geojson({"x": float("nan")}), "a.geojson", "NaN is no number"),
        (
            geojson(feature("NL", "N"), crs={"type": "name", "properties": {"name": "EPSG::3035"}}),
            "a.json",
            "Take the file with 4326",
        ),
        (b"\xff\xfe", "a.csv", "“a.csv” is neither GeoJSON nor text in UTF-8."),
        (b"", "a.csv", "“a.csv” has no columns NUTS_ID and NAME_LATN in its first row."),
        (b"NUTS_ID,NAME_LATN\n", "a.csv", "“a.csv” holds no areas below its first row."),
        (b"NUTS_ID,NAME_LATN\nNL,N\nNL3\n", "a.csv", "Row 3: it has fewer cells than the first row."),
        (b"NUTS_ID,NAME_LATN\nNL,N\nnl,N\n", "a.csv", "Row 3: NUTS_ID is “nl”"),
        (b'NUTS_ID,NAME_LATN\n"NL,N\n', "a.csv", "“a.csv” is no CSV that can be read"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        load(content, name)
    assert sentence in refused.value.sentence
    assert not Area.objects.exists()


def test_only_an_administrator_brings_in_areas(user: User) -> None:
    with pytest.raises(Refused):
        load_areas(actor=user, content=geojson(*NETHERLANDS), name="a.geojson")
    user.is_superuser = True
    assert load_areas(actor=user, content=geojson(*NETHERLANDS), name="a.geojson").named == 3


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["Polygon", "NL32"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "features", "properties", "geometry", "coordinates", "NUTS_ID", "crs"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(_json, st.sampled_from(["geometry", "properties", "crs", "features", "NUTS_ID", "LEVL_CODE"]))
def test_whatever_stands_in_a_file_it_is_loaded_or_refused_in_a_sentence(value: Any, where: str) -> None:
    one = feature("NL", "Nederland")
    if where in ("geometry", "properties"):
        one[where] = value
    elif where in ("NUTS_ID", "LEVL_CODE"):
        one["properties"][where] = value
    whole: dict[str, Any] = {"type": "FeatureCollection", "features": [one]}
    if where in ("crs", "features"):
        whole[where] = value
    told = ""
    try:
        load(json.dumps(whole).encode())
    except Invalid as refused:
        told = refused.sentence
    assert told.endswith(".") or Area.objects.filter(code="NL").exists()


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "NUTS_RG_60M_2024_4326.geojson"
    file.write_bytes(geojson(*NETHERLANDS))
    call_command("areas", str(file))
    assert capsys.readouterr().out == "3 added: NL, NL3, NL32\n3 outlined: NL, NL3, NL32\n"
    call_command("areas", str(file))
    assert capsys.readouterr().out == "3 areas, nothing new.\n"


def test_the_command_ends_with_the_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("NUTS_ID,NAME_LATN\n")
    with pytest.raises(CommandError, match="holds no areas"):
        call_command("areas", str(tmp_path / "a.csv"))
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("areas", str(tmp_path / "nothing.csv"))
