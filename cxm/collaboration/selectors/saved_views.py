"""The ways of looking at a page that somebody may choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from cxm.collaboration.models import SavedView
from cxm.collaboration.rules.saved_views import kept_query

if TYPE_CHECKING:
    from cxm.tenants.models import Membership


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A way of looking at a page: whether it is the reader's own, and the one looked at now."""

    view: SavedView
    is_own: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class ViewsShown:
    """The ways of looking at the page *scope*; *query* is the present one, as it would be kept."""

    scope: str
    query: str
    views: list[ViewShown]


def views_of(scope: str, reader: Membership, query: str) -> ViewsShown:
    """List what *reader* and those who share have kept of a page: own ones first, by name.

    *query* is the query string of the address that is looked at. One query.
    """
    rows = SavedView.objects.for_tenant(reader.tenant_id).filter(scope=scope)
    mine_or_shared = rows.filter(Q(owner=reader) | Q(is_shared=True)).select_related("owner__user")
    kept = kept_query(query)
    shown = [
        ViewShown(view, view.owner_id == reader.pk, view.query == kept)
        for view in mine_or_shared.order_by("name", "pk")
    ]
    return ViewsShown(scope, kept, sorted(shown, key=lambda one: not one.is_own))
