"""The pages of achievements: what can be awarded, made from the register or by hand, kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from gilde.core.text import Text
from gilde.credentials.models import Achievement
from tests.client import GildeClient
from tests.credentials.factories import a_member, an_achievement, an_award, an_issuer
from tests.qualifications.factories import registered

pytestmark = pytest.mark.django_db


def words(response: Any) -> str:
    return " ".join(LexborHTMLParser(response.content.decode()).css_first("main").text(separator=" ").split())


def url(name: str, achievement: Achievement) -> str:
    return reverse(f"credentials:{name}", args=[achievement.pk])


def text(name: str, english: str) -> dict[str, str]:
    return {f"{name}_0": english, f"{name}_1": "", f"{name}_2": "en"}


def by_hand(**changes: str) -> dict[str, str]:
    empty = ("framework", "level", "eqf", "hours", "credit", "credit_system", "assessment_method")
    return {
        "kind": "certificate",
        "code": "welder",
        "language": "nl",
        "fields_of_study": "0715",
        "valid_months": "",
        **text("title", "Welder"),
        **text("description", ""),
        **text("criteria", ""),
        **text("assessment", ""),
        **dict.fromkeys(empty, ""),
        **changes,
    }


def rows(*titles: str, uris: tuple[str, ...] = ()) -> dict[str, str]:
    known = [*uris, *[""] * len(titles)]
    sent = {
        "outcomes-TOTAL_FORMS": str(len(titles)),
        "outcomes-INITIAL_FORMS": str(len(uris)),
        "version": "1",
    }
    for number, title in enumerate(titles):
        here = f"outcomes-{number}-"
        sent |= {here + "uri": known[number], here + "kind": "", here + "skills": "", here + "position": ""}
        sent |= {here + name: value for name, value in text("title", title).items()}
    return sent


def test_what_can_be_awarded_is_listed_in_few_queries(
    client: GildeClient, django_assert_max_num_queries: Any
) -> None:
    issuer = an_issuer()
    for _each in range(8):
        an_achievement(issuer)
    an_achievement(issuer, title=Text.of("Baker"), kind="diploma")
    with django_assert_max_num_queries(10):
        shown = words(client.get(reverse("credentials:achievements")))
    assert "9 found" in shown
    for asked in ({"q": "baker"}, {"kind": "diploma"}):
        assert "1 found" in words(client.get(reverse("credentials:achievements"), asked))
    csv = b"".join(client.get(reverse("credentials:achievements"), {"format": "csv"})).decode()
    assert "/id/achievement/" in csv


def test_the_page_tells_what_somebody_can_do_in_few_queries(
    client: GildeClient, django_assert_max_num_queries: Any
) -> None:
    achievement = an_achievement(valid_months=24)
    skill = "http://data.europa.eu/esco/skill/60ff3eac"
    achievement.outcomes.filter(position=1).update(skills=[skill])
    with django_assert_max_num_queries(10):
        answer = client.get(url("achievement", achievement))
    shown = words(answer)
    for told in ("Welds seam 1", "850 hours", "34 ECTS", "2 years", "EQF level", "Practical test"):
        assert told in shown
    assert f'href="{skill}"' in answer.content.decode()
    assert "mandatory" not in shown


def test_a_micro_credential_shows_its_ten_mandatory_elements(client: GildeClient) -> None:
    shown = client.get(url("achievement", an_achievement(kind="micro-credential"))).content.decode()
    table = LexborHTMLParser(shown).css("table")[0]
    given = [row.css("td")[1].text().strip() for row in table.css("tbody tr")]
    assert len(given) == 10
    assert given.count("comes with the award") == 1
    assert given.count("missing") == 2, "nothing says how one takes part, nor how quality is assured"


def test_its_qualification_is_linked(client: GildeClient) -> None:
    version = registered(units=1)
    achievement = an_achievement(qualification=version)
    page = client.get(url("achievement", achievement)).content.decode()
    address = reverse("qualifications:version", args=[version.qualification.code, version.number])
    assert f'href="{address}"' in page


def test_an_achievement_is_made_from_the_register_whole_or_in_part(client: GildeClient) -> None:
    version, issuer = registered(units=2), an_issuer()
    client.force_login(a_member(issuer.organisation))
    found = client.get(
        reverse("credentials:achievement-choose", args=[issuer.slug]), {"q": version.qualification.code}
    )
    take = reverse("credentials:achievement-take", args=[issuer.slug, version.pk])
    assert take in found.content.decode()
    boxes = LexborHTMLParser(client.get(take).content.decode()).css("input[name=outcomes]")
    chosen = [box.attributes["value"] for box in boxes]
    assert len(chosen) > 1
    assert all("checked" in box.attributes for box in boxes)
    sent = {"code": "part", **text("title", "A part"), "outcomes": chosen[:1]}
    made = client.post(take, sent)
    achievement = Achievement.objects.get(code="part")
    assert made["Location"] == url("achievement", achievement)
    assert (achievement.kind, str(achievement.title)) == ("partial-qualification", "A part")
    assert client.post(take, {**sent, "code": "none", "outcomes": []}).status_code == 422


def test_an_achievement_is_made_by_hand_and_outcomes_follow_in_one_form(client: GildeClient) -> None:
    issuer = an_issuer()
    client.force_login(a_member(issuer.organisation))
    answer = client.post(reverse("credentials:achievement-add", args=[issuer.slug]), by_hand())
    achievement = Achievement.objects.get(code="welder")
    assert answer["Location"] == url("achievement-outcomes", achievement)
    assert client.post(answer["Location"], rows("Welds", "", "Grinds")).status_code == 302
    assert [str(each) for each in achievement.outcomes.all()] == ["Welds", "Grinds"]
    stale = client.post(answer["Location"], rows("Other"))
    assert stale.status_code == 409
    assert "Other" in stale.content.decode(), "what was written is kept"
    wrong = rows("Welds") | {"version": "2", "outcomes-0-skills": "no address"}
    assert client.post(answer["Location"], wrong).status_code == 422


def test_once_awarded_the_form_shows_what_stays_and_asks_for_a_statement(client: GildeClient) -> None:
    achievement = an_achievement(outcomes=1)
    an_award(achievement)
    client.force_login(a_member(achievement.issuer.organisation))
    page = LexborHTMLParser(client.get(url("achievement-edit", achievement)).content.decode())
    assert "disabled" in page.css_first("[name=hours]").attributes
    sent = by_hand(code=achievement.code, hours="1", version="1")
    refused = client.post(url("achievement-edit", achievement), sent)
    assert refused.status_code == 422
    assert "Tick that the words mean the same" in words(refused)
    assert (
        client.post(url("achievement-edit", achievement), sent | {"meaning_stays": "on"}).status_code == 302
    )
    achievement.refresh_from_db()
    assert (achievement.hours, achievement.kind) == (850, "certificate"), "what may not change is not changed"
    uri = achievement.outcomes.get().uri
    sent = rows("Welds well", uris=(uri,)) | {"version": "2"}
    assert client.post(url("achievement-outcomes", achievement), sent).status_code == 422
    sent |= {"meaning_stays": "on"}
    assert client.post(url("achievement-outcomes", achievement), sent).status_code == 302
    assert str(achievement.outcomes.get()) == "Welds well"


def test_closing_and_succeeding_are_confirmed_and_say_what_happens(client: GildeClient) -> None:
    achievement = an_achievement(code="welder")
    client.force_login(a_member(achievement.issuer.organisation))
    assert "stay valid" in words(client.get(url("achievement-close", achievement)))
    assert client.post(url("achievement-close", achievement)).status_code == 302
    assert "No longer awarded" in words(client.get(url("achievement", achievement)))
    assert client.post(url("achievement-reopen", achievement)).status_code == 302
    answer = client.post(url("achievement-succeed", achievement), {"code": "welder-b"})
    assert answer["Location"] == url("achievement", Achievement.objects.get(code="welder-b"))
    achievement.refresh_from_db()
    assert achievement.closed_at is not None
