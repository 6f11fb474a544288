"""Time stamps: whatever an authority answers, a stamp that is taken is of these bytes and now; all else is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from asn1crypto import tsp
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.errors import GildeError
from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.keys.paths import Lead
from gilde.credentials.proofs import timestamps
from tests.credentials.proofs.sealing import (
    LONG_AFTER,
    SEALED,
    SINCE,
    UNTIL,
    root,
    school,
    stamping,
    stamping_root,
)

DATA = b"a seal"
ROOTS = [stamping_root().certificate]


def test_a_stamp_is_of_the_bytes_and_of_its_moment() -> None:
    read = timestamps.read(timestamps.stamp(DATA, stamping()), DATA, ROOTS)
    assert (read.at, read.authority, read.trusted) == (SEALED, "Exact Time", True)


@given(where=st.integers(0, 2**16), how=st.integers(1, 255), cut=st.booleans())
def test_an_answer_that_was_changed_on_the_way_is_refused_or_says_the_same(
    where: int, how: int, cut: bool
) -> None:
    def changed(request: bytes) -> bytes:
        answer = bytearray(stamping()(request))
        at = where % len(answer)
        if cut:
            return bytes(answer[:at])
        answer[at] ^= how
        return bytes(answer)

    try:
        token = timestamps.stamp(DATA, changed)
    except (Altered, Unreadable):
        return
    read = timestamps.read(token, DATA, ROOTS)
    assert read.at == SEALED or not read.trusted


@given(st.binary(max_size=300))
def test_an_answer_of_any_bytes_is_refused(answer: bytes) -> None:
    with pytest.raises(Unreadable):
        timestamps.stamp(DATA, lambda _request: answer)


@given(
    status=st.sampled_from(["granted", "granted_with_mods", "rejection", "waiting", "revocation_warning"]),
    token=st.booleans(),
)
def test_only_what_was_granted_is_taken(status: str, token: bool) -> None:
    def answers(request: bytes) -> bytes:
        given_ = tsp.TimeStampResp.load(stamping()(request))
        parts = {"status": {"status": status}}
        told = parts | {"time_stamp_token": given_["time_stamp_token"]} if token else parts
        answer: bytes = tsp.TimeStampResp(told).dump()
        return answer

    if token and status.startswith("granted"):
        assert timestamps.read(timestamps.stamp(DATA, answers), DATA, ROOTS).trusted
        return
    with pytest.raises(GildeError) as refused:
        timestamps.stamp(DATA, answers)
    assert refused.value.reason == "stamp-refused"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("at", "lead"),
    [
        (SINCE - timedelta(seconds=1), Lead.NOT_YET_VALID),
        (SINCE, Lead.TRUSTED),
        (UNTIL, Lead.TRUSTED),
        (UNTIL + timedelta(seconds=1), Lead.EXPIRED),
        (LONG_AFTER, Lead.EXPIRED),
    ],
)
def test_a_certificate_leads_somewhere_in_its_own_period_only_also_when_it_is_believed_itself(
    at: datetime, lead: Lead
) -> None:
    own = school().certificate
    for anchors in ([own], [root().certificate], [own, root().certificate]):
        assert timestamps.lead(own, [], anchors, at) == lead
