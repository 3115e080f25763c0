"""How well items of the library, cards and steps are backed, and where evidence is cited."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.urls import reverse

from cxm.collaboration.rules.uses import Use
from cxm.collaboration.selectors.backing import Backing, backing_by
from cxm.collaboration.selectors.evidence import day_in
from journeys.models import EvidenceLink

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant

_ITEMS = ("insight", "opportunity", "solution")


def backings_of(
    tenant: Tenant, column: str, ids: Collection[UUID], *, now: datetime
) -> dict[UUID, Backing]:
    """Tell how well each of *ids* is backed: items, or lineages of cards or steps. One query.

    *column* is the one of EvidenceLink that names them.
    """
    rows = EvidenceLink.objects.for_tenant(tenant).filter(**{f"{column}__in": list(ids)})
    by_subject: dict[UUID, list[EvidenceLink]] = defaultdict(list)
    for link in rows.select_related("evidence__asset").order_by("created_at", "pk"):
        by_subject[getattr(link, f"{column}_id")].append(link)
    today = day_in(tenant, now)
    return {pk: backing_by(by_subject.get(pk, ()), today) for pk in ids}


def library_uses(tenant: Tenant, ids: Collection[UUID]) -> dict[UUID, list[Use]]:
    """Say for which items of the library each piece of evidence is cited, and how often on maps.

    Which maps those are is not told: who asks may not find them. Two queries.
    """
    links = EvidenceLink.objects.for_tenant(tenant).filter(evidence__in=ids)
    rows = links.filter(card=None, step=None)
    found: dict[UUID, list[Use]] = defaultdict(list)
    for link in rows.select_related(*_ITEMS).order_by("created_at", "pk"):
        column, item = _item_of(link)
        where = f"{column.capitalize()} (archived)" if item.archived_at else column.capitalize()
        page = reverse(f"journeys:{column}-page", args=[tenant.slug, item.pk])
        found[link.evidence_id].append(Use(item.title, where, f"{page}#evidence"))
    on_maps = links.exclude(card=None, step=None).order_by().values_list("evidence")
    page = reverse("journeys:journey-list", args=[tenant.slug])
    for evidence, count in on_maps.annotate(count=Count("pk")):
        title = f"{count} step{'' if count == 1 else 's'} or card{'' if count == 1 else 's'}"
        found[evidence].append(Use(title, "Journey maps", page))
    return dict(found)


def _item_of(link: EvidenceLink) -> tuple[str, Any]:
    return next((name, item) for name in _ITEMS if (item := getattr(link, name)) is not None)
