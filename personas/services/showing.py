"""What links to personas and stakeholder maps show to people outside.

Documents are read through the operation engine: as they are, or as they were after the operation
at which a link was frozen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.html import format_html

from cxm.collaboration.models import Asset
from cxm.collaboration.selectors.showing import GONE, Showing
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor
from cxm.kernel.operations.state import children, replayed
from cxm.kernel.operations.store import operations, read_state
from personas.models import PersonaShare, Stakeholder, StakeholderMapShare
from personas.rules.drawing_legend import legend
from personas.rules.drawing_places import drawing_of
from personas.rules.drawing_svg import svg_of
from personas.rules.drawing_words import summary
from personas.rules.shared import shared_map, shared_persona
from personas.services.stores import MAPS, PERSONAS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.collaboration.models import ShareLink
    from cxm.kernel.operations.documents import Store
    from cxm.kernel.operations.state import State
    from personas.rules.shared import SharedMap

PERSONA_PAGE = "personas/shared_persona.html"
MAP_PAGE = "personas/shared_map.html"


def persona_showing(link: ShareLink, _query: Mapping[str, str]) -> Showing | None:
    """Show the persona that *link* (loaded with its tenant) belongs to; None where it is none."""
    rows = PersonaShare.objects.for_tenant(link.tenant_id).select_related("persona")
    row = rows.filter(link=link).first()
    if row is None:
        return None
    if row.persona.archived_at or row.persona.deleted_at:
        return Showing(GONE)
    persona = shared_persona(_state(PERSONAS, link, row.persona_id), link.allow_kinds)
    assets = Asset.objects.for_tenant(link.tenant_id).filter(
        pk__in=persona.pictures, width__isnull=False
    )
    pictures = {asset.pk: asset for asset in assets}
    context = {"persona": persona, "pictures": pictures}
    return Showing(PERSONA_PAGE, context, frozenset(pictures))


def map_showing(link: ShareLink, query: Mapping[str, str]) -> Showing | None:
    """Show the map that *link* (loaded with its tenant) belongs to; None where it is none.

    `layout` of *query* chooses among the layouts that the link may show.
    """
    rows = StakeholderMapShare.objects.for_tenant(link.tenant_id).select_related("map")
    row = rows.filter(link=link).first()
    if row is None:
        return None
    if row.map.archived_at or row.map.deleted_at:
        return Showing(GONE)
    state = _state(MAPS, link, row.map_id)
    ids = [UUID(str(one.values["stakeholder"])) for one in children(state, row.map_id, "placement")]
    register = Stakeholder.objects.for_tenant(link.tenant_id).filter(pk__in=ids)
    names = {pk: (name, kind) for pk, name, kind in register.values_list("pk", "name", "kind")}
    shown = shared_map(state, names, link.allow_kinds, query.get("layout", ""))
    return Showing(MAP_PAGE, {"map": shown, **_drawn(shown)})


def _state(store: Store, link: ShareLink, document: UUID) -> State:
    request = Request(link.tenant, document, Actor(), link.created_at)
    if link.freeze_seq is None:
        return read_state(store, request)
    return replayed(operations(store, request, until=link.freeze_seq))


def _drawn(shown: SharedMap) -> dict[str, Any]:
    layout = shown.ground.layout
    drawing = drawing_of(shown.ground, shown.marks)
    kinds = {link.kind for link in shown.links}
    return {
        "svg": format_html("{}", svg_of(drawing, shown.links, title=shown.title)),
        "summary": summary(shown.ground, shown.marks, len(shown.links)),
        "legend": [(format_html("{}", picture), words) for picture, words in legend(layout, kinds)],
    }
