"""The tab “Evidence” of the panel beside a map: what a step or card rests on, and citing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from cxm.collaboration.rules.uses import Use
from cxm.collaboration.selectors.evidence import day_in
from cxm.collaboration.views.citing import CitedFor, Deeds, evidence_context
from cxm.collaboration.views.documents import to_change
from cxm.kernel.clock import now
from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Asked, Deed
from cxm.tenants.rules import Right
from journeys.models import EvidenceLink, Lineage
from journeys.selectors.grades import ITEMS, backings_on
from journeys.selectors.successions import forebears_of
from journeys.services import evidence as services
from journeys.services.editing import change_map
from journeys.services.evidence import Subject
from journeys.views.finding import map_url
from journeys.views.kinds import MAP, sight_for
from personas.rules.map_access import Sight

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.collaboration.models import Evidence
    from cxm.collaboration.rules.kinds import Grade
    from cxm.collaboration.services.evidence import Observation
    from cxm.tenants.access import TenantRequest
    from cxm.tenants.models import Tenant
    from journeys.models import JourneyMap
    from journeys.selectors.map_elements import MapElement

KINDS = ("step", "card")
MOST_AT_ONCE = 200
_URLS = {"add": "evidence-add", "cite": "cite", "take_off": "take-off"}


def evidence_tab(request: TenantRequest, row: JourneyMap, element: MapElement) -> dict[str, Any]:
    """Give what the tab shows of a step or card; `?also=` names others that are selected."""
    subject = cited_for(request, row, element)
    return {**evidence_context(request, subject), "others": len(others_selected(request, element))}


def cited_for(request: TenantRequest, row: JourneyMap, element: MapElement) -> CitedFor:
    """Give a step or card as its evidence is shown, and what may be done about that.

    Evidence belongs to what stays of an element, not to one map: it is cited on published maps as
    well, by those who edit journeys, not by guests. Raises Http404 where something of `?also=` is
    not on the map.
    """
    also = others_selected(request, element)
    ids = [element.id, *also]
    backings = backings_on(row, today=day_in(request.tenant, now()), only=ids)
    if len(backings) < len(ids):
        raise Http404
    asked = (("of", str(element.id)), ("tab", "evidence"), *(("also", str(pk)) for pk in also))
    may_cite = request.may(Right.EDIT_JOURNEYS) and sight_for(request, row) >= Sight.CHANGE
    may_cite = may_cite and not row.journey.archived_at
    return CitedFor(
        title=element.title,
        about=element.kind.capitalize(),
        url=f"{map_url(row)}?{urlencode(asked)}",
        close_url=map_url(row),
        back=f"Back to {row.name}",
        backing=backings[element.id],
        deeds=_deeds(request, row, element, ids) if may_cite else None,
        asked=asked,
        from_where=_from_where(request.tenant, element),
        panel="#map-panel",
        panel_url=reverse("journeys:map-panel", args=[request.tenant.slug, row.pk]),
    )


def others_selected(request: TenantRequest, element: MapElement) -> list[UUID]:
    """Give the others that are selected, each once. Raises Http404 for what is no id, or too many.

    More than 200 at once are refused so.
    """
    try:
        named = dict.fromkeys(UUID(text) for text in request.GET.getlist("also"))
    except ValueError:
        raise Http404 from None
    named.pop(element.id, None)
    if len(named) > MOST_AT_ONCE:
        raise Http404
    return list(named)


def _deeds(request: TenantRequest, row: JourneyMap, element: MapElement, ids: list[UUID]) -> Deeds:
    by, moment, tenant = request.membership, now(), request.tenant

    def subjects() -> list[Subject]:
        rows = Lineage.objects.for_tenant(tenant).filter(pk__in=ids).select_related("journey")
        return [Subject.of(tenant, one) for one in rows.order_by("pk")]

    def cite(evidence: Evidence) -> None:
        services.cite_for_several(subjects=subjects(), evidence=evidence, by=by, now=moment)

    def write(seen: Observation) -> None:
        services.cite_new_for_several(subjects=subjects(), seen=seen, by=by, now=moment)

    def take_off(pk: UUID) -> None:
        rows = EvidenceLink.objects.for_tenant(tenant)
        told = {element.id}
        if element.kind == "step":
            told |= forebears_of(row, element.id)
        cited = rows.filter(**{f"{element.kind}__in": told}).select_related("evidence")
        link = get_object_or_404(cited, pk=pk)
        kept = Lineage.objects.for_tenant(tenant).select_related("journey")
        own = kept.get(pk=getattr(link, f"{element.kind}_id"))
        services.take_off_evidence(subject=Subject.of(tenant, own), link=link, by=by)

    asked = urlencode([("also", str(pk)) for pk in ids if pk != element.id])
    args = [tenant.slug, row.pk, element.id]
    urls = {deed: reverse(f"journeys:element-{name}", args=args) for deed, name in _URLS.items()}
    grade = _grade(request, row, element)
    if grade:
        urls["grade"] = reverse("journeys:element-grade", args=args)
    return Deeds(
        {deed: f"{url}?{asked}" if asked else url for deed, url in urls.items()},
        cite,
        write,
        take_off,
        grade,
        keeps_reason=True,
    )


def _grade(
    request: TenantRequest, row: JourneyMap, element: MapElement
) -> Callable[[Grade | None, str], None] | None:
    """Give what grades a card by hand, in a draft that may be changed; None for what is none."""
    if element.kind != "card" or not MAP.is_open(row):
        return None

    def grade(chosen: Grade | None, why: str) -> None:
        batch = new_id()
        told = {"grade_override": chosen.value if chosen else "", "grade_reason": why}
        asked = [
            Asked(
                id=new_id(), batch=batch, op=Deed.SET, lineage=element.id, field=name, value=value
            )
            for name, value in told.items()
        ]
        change_map(to_change(request, MAP, row.pk), asked)

    return grade


def _from_where(tenant: Tenant, element: MapElement) -> Callable[[EvidenceLink], Use | None]:
    """Say of what is cited for the item that a card shows that it is cited there. One query."""
    name = next((one for one in ITEMS if getattr(element.row, f"{one}_id", None)), "")
    if not name:
        return lambda _: None
    item = getattr(element.row, name)
    page = reverse(f"journeys:{name}-page", args=[tenant.slug, item.pk])
    use = Use(item.title, f"the {name}", f"{page}#evidence")
    return lambda link: None if link.card_id else use
