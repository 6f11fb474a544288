"""Routes of what is built together."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import joint, joint_files, joint_keeping, joint_outcomes

_ONE = "joint/<slug:slug>/"
_PARTNER = f"{_ONE}partners/<uuid:partner_id>/"
_UNIT = f"{_ONE}units/<uuid:unit_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("joint/", joint.joint_list, name="joints"),
    path("joint/add/", joint_keeping.add, name="joint-add"),
    path(_ONE, joint.page, name="joint"),
    path(f"{_ONE}edit/", joint_keeping.edit, name="joint-edit"),
    path(f"{_ONE}partners/add/", joint_keeping.partner_add, name="joint-partner-add"),
    path(f"{_PARTNER}edit/", joint_keeping.partner_edit, name="joint-partner-edit"),
    path(f"{_PARTNER}remove/", joint_keeping.partner_remove, name="joint-partner-remove"),
    path(f"{_ONE}units/add/", joint_keeping.unit_add, name="joint-unit-add"),
    path(f"{_UNIT}edit/", joint_keeping.unit_edit, name="joint-unit-edit"),
    path(f"{_UNIT}move/", joint_keeping.unit_move, name="joint-unit-move"),
    path(f"{_UNIT}remove/", joint_keeping.unit_remove, name="joint-unit-remove"),
    path(f"{_UNIT}outcomes/", joint_outcomes.choose, name="joint-unit-outcomes"),
    path(f"{_UNIT}sheet.pdf", joint_files.sheet, name="joint-unit-sheet"),
    path(f"{_ONE}units.pdf", joint_files.sheets, name="joint-unit-sheets"),
    path(f"{_ONE}agree/", joint_keeping.agree, name="joint-agree"),
    path(f"{_ONE}close/", joint_keeping.close, name="joint-close"),
    path(f"{_ONE}memorandum.html", joint_files.memorandum_page, name="joint-memorandum"),
    path(f"{_ONE}memorandum.pdf", joint_files.memorandum_pdf, name="joint-memorandum-pdf"),
]
