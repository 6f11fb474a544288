"""Awards, for the people of the issuer: read, issued, and ended, through the same services as the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import EmailStr, StringConstraints

from gilde.core import clock
from gilde.core.access import Decision
from gilde.core.api import Line, OneOf, Paragraph, TextOut
from gilde.core.errors import Invalid
from gilde.core.users import User
from gilde.credentials import access
from gilde.credentials.api.shapes import (
    PERSONAL,
    Address,
    AwardState,
    IssuerShort,
    Lock,
    Onward,
    Stretch,
    Word,
    address,
    as_file,
    current,
    signed_in,
    stretch_of,
)
from gilde.credentials.models import OUT, Achievement, Award, Rendering, State
from gilde.credentials.services import acting, drafting, holding, issuing, renderings, stopping
from gilde.credentials.services.acting import Act

awards = Router(tags=["awards"])
