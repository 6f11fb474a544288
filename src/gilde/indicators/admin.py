"""Indicators in the administration: to be looked at, not to be changed past the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gilde.indicators.models import (
    Area,
    Board,
    Indicator,
    Judgement,
    Load,
    MetricRun,
    Origin,
    Release,
    ReportedFigure,
    Target,
)


class ReadOnly(admin.ModelAdmin[Any]):
    """What changes figures goes through a service, with its checks and its audit event; here one only looks."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Indicator)
class IndicatorAdmin(ReadOnly):
    list_display = ("code", "kind", "state", "owner", "frequency", "unit", "synthetic")
    list_filter = ("kind", "state", "synthetic")
    search_fields = ("code",)


@admin.register(Area)
class AreaAdmin(ReadOnly):
    list_display = ("code", "kind", "level", "name", "parent")
    list_filter = ("kind", "level")
    search_fields = ("code",)


@admin.register(Origin)
class OriginAdmin(ReadOnly):
    list_display = ("indicator", "provider", "dataflow")
    list_filter = ("provider",)


@admin.register(Target)
class TargetAdmin(ReadOnly):
    list_display = ("indicator", "area", "year", "comparison", "value", "withdrawn")
    list_filter = ("withdrawn", "year")


@admin.register(Judgement)
class JudgementAdmin(ReadOnly):
    list_display = ("target", "area", "status", "at")


@admin.register(Release)
class ReleaseAdmin(ReadOnly):
    list_display = ("indicator", "kind", "published_at", "added", "revised", "withdrawn")
    list_filter = ("kind",)
    list_select_related = ("indicator",)


@admin.register(Load)
class LoadAdmin(ReadOnly):
    list_display = ("indicator", "kind", "state", "file_name", "rows", "created_at")
    list_filter = ("kind", "state")
    list_select_related = ("indicator",)


@admin.register(ReportedFigure)
class ReportedFigureAdmin(ReadOnly):
    list_display = ("indicator", "area", "period", "value", "state")
    list_filter = ("state",)


@admin.register(MetricRun)
class MetricRunAdmin(ReadOnly):
    list_display = ("indicator", "period", "area", "outcome", "ran_at")
    list_filter = ("outcome",)


@admin.register(Board)
class BoardAdmin(ReadOnly):
    # Never the token: whoever has it sees the board.
    fields = ("owner", "title", "intro", "shared")
    list_display = ("title", "owner", "shared")
    list_filter = ("shared",)
