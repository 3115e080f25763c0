"""Every write to annotations: written down, changed, taken away, sent by a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from analytics.models import Annotation
from analytics.rules.annotations import AnnotationError, check_days, check_link
from cxm.metrics.rules.days import local_date
from cxm.tenants.audit import record
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from datetime import date, datetime

    from analytics.rules.annotations import AnnotationKind
    from cxm.metrics.models import Metric
    from cxm.tenants.models import ApiKey, Tenant


@transaction.atomic
def write_annotation(
    *,
    tenant: Tenant,
    kind: AnnotationKind,
    title: str,
    day: date,
    by: Membership | ApiKey | None,
    now: datetime,
    last_on: date | None = None,
    text: str = "",
    link: str = "",
    metric: Metric | None = None,
    key: str | None = None,
) -> tuple[Annotation, bool]:
    """Write down what happened; give the annotation and whether it is new.

    With a *key* that is there already the one of that key is changed instead: a program may send
    the same release as often as it likes. Raises AnnotationError.
    """
    values = _values(tenant, now, title=title, day=day, last_on=last_on, text=text, link=link) | {
        "kind": kind.value,
        "metric": metric,
    }
    rows = Annotation.objects.for_tenant(tenant)
    if key:
        # Of two that send one key at once, the second waits here for what the first wrote.
        fresh = Annotation(tenant=tenant, key=key, created_at=now, by=_member(by), **values)
        Annotation.objects.bulk_create([fresh], ignore_conflicts=True)
        made = rows.select_for_update(no_key=True).get(key=key)
        if made.pk != fresh.pk:
            return _changed(made, values, by), False
    else:
        made = rows.create(tenant=tenant, created_at=now, by=_member(by), **values)
    record(tenant=tenant, action="annotation-written", by=by, about=made)
    return made, True


@transaction.atomic
def change_annotation(
    *, annotation: Annotation, by: Membership | ApiKey, now: datetime, **changes: Any
) -> Annotation:
    """Change what was written down; *changes* are fields of `write_annotation`.

    Raises AnnotationError.
    """
    told = {
        name: changes.get(name, getattr(annotation, name))
        for name in ("title", "day", "last_on", "text", "link")
    }
    values = _values(annotation.tenant, now, **told)
    values["kind"] = changes.get("kind", annotation.kind)
    values["metric"] = changes.get("metric", annotation.metric)
    return _changed(annotation, values, by)


@transaction.atomic
def remove_annotation(*, annotation: Annotation, by: Membership | ApiKey) -> None:
    """Take an annotation away; the audit log keeps that it was there."""
    rows = Annotation.objects.for_tenant(annotation.tenant_id).filter(pk=annotation.pk)
    if rows.delete()[0]:
        changes = {"day": annotation.day.isoformat(), "title": annotation.title}
        record(
            tenant=annotation.tenant,
            action="annotation-removed",
            by=by,
            about=annotation,
            changes=changes,
        )


def _changed(
    annotation: Annotation, values: dict[str, Any], by: Membership | ApiKey | None
) -> Annotation:
    differs = [name for name, value in values.items() if getattr(annotation, name) != value]
    if differs:
        for name in differs:
            setattr(annotation, name, values[name])
        annotation.save(update_fields=differs)
        record(
            tenant=annotation.tenant,
            action="annotation-changed",
            by=by,
            about=annotation,
            changes={"fields": ", ".join(sorted(differs))},
        )
    return annotation


def _values(
    tenant: Tenant,
    now: datetime,
    *,
    title: str,
    day: date,
    last_on: date | None,
    text: str,
    link: str,
) -> dict[str, Any]:
    """Check what was written; raises AnnotationError."""
    if not title.strip():
        raise AnnotationError("title", "Say in a few words what happened.")
    check_days(day, last_on, local_date(now, ZoneInfo(tenant.time_zone)))
    return {
        "title": title.strip(),
        "day": day,
        "last_on": None if last_on == day else last_on,
        "text": text.strip(),
        "link": check_link(link),
    }


def _member(by: Membership | ApiKey | None) -> Membership | None:
    return by if isinstance(by, Membership) else None
