"""Every write to definitions of churn: made, changed, put first, archived, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from analytics.errors import ChurnKeyTakenError, TooManyDefinitionsError
from analytics.models import ChurnDefinition, ChurnDefinitionVersion
from analytics.rules.churn import read_churn_rule
from analytics.services.turns import take_turns
from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.touchpoints.rules.keys import free_key, suggested_key
from cxm.work.models import Job, Outbox
from cxm.work.services import start_job

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.tenants.models import ApiKey, Tenant

COUNT = "analytics.count-churn"
MOST_DEFINITIONS = 12
MOST_ARCHIVED = 100


@transaction.atomic
def create_churn_definition(
    *,
    tenant: Tenant,
    title: str,
    kind: str,
    config: Mapping[str, Any],
    key: str = "",
    by: Membership | ApiKey | None,
    now: datetime,
) -> ChurnDefinition:
    """Make a definition with its first rule, and have it counted; the first one leads.

    Without a key it gets one made of its title. Raises ChurnRuleError, ChurnKeyTakenError and
    TooManyDefinitionsError.
    """
    rule = read_churn_rule(kind, config)
    take_turns("churn-definitions", tenant.pk)
    if live_definitions(tenant).count() >= MOST_DEFINITIONS:
        raise TooManyDefinitionsError(MOST_DEFINITIONS)
    rows = ChurnDefinition.objects.for_tenant(tenant)
    taken = set(rows.values_list("key", flat=True))
    try:
        with transaction.atomic():
            made = ChurnDefinition.objects.create(
                tenant=tenant,
                key=key or free_key(suggested_key(title) or "churn", taken),
                title=title,
                kind=kind,
                is_headline=not rows.filter(is_headline=True).exists(),
                created_at=now,
            )
    except IntegrityError as error:
        raise ChurnKeyTakenError(key) from error
    _add_version(made, 1, rule.as_json(), by, now)
    record(tenant=tenant, action="churn-definition-created", by=by, about=made)
    _count(made, by=by, now=now)
    return made


@transaction.atomic
def change_churn_definition(
    *,
    definition: ChurnDefinition,
    title: str,
    config: Mapping[str, Any],
    by: Membership | ApiKey,
    now: datetime,
) -> ChurnDefinition:
    """Give a definition another title, and a new version where its rule is another.

    A new rule recounts all history. Raises ChurnRuleError.
    """
    locked = _locked(definition)
    rule = read_churn_rule(locked.kind, config).as_json()
    versions = ChurnDefinitionVersion.objects.for_tenant(locked.tenant_id)
    current = versions.get(definition=locked, number=locked.version)
    changes: dict[str, Any] = {}
    if title != locked.title:
        changes["title"] = [locked.title, title]
        locked.title = title
    if rule != current.config:
        changes["rule"] = [current.config, rule]
        locked.version += 1
        _add_version(locked, locked.version, rule, by, now)
    if changes:
        locked.save(update_fields=["title", "version"])
        record(
            tenant=locked.tenant,
            action="churn-definition-changed",
            by=by,
            about=locked,
            changes=changes,
        )
    if "rule" in changes:
        _count(locked, by=by, now=now)
    return locked


@transaction.atomic
def lead_with(*, definition: ChurnDefinition, by: Membership | ApiKey) -> None:
    """Make *definition* the one that pages show first; an archived one cannot lead."""
    rows = ChurnDefinition.objects.for_tenant(definition.tenant_id)
    locked = {row.pk: row for row in rows.select_for_update(no_key=True).order_by("pk")}
    chosen = locked[definition.pk]
    if chosen.is_headline or chosen.archived_at:
        return
    rows.filter(is_headline=True).update(is_headline=False)
    rows.filter(pk=chosen.pk).update(is_headline=True)
    record(tenant=chosen.tenant, action="churn-definition-leads", by=by, about=chosen)


@transaction.atomic
def archive_churn_definition(
    *, definition: ChurnDefinition, is_archived: bool, by: Membership | ApiKey, now: datetime
) -> None:
    """Take a definition off the pages, or bring it back; the oldest left leads if none does."""
    take_turns("churn-definitions", definition.tenant_id)
    rows = ChurnDefinition.objects.for_tenant(definition.tenant_id).select_related("tenant")
    # All of them: whoever leads next must not be taken off at the same moment.
    every = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    locked = every[definition.pk]
    if bool(locked.archived_at) is is_archived:
        return
    locked.archived_at = now if is_archived else None
    locked.is_headline = False
    locked.save(update_fields=["archived_at", "is_headline"])
    record(
        tenant=locked.tenant,
        action="churn-definition-archived" if is_archived else "churn-definition-restored",
        by=by,
        about=locked,
    )
    live = live_definitions(locked.tenant)
    first = live.order_by("created_at", "pk").first()
    if first and not live.filter(is_headline=True).exists():
        first.is_headline = True
        first.save(update_fields=["is_headline"])
    if not is_archived:
        _count(locked, by=by, now=now)


def count_again(*, definition: ChurnDefinition, by: Membership, now: datetime) -> Job | None:
    """Have a definition counted now; None while it waits for that already."""
    return _count(definition, by=by, now=now)


def live_definitions(tenant: Tenant) -> QuerySet[ChurnDefinition]:
    """Give the definitions that are not archived."""
    return ChurnDefinition.objects.for_tenant(tenant).filter(archived_at=None)


def archived_definitions(tenant: Tenant) -> list[ChurnDefinition]:
    """Load the definitions that are archived, by title."""
    rows = ChurnDefinition.objects.for_tenant(tenant).exclude(archived_at=None)
    return list(rows.order_by("title", "pk")[:MOST_ARCHIVED])


def waiting_counts(tenant: Tenant, *tasks: str) -> set[str]:
    """Give the ids of the definitions that wait for a count by one of *tasks*, not begun yet."""
    rows = Outbox.objects.for_tenant(tenant).filter(task__in=tasks, attempts=0)
    waiting = rows.filter(state=Outbox.State.WAITING)
    return {row["definition_id"] for row in waiting.values_list("arguments", flat=True)}


def _count(
    definition: ChurnDefinition, *, by: Membership | ApiKey | None, now: datetime
) -> Job | None:
    if str(definition.pk) in waiting_counts(definition.tenant, COUNT):
        return None
    return start_job(
        tenant=definition.tenant,
        kind=COUNT,
        title=f"Churn by “{definition.title}”",
        by=by if isinstance(by, Membership) else None,
        now=now,
        definition_id=str(definition.pk),
    )


def _add_version(
    definition: ChurnDefinition,
    number: int,
    config: dict[str, Any],
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    ChurnDefinitionVersion.objects.create(
        tenant=definition.tenant,
        definition=definition,
        number=number,
        config=config,
        at=now,
        by=by if isinstance(by, Membership) else None,
    )


def _locked(definition: ChurnDefinition) -> ChurnDefinition:
    rows = ChurnDefinition.objects.for_tenant(definition.tenant_id).select_related("tenant")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=definition.pk)
