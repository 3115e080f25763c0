"""The routes that all four sorts of items of the library have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import URLPattern, path

from cxm.collaboration.views.editing_paths import editing_paths
from journeys.rules.library_sorts import OPPORTUNITY
from journeys.views import board, library, library_evidence, library_item
from journeys.views.library_kinds import KINDS

if TYPE_CHECKING:
    from journeys.rules.library_sorts import Sort


def library_paths(sort: Sort) -> list[URLPattern]:
    """Give the routes of the items of *sort*, as `insight-list`, `insight-page`, `insight-ops`."""
    name, told, folder = sort.name, {"sort": sort}, sort.plural.lower()
    start = f"{folder}/<uuid:item_id>"
    found = [
        path(f"{folder}/", library.item_list, told, name=f"{name}-list"),
        path(f"{folder}/new/", library.item_create, told, name=f"{name}-create"),
        path(f"{folder}/several/", library.items_change, told, name=f"{name}-several"),
        path(f"{start}/", library_item.item_page, told, name=f"{name}-page"),
        path(f"{start}/archive/", library_item.item_archive, told, name=f"{name}-archive"),
        path(f"{start}/restore/", library_item.item_restore, told, name=f"{name}-restore"),
        *editing_paths(KINDS[name], folder),
    ]
    if sort.links:
        found.append(path(f"{start}/link/", library_item.item_link, told, name=f"{name}-link"))
    if sort is OPPORTUNITY:
        found.append(path(f"{start}/goal/", board.opportunity_goal, name=f"{name}-goal"))
    return found + (_evidence_paths(sort) if sort.is_cited else [])


def _evidence_paths(sort: Sort) -> list[URLPattern]:
    name, told = sort.name, {"sort": sort}
    start = f"{sort.plural.lower()}/<uuid:item_id>/evidence"
    views = library_evidence
    return [
        path(f"{start}/", views.item_evidence, told, name=f"{name}-evidence"),
        path(f"{start}/add/", views.item_evidence_add, told, name=f"{name}-evidence-add"),
        path(f"{start}/cite/", views.item_cite, told, name=f"{name}-cite"),
        path(f"{start}/take-off/", views.item_take_off, told, name=f"{name}-take-off"),
    ]
