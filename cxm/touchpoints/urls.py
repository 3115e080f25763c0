"""Routes of the pages of channels, touchpoints and touchpoint rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from cxm.touchpoints.views import registries, touchpoint_rules, touchpoints
from cxm.touchpoints.views.registries import CHANNELS, TOUCHPOINTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.urls import URLPattern

    from cxm.touchpoints.views.registries import Registry

_OF_THE_LIST = {"list": ("", registries.row_list), "add": ("add/", registries.row_add)}
_OF_A_ROW = {
    "edit": registries.row_edit,
    "archive": registries.row_archive,
    "restore": registries.row_restore,
    "merge": registries.row_merge,
    "unmerge": registries.row_unmerge,
}
_OF_A_RULE = {
    "edit": touchpoint_rules.rule_edit,
    "earlier": touchpoint_rules.rule_earlier,
    "later": touchpoint_rules.rule_later,
    "enable": touchpoint_rules.rule_enable,
    "disable": touchpoint_rules.rule_disable,
    "remove": touchpoint_rules.rule_remove,
}


def _routes(registry: Registry) -> Iterator[URLPattern]:
    """Lay the routes of a registry: `channels/`, `channels/<channel_id>/edit/` and so on."""
    noun, told = registry.noun, {"registry": registry}
    for name, (end, view) in _OF_THE_LIST.items():
        yield path(f"{noun}s/{end}", view, told, name=f"{noun}-{name}")
    for name, view in _OF_A_ROW.items():
        row = f"{noun}s/<uuid:{noun}_id>/{name}/"
        yield path(row, view, told, name=f"{noun}-{name}")


app_name = "touchpoints"
urlpatterns = [
    *_routes(CHANNELS),
    *_routes(TOUCHPOINTS),
    path("touchpoints/add-many/", touchpoints.touchpoint_add_many, name="touchpoint-add-many"),
    path(
        "touchpoints/<uuid:touchpoint_id>/",
        touchpoints.touchpoint_detail,
        name="touchpoint-detail",
    ),
    path("touchpoints/rules/", touchpoint_rules.rule_list, name="rule-list"),
    path("touchpoints/rules/add/", touchpoint_rules.rule_add, name="rule-add"),
    *(
        path(f"touchpoints/rules/<uuid:rule_id>/{name}/", view, name=f"rule-{name}")
        for name, view in _OF_A_RULE.items()
    ),
]
