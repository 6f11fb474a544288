"""Years of keys: ten rotations, one key in wrong hands, the register's own replaced, and the school closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.errors import GildeError
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.models import Award, Issuer
from gilde.credentials.services import checking, issuers, keys, log, offline, renderings, stopping
from gilde.credentials.verdict import Answer, Subject, Verdict
from tests.credentials.factories import an_achievement, an_award

pytestmark = pytest.mark.django_db
FORMS = ("vc", "vc-jwt", "open-badge")
YEAR = timedelta(days=365)


@dataclass
class Years:
    """A school that gives an award twice a year, and a new key to itself and to the register every year."""

    issuer: Issuer
    start: datetime
    files: list[dict[str, bytes]] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)

    def file(self, number: int, form: str = "vc") -> Verdict:
        return checking.check_given(self.files[number][form])

    def answers(self) -> list[set[Answer]]:
        return [{self.file(number, form).answer for form in FORMS} for number in range(len(self.files))]


@pytest.fixture
def years() -> Years:
    """Ten years: awards 2n and 2n + 1 are of the year n, each logged and signed for at once."""
    achievement = an_achievement(outcomes=1)
    found = Years(achievement.issuer, clock.now())
    for year in range(10):
        for half in (timedelta(0), YEAR / 2):
            with clock.moved_to(found.start + year * YEAR + half + timedelta(days=1)):
                award = an_award(achievement, awarded_on=clock.today())
                found.awards.append(award)
                found.files.append({form: bytes(renderings.file(award, form).content) for form in FORMS})
                log.sign_checkpoint()
        with clock.moved_to(found.start + (year + 1) * YEAR):
            for kind in keys.KINDS:
                keys.rotate(actor=SYSTEM, issuer=found.issuer, kind=kind)
            keys.rotate_register(actor=SYSTEM)
    return found


def test_ten_years_of_keys_with_one_in_wrong_hands_and_the_school_closed(years: Years) -> None:
    with clock.moved_to(years.start + 11 * YEAR):
        assert years.answers() == [{Answer.VALID}] * 20
        assert list(log.verify()) == []

        # The key of the fifth year was stolen in the summer of that year: its second award may be anybody's.
        stolen = years.awards[8].renderings.get(form="vc").key
        assert stolen is not None
        assert stolen == years.awards[9].renderings.get(form="vc").key
        since = years.start + 4 * YEAR + timedelta(days=100)
        keys.mark_compromised(actor=SYSTEM, key=stolen, since=since)
        expected = [{Answer.VALID}] * 20
        expected[9] = {Answer.UNKNOWN_ISSUER}
        assert years.answers() == expected
        assert "key-compromised" in {each.reason for each in years.file(9).checks}
        assert Subject.TIME in {each.subject for each in years.file(8).checks}, (
            "it says why it is still believed"
        )

        # The school closes: what it gave stays, and can still be revoked.
        issuers.close_issuer(actor=SYSTEM, issuer=years.issuer)
        with pytest.raises(GildeError):
            an_award(years.awards[0].achievement)
        assert years.answers() == expected
        stopping.revoke(
            actor=SYSTEM, awards=[Award.objects.get(pk=years.awards[0].pk)], reason="Fraud", notify=False
        )
        expected[0] = {Answer.STOPPED}
        assert years.answers() == expected
        assert list(log.verify()) == []


def test_what_a_thief_signs_with_an_old_date_is_not_believed(years: Years) -> None:
    """The date in a signature is the signer's word; only the log's time counts for a key in wrong hands."""
    import json

    from gilde.credentials.proofs import data_integrity

    old = years.awards[8].renderings.get(form="vc").key
    assert old is not None
    thief: SigningKey = keys.vault().open_key(keys.method_url(old), old.sealed)
    document = json.loads(years.files[8]["vc"])
    del document["proof"]
    document["credentialSubject"]["firstName"] = "Mallory"
    dated = years.start + 4 * YEAR + timedelta(days=2)
    forged = json.dumps(data_integrity.sign(document, thief, "eddsa-jcs-2022", created=dated))
    with clock.moved_to(years.start + 11 * YEAR):
        keys.mark_compromised(actor=SYSTEM, key=old, since=years.start + 4 * YEAR + timedelta(days=100))
        verdict = checking.check_given(forged)
        assert verdict.answer == Answer.UNKNOWN_ISSUER
        assert years.file(8).answer == Answer.VALID


def test_receipts_of_ten_years_are_good_without_the_register(years: Years) -> None:
    with clock.moved_to(years.start + 11 * YEAR):
        receipts = [log.receipt(log.digest_of(each["vc"])) for each in years.files]
        known = [offline.LogKey(log.origin(), each.public) for each in keys.methods(None)]
        alone = offline.Alone(receipts, known)
        for number, files in enumerate(years.files):
            at = alone.existed_at(files["vc"])
            assert at is not None
            assert at - years.start < (number // 2 + 1) * YEAR
        newest = offline.Alone(receipts, known[-1:])
        assert newest.existed_at(years.files[0]["vc"]) is None, "the newest key signed no old checkpoint"


def test_each_key_of_ten_years_is_published_with_its_period(years: Years) -> None:
    told = keys.document(years.issuer)["verificationMethod"]
    assert len(told) == 2 * 11
    ended = [each for each in told if "usedUntil" in each]
    assert len(ended) == 2 * 10
    assert not any("revoked" in each for each in told)
    kinds = [KeyKind(each.kind) for each in years.issuer.keys.filter(until=None)]
    assert sorted(kinds) == sorted(keys.KINDS)
