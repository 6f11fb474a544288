"""What docs/credentials.md tells to do by hand works on an award of today."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gilde.credentials.keys.base58 import from_multibase
from gilde.credentials.services import keys, log
from tests.credentials.factories import an_award

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[2] / "docs" / "credentials.md"


def test_an_award_is_checked_by_hand_as_the_docs_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    award = an_award()
    log.sign_checkpoint()
    rendering = award.renderings.get(form="vc")
    (tmp_path / "award.vc.json").write_bytes(bytes(rendering.content))
    (tmp_path / "receipt.json").write_text(json.dumps(log.receipt(rendering.digest).document()))
    [script] = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    told: dict[str, Any] = {}
    exec(script, told)
    method = keys.local_method(told["proof"]["verificationMethod"])
    assert method is not None
    assert method.public.verify(from_multibase(told["value"]), told["signed"])
    assert told["leaf"] == rendering.digest
