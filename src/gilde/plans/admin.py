"""Reference data and plans in the administration: to be looked at, not to be changed past the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gilde.plans.models import Instrument, Plan, Provision, TargetGroup


class ReadOnly(admin.ModelAdmin[Any]):
    """What changes plans goes through a service, with its checks and its audit event; here one only looks."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Plan)
class PlanAdmin(ReadOnly):
    list_display = ("slug", "kind", "owner", "state", "synthetic")
    list_filter = ("kind", "state", "synthetic")
    search_fields = ("slug",)


@admin.register(Instrument)
class InstrumentAdmin(ReadOnly):
    list_display = ("code", "kind", "adopted")


@admin.register(Provision)
class ProvisionAdmin(ReadOnly):
    list_display = ("instrument", "number", "title")
    list_filter = ("instrument",)


@admin.register(TargetGroup)
class TargetGroupAdmin(ReadOnly):
    list_display = ("position", "key", "name")
