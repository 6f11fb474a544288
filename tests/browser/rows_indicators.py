"""The pages of indicators: what everybody reads, and what officers keep."""

from __future__ import annotations

from tests.browser.pages import Page

EMPLOYED = {"code": "vet-graduates-employed"}
EMPTY = {"code": "adults-learning-12-months"}
REGIONAL = {"code": "adults-learning-4-weeks"}
OFFICER, APPROVER = "lena", "mirjam"

PAGES = [
    # What everybody reads.
    Page("indicators:list"),
    Page("indicators:list", OFFICER),
    Page("indicators:list", query="?q=graduates&status=cannot-tell"),
    Page("indicators:list", query="?q=nothing+fits+this"),
    Page("indicators:judged"),
    Page("indicators:compare"),
    Page("indicators:compare", query="?indicator=vet-graduates-employed"),
    Page("indicators:compare", query="?indicator=adults-learning-12-months"),
    Page("indicators:areas"),
    *(Page("indicators:area", address={"code": code}) for code in ("BE", "BE2", "EU27_2020", "FR")),
    Page("indicators:area", address={"code": "NOWHERE"}, status=404),
    *(
        Page(f"indicators:{side}", address=EMPLOYED)
        for side in ("indicator", "figures", "revisions", "about", "embed")
    ),
    *(
        Page(f"indicators:{side}", address=EMPTY)
        for side in ("indicator", "figures", "revisions", "about", "embed")
    ),
    Page("indicators:indicator", OFFICER, EMPLOYED),
    Page("indicators:indicator", address=REGIONAL),
    Page("indicators:indicator", address=EMPLOYED, query="?area=BE&first=2019"),
    Page("indicators:indicator", address=EMPLOYED, query="?at=2020-01-31"),
    Page("indicators:indicator", address=EMPLOYED, query="?at=tomorrow", status=422),
    Page("indicators:indicator", address={"code": "no-such-indicator"}, status=404),
    Page("indicators:revisions", address=EMPLOYED, query="?release={release}"),
]

_FILE = "a file"
NOT_PAGES = {
    "indicators:figure-svg": _FILE,
    "indicators:catalogue": _FILE,
    "indicators:indicator-feed": _FILE,
    "indicators:feed": _FILE,
    "indicators:data": _FILE,
}


def things() -> dict[str, str]:
    """Return what the addresses need, made in the served world."""
    from gilde.indicators.models import Release

    release = Release.objects.filter(indicator__code="vet-graduates-employed").order_by("-pk").first()
    assert release is not None
    return {"release": str(release.uid)}
