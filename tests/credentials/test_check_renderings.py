"""Whatever leaves of an award comes back as the same award: every rendering, by every way, says the same facts."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import segno

from gilde.core import clock
from gilde.credentials.checking.around import Asked
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award
from gilde.credentials.services import checking, log, papers, renderings, sharing
from gilde.credentials.services.checking import check_given
from gilde.credentials.verdict import Answer, Verdict
from tests.credentials.factories import a_holder, an_award

pytestmark = pytest.mark.django_db

SUITES = ("eddsa-jcs-2022", "eddsa-rdfc-2022", "ecdsa-jcs-2019", "ecdsa-rdfc-2019")
