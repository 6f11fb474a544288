"""Whatever officers do at the desk, in whatever order: no old value and no text is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gilde.core.errors import Invalid, Stale
from gilde.plans.models import Reading, Revision, Value
from gilde.plans.services.desk import acts, parts
from gilde.plans.services.desk.store import snapshot
from tests.plans.desk.factories import a_plan_found, an_officer, an_open_reading, the

pytestmark = pytest.mark.django_db
CONTENT: dict[str, Any] = {
    "title": {"text": "Another title"},
    "section": {"text": "Another section"},
    "tick": {"ticked": False},
    "body": {"name": "Another body"},
    "funding": {"amount": 12, "currency": "SEK"},
    "date": {"kind": "start", "from": "2025-01-01"},
    "action": {"title": "", "text": "Another action. In two sentences."},
}
step = st.tuples(
    st.sampled_from(["decide", "correct", "link", "leave out", "split", "merge", "restore", "add"]),
    st.integers(0, 400),  # which value
    st.integers(0, 60),  # where in its text, or which revision
    st.booleans(),  # with the version that is stored, or one that is stale
)


def do(officer: Any, reading: Reading, act: str, which: int, where: int, fresh: bool) -> None:
    values = list(Value.objects.filter(reading=reading).select_related("reading").order_by("pk"))
    if act in ("split", "merge"):
        values = [value for value in values if value.kind == "action"]
    elif act == "link":
        values = [value for value in values if value.kind == "body"]
    elif act == "restore":
        values = [value for value in values if value.revisions.exists()] or values
    value = values[which % len(values)]
    version = value.version if fresh else value.version + 1
    if act == "decide":
        acts.decide(officer, value=value, version=version, ticked=None if where % 3 else True, ground="Seen")
    elif act == "correct":
        acts.correct(officer, value=value, version=version, content=CONTENT[value.kind], ground="Seen")
    elif act == "link":
        acts.link(
            officer, value=value, version=version, organisation=reading.organisation if where % 2 else None
        )
    elif act == "leave out":
        acts.leave_out(officer, value=value, version=version, ground="Not in the plan")
    elif act == "split":
        parts.split(officer, value=value, version=version, position=where)
    elif act == "merge":
        other = values[(which + 1) % len(values)]
        parts.merge(officer, first=value, second=other, version=version, second_version=other.version)
    elif act == "restore":
        revisions = list(value.revisions.all())
        if revisions:
            acts.restore(officer, value=value, version=version, revision=revisions[where % len(revisions)])
    else:
        acts.add(
            officer,
            reading=reading,
            measure="3.1",
            kind=value.kind,
            content=CONTENT[value.kind],
            ground="Seen",
        )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, max_size=12))
def test_every_old_value_stays_reachable_in_the_revisions(steps):
    reading = an_open_reading(found=a_plan_found({"number": "3.1", "title": "Mentors"}))
    officer = an_officer(reading)
    as_read = {value.pk: snapshot(value) for value in Value.objects.filter(reading=reading)}

    for act, which, where, fresh in steps:
        try:
            do(officer, reading, act, which, where, fresh)
        except (Invalid, Stale):
            continue

    for value in Value.objects.filter(reading=reading):
        state = as_read.get(value.pk, {})
        for revision in Revision.objects.filter(value=value).order_by("id"):
            assert revision.before == state
            state = {key: revision.after[key] for key in ("content", "status", "view")}
        assert snapshot(value) == state
    assert as_read.keys() <= set(Value.objects.filter(reading=reading).values_list("pk", flat=True))


words = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\n"), min_size=1, max_size=60
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sentences=st.lists(words.filter(str.strip), min_size=2, max_size=5), place=st.integers(0, 300))
def test_a_split_followed_by_a_merge_gives_the_text_back(sentences, place):
    text = " ".join(sentences)
    reading = an_open_reading(found=a_plan_found({"number": "3.1", "title": "Mentors", "actions": [text]}))
    officer = an_officer(reading)
    try:
        first, second = parts.split(officer, value=the(reading, "3.1", "action"), version=1, position=place)
    except Invalid:
        return  # the chosen place left nothing on one side
    assert first.content["text"] + second.content["text"] == text

    merged = parts.merge(officer, first=first, second=second, version=2, second_version=1)

    assert merged.content["text"] == text
    assert "also" not in merged.content


def test_a_reading_keeps_what_the_reader_found_whatever_officers_do():
    reading = an_open_reading()
    found = reading.found
    officer = an_officer(reading)
    acts.correct(
        officer, value=the(reading, "3.1", "title"), version=1, content={"text": "Tutors"}, ground="Cover"
    )
    reading.refresh_from_db()
    assert reading.found == found
