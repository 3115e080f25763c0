"""Keeping ways of looking at a page under a name, renaming them, and letting them go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.models import SavedView
from cxm.collaboration.rules.saved_views import (
    LONGEST_NAME,
    LONGEST_QUERY,
    LONGEST_SCOPE,
    MOST_VIEWS,
    SavedViewError,
    kept_query,
    kept_text,
)
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@transaction.atomic
def save_view(
    *,
    scope: str,
    name: str,
    query: str,
    owner: Membership,
    now: datetime,
    is_shared: bool = False,
) -> SavedView:
    """Keep *query* as a way of looking at the page *scope*; the same name again takes its place.

    Raises SavedViewError, which names the field.
    """
    told, kept, scope = kept_text(name), kept_query(query), kept_text(scope)
    for field, text, longest in (
        ("name", told, LONGEST_NAME),
        ("query", kept, LONGEST_QUERY),
        ("scope", scope, LONGEST_SCOPE),
    ):
        if len(text) > longest or (not text and field != "query"):
            message = f"Write 1 to {longest:,} characters."
            raise SavedViewError(message, field=field)
    _in_turn(owner.tenant_id, owner.pk)
    rows = SavedView.objects.for_tenant(owner.tenant_id).filter(owner=owner, scope=scope)
    if not rows.filter(name=told).exists() and rows.count() >= MOST_VIEWS:
        message = f"You keep {MOST_VIEWS} views of this page already: let one go first."
        raise SavedViewError(message, field="name")
    view, _ = rows.update_or_create(
        tenant=owner.tenant,
        owner=owner,
        scope=scope,
        name=told,
        defaults={"query": kept, "is_shared": is_shared},
        create_defaults={"query": kept, "is_shared": is_shared, "created_at": now},
    )
    return view


@transaction.atomic
def change_view(*, view: SavedView, name: str, is_shared: bool) -> SavedView:
    """Give one's way of looking at a page another name, or let others use it, or no more.

    Raises SavedViewError, which names the field.
    """
    told = kept_text(name)
    if not 0 < len(told) <= LONGEST_NAME:
        message = f"Write 1 to {LONGEST_NAME:,} characters."
        raise SavedViewError(message, field="name")
    _in_turn(view.tenant_id, view.owner_id)
    rows = SavedView.objects.for_tenant(view.tenant_id)
    if rows.filter(owner=view.owner_id, scope=view.scope, name=told).exclude(pk=view.pk).exists():
        message = f"You keep a view “{told}” of this page already."
        raise SavedViewError(message, field="name")
    rows.filter(pk=view.pk).update(name=told, is_shared=is_shared)
    view.name, view.is_shared = told, is_shared
    return view


def remove_view(*, view: SavedView) -> None:
    """Let a way of looking at a page go; gone already is gone."""
    SavedView.objects.for_tenant(view.tenant_id).filter(pk=view.pk).delete()


def _in_turn(tenant_id: UUID, owner_id: UUID) -> None:
    """Let two savings of one person take turns, so that limits and names hold."""
    Membership.objects.for_tenant(tenant_id).select_for_update(no_key=True).get(pk=owner_id)
