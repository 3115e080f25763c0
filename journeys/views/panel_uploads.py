"""What the panel beside a map asks for where a card shows a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from cxm.collaboration.models import Asset
from journeys.forms.card_files import FORMS, CardFileForm

if TYPE_CHECKING:
    from journeys.models import JourneyMap
    from journeys.selectors.map_elements import MapElement


@dataclass(frozen=True, slots=True)
class Upload:
    """The form for a file of a card, where it is sent, and what the card shows now, if anything."""

    form: CardFileForm
    url: str
    shown: Asset | None
    shown_url: str


def upload_of(row: JourneyMap, element: MapElement) -> Upload | None:
    """Give what a card of pictures or files asks for; None for everything else. At most a query."""
    kind = FORMS.get(element.lane_kind or "") if element.kind == "card" else None
    if kind is None:
        return None
    card, slug = element.row, row.tenant.slug
    url = reverse("journeys:card-file", args=[slug, row.pk, card.lineage])
    rows = Asset.objects.for_tenant(row.tenant_id)
    shown = rows.filter(pk=card.asset_id).first() if card.asset_id else None
    address = (
        reverse("collaboration:asset-file", args=[slug, shown.pk, shown.name]) if shown else ""
    )
    told = {"alt": card.alt, "is_decorative": card.is_decorative}
    return Upload(kind(initial=told, auto_id="upload_%s"), url, shown, address)
