"""Files to drop on the check page: genuine ones in every format, and forged ones, each named for what is wrong."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from gilde.core import clock
from gilde.credentials.facts_json import from_json
from gilde.credentials.keys import did
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.linked import jcs, strict
from gilde.credentials.models import Award, State
from gilde.credentials.proofs import data_integrity
from gilde.credentials.renderings import baking, qr, vc
from gilde.credentials.services import renderings

FOLDER = "demo-samples"


def write_samples(folder: Path) -> int:
    """Write the samples into the folder, unless they are there, and return how many there are now."""
    if folder.exists():
        return len(list(folder.iterdir()))
    award = Award.objects.select_related("issuer__organisation", "achievement", "status_list").get(
        reference="saar-1", issuer__slug="mijnveld"
    )
    made = [*_genuine(award), *_stopped(), *_forged(award)]
    folder.mkdir(parents=True)
    for name, content in made:
        (folder / name).write_bytes(content)
    return len(made)


def _genuine(award: Award) -> Iterator[tuple[str, bytes]]:
    for suite in ("eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019"):
        yield f"genuine-{suite}.json", renderings.file(award, "vc", suite).content
    yield "genuine.vc.jwt", renderings.file(award, "vc-jwt").content
    yield "genuine-open-badge.json", renderings.file(award, "open-badge").content
    yield "genuine-open-badge.png", renderings.badge(award, "png").content
    yield "genuine-open-badge.svg", renderings.badge(award, "svg").content
    yield "genuine-european.json", renderings.file(award, "edc").content
    yield "genuine-certificate.pdf", renderings.file(award, "certificate").content
    yield "genuine-supplement.pdf", renderings.file(award, "supplement").content
    yield "genuine-shown-in-part.sd-jwt", _shared(award)
    yield "genuine-qr-of-a-shared-link.png", qr.png(_link(award))


def _shared(award: Award) -> bytes:
    share = award.shares.filter(withdrawn_at=None).earliest("created_at")
    return share.presentation.encode()


def _link(award: Award) -> str:
    from gilde.credentials.services import sharing

    return sharing.url(award.shares.filter(withdrawn_at=None).earliest("created_at"))


def _stopped() -> Iterator[tuple[str, bytes]]:
    awards = Award.objects.select_related("issuer__organisation", "achievement", "status_list")
    revoked = awards.get(reference="saar-5", issuer__slug="leiehof")
    yield "revoked.json", renderings.file(revoked, "vc").content
    yield "revoked.pdf", renderings.file(revoked, "certificate").content
    suspended = awards.filter(state=State.SUSPENDED).earliest("issued_at")
    yield "suspended.json", renderings.file(suspended, "vc").content
    expired = awards.get(reference="saar-3", issuer__slug="mijnveld")
    yield "expired.json", renderings.file(expired, "vc").content
    old = awards.filter(issuer__slug="tide-college", state=State.ISSUED, valid_until=None).earliest(
        "issued_at"
    )
    yield "key-in-wrong-hands-but-older-in-the-log.json", renderings.file(old, "vc").content


def _forged(award: Award) -> Iterator[tuple[str, bytes]]:
    genuine = renderings.file(award, "vc").content
    document: dict[str, Any] = strict.parse(genuine)
    better = json.loads(json.dumps(document))
    better["credentialSubject"]["lastName"] = "Vandenberghe"
    yield "forged-another-name.json", _json(better)
    longer = json.loads(json.dumps(document))
    longer["validUntil"] = "2099-12-31T23:59:59Z"
    yield "forged-other-dates.json", _json(longer)
    yield "forged-unlisted-status.json", _json({k: v for k, v in document.items() if k != "credentialStatus"})
    yield "forged-signature-taken-off.json", _json({k: v for k, v in document.items() if k != "proof"})
    yield "forged-issuer-nobody-knows.json", _self_made(award)
    twice = genuine.decode().replace('"awardedOn":', '"awardedOn":"2020-01-01","awardedOn":', 1)
    yield "forged-said-twice.json", twice.encode()
    badge = renderings.badge(award, "png").content
    said = baking.unbake(badge)
    assert '"lastName":"Claes"' in said
    yield "forged-badge.png", baking.bake(badge, said.replace('"lastName":"Claes"', '"lastName":"Maess"'))
    paper = renderings.file(award, "certificate").content
    yield "forged-paper-written-on-after-the-seal.pdf", _later(paper)
    token = renderings.file(award, "vc-jwt").content.decode()
    head, body, signature = token.split(".")
    yield "forged-token.vc.jwt", f"{head}.{body[:-4]}AAAA.{signature}".encode()


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _self_made(award: Award) -> bytes:
    """The same facts, signed by somebody who made a key of their own."""
    facts = from_json(award.facts)
    key = did.new_key(KeyKind.ED25519)
    document = vc.render(facts, None)
    document["issuer"]["id"] = did.did_of(key.method)
    now = (clock.now() - timedelta(days=1)).replace(microsecond=0)
    return jcs.canonical(data_integrity.sign(document, key, "eddsa-jcs-2022", created=now))


def _later(paper: bytes) -> bytes:
    """The paper with a line written over its first page, as a program would append it, after the seal."""
    writer = IncrementalPdfFileWriter(io.BytesIO(paper))
    page = writer.root["/Pages"]["/Kids"][0]
    written = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (200, 200, 500, 240))),
            generic.pdf_name("/Contents"): generic.pdf_string("summa cum laude"),
            generic.pdf_name("/DA"): generic.pdf_string("/Helv 24 Tf 0 g"),
        }
    )
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(written)])
    writer.update_container(page)
    changed = io.BytesIO()
    writer.write(changed)
    return changed.getvalue()
