"""Maps from templates, and templates from maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.kernel.cxmap.writing import written
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor, ArchivedDocumentError, RefusedError, Source
from cxm.kernel.operations.store import read_state
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey, Tenant
from cxm.touchpoints.rules.keys import free_key, suggested_key
from journeys.errors import MarkError, NotNowError, TitleNeededError, TooManyError
from journeys.models import JourneyMap, MapTemplate
from journeys.rules.cxmap_shapes import FILE, MAP_PROFILE
from journeys.rules.kinds import MapState
from journeys.rules.template_parts import kept_on, markable_parts, paths_told, unknown_marks
from journeys.rules.templates import BLANK, BUILT_IN, laid_out_tree
from journeys.selectors.templates import template_called
from journeys.services.map_files_in import take_tree
from journeys.services.map_files_out import file_tree
from journeys.services.map_library_in import MapAsking
from journeys.services.map_lineages import lineages_called
from journeys.services.maps import LONGEST_NAME, check_horizon
from journeys.services.stores import MAPS

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from cxm.kernel.operations.shapes import JSON
    from cxm.tenants.models import Membership
    from journeys.models import Journey
    from journeys.rules.templates import Template

MOST_TEMPLATES = 200
LONGEST_PURPOSE = 500


@transaction.atomic
def create_map(
    *,
    journey: Journey,
    name: str,
    by: Membership | ApiKey | None,
    now: datetime,
    state: MapState = MapState.CURRENT,
    template: str = BLANK,
    horizon: date | None = None,
    source: Source = Source.UI,
) -> JourneyMap:
    """Make a draft that begins as the template with this key says, in one batch of operations.

    Elements take the lineages of those of the same keys on other maps of the journey. Raises
    TitleNeededError, TooManyError, NotNowError, RefusedError and LibraryRefusedError.
    """
    if journey.archived_at:
        label = "journey"
        raise ArchivedDocumentError(label)
    told = " ".join(name.split())
    if not 0 < len(told) <= LONGEST_NAME:
        raise TitleNeededError("name", LONGEST_NAME)
    if state is MapState.PAST:
        message = "A map becomes the past when another is published in its place."
        raise NotNowError(message, field="state")
    check_horizon(state, horizon)
    found = template_called(journey.tenant, template)
    if found is None:
        message = "There is no such template: choose one of the list."
        raise RefusedError(message, field="template")
    tree = laid_out_tree(found.document, {"state": state.value, "name": told})
    # What the template says of its journey is not meant for this one, not even of the same key.
    choices = {"journey-map.map": "copy", f"journey.{journey.key}": "leave"}
    asking = MapAsking(journey.tenant, by, now, source, choices, journey=journey)
    made = take_tree(asking=asking, tree=tree)
    rows = JourneyMap.objects.for_tenant(journey.tenant_id)
    parts = _kept_parts(made, found, now)
    rows.filter(pk=made.pk).update(template=template, template_parts=parts, horizon=horizon)
    return rows.select_related("tenant", "journey", "baseline").get(pk=made.pk)


@transaction.atomic
def save_template(
    *,
    of: JourneyMap,
    title: str,
    by: Membership | ApiKey | None,
    now: datetime,
    purpose: str = "",
    locked: Collection[str] = (),
    required: Collection[str] = (),
) -> MapTemplate:
    """Keep a map as a template: all that is on it, without promises, by the keys of what it uses.

    *locked* and *required* are paths of its parts, as `mark_template` has them. Raises
    TitleNeededError, TooManyError and MarkError.
    """
    told = " ".join(title.split())
    if not 0 < len(told) <= LONGEST_NAME:
        raise TitleNeededError("title", LONGEST_NAME)
    if len(purpose) > LONGEST_PURPOSE:
        raise TitleNeededError("purpose", LONGEST_PURPOSE)
    Tenant.objects.select_for_update(no_key=True).get(pk=of.tenant_id)
    taken = set(MapTemplate.objects.for_tenant(of.tenant_id).values_list("key", flat=True))
    if len(taken) >= MOST_TEMPLATES:
        words = f"A workspace holds up to {MOST_TEMPLATES} templates."
        raise TooManyError(words)
    tree = file_tree(of, MAP_PROFILE)
    tree.pop("targets")
    made = MapTemplate.objects.create(
        tenant=of.tenant,
        key=free_key(suggested_key(told) or "template", taken | set(BUILT_IN)),
        title=told,
        purpose=purpose.strip(),
        document=written(tree, FILE),
        created_at=now,
        by=None if isinstance(by, ApiKey) else by,
    )
    record(tenant=of.tenant, action="template-saved", by=by, about=made)
    if locked or required:
        mark_template(template=made, locked=locked, required=required, by=by)
    return made


@transaction.atomic
def mark_template(
    *,
    template: MapTemplate,
    locked: Collection[str],
    required: Collection[str],
    by: Membership | ApiKey | None,
) -> None:
    """Say which parts stay on maps that begin as this template, and which are to be filled.

    Both are paths, as `lanes/feels` or `steps/pay/description`. Maps that began as it before keep
    what held then. Raises MarkError, which names the list and the path that is wrong.
    """
    offered = markable_parts(laid_out_tree(template.document, {}))
    wrong = unknown_marks(offered, locked, required)
    if wrong:
        raise MarkError(*wrong)
    template.locked = [one.path for one in offered if one.path in locked]
    template.required = [one.path for one in offered if one.path in required]
    template.save(update_fields=["locked", "required"])
    changes = {"locked": len(template.locked), "required": len(template.required)}
    record(tenant=template.tenant, action="template-marked", by=by, about=template, changes=changes)


@transaction.atomic
def archive_template(
    *, template: MapTemplate, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Take a template off the list; maps that began as it stay."""
    rows = MapTemplate.objects.for_tenant(template.tenant_id).filter(pk=template.pk)
    if rows.filter(archived_at=None).update(archived_at=now):
        record(tenant=template.tenant, action="template-archived", by=by, about=template)


@transaction.atomic
def restore_template(*, template: MapTemplate, by: Membership | ApiKey | None) -> None:
    """Bring an archived template back."""
    rows = MapTemplate.objects.for_tenant(template.tenant_id).filter(pk=template.pk)
    if rows.filter(archived_at__isnull=False).update(archived_at=None):
        record(tenant=template.tenant, action="template-restored", by=by, about=template)


def _kept_parts(made: JourneyMap, template: Template, now: datetime) -> dict[str, JSON]:
    """Give what a map that was just laid out keeps of the marks of its template."""
    told = [*template.locked, *template.required]
    if not told:
        return {}
    keys = [(kind, key) for kind, key, _ in paths_told(told)]
    state = read_state(MAPS, Request(made.tenant, made.pk, Actor(), now))
    parts = kept_on(
        state,
        lineages_called(made.journey, keys),
        locked=template.locked,
        required=template.required,
    )
    return {"title": template.title, "parts": [*parts]}
