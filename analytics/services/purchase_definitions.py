"""Every write to what counts as a purchase: chosen, changed, counted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from analytics.models import PurchaseDefinition, PurchaseDefinitionVersion
from analytics.rules.purchases import read_purchase_rule
from analytics.selectors.purchase_rule import purchase_definition, rule_in_force
from analytics.services.turns import take_turns
from cxm.tenants.audit import record
from cxm.tenants.models import Membership
from cxm.work.models import Job, Outbox
from cxm.work.services import start_job

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Tenant

FIT = "analytics.fit-purchases"


@transaction.atomic
def set_purchases(
    *,
    tenant: Tenant,
    config: Mapping[str, Any],
    by: Membership | ApiKey | None,
    now: datetime,
) -> PurchaseDefinition:
    """Say what counts as a purchase; another rule than before is a new version, and is counted.

    Raises PurchaseRuleError.
    """
    rule = read_purchase_rule(config).as_json()
    take_turns("purchase-definitions", tenant.pk)
    found = purchase_definition(tenant)
    if found is None:
        made = PurchaseDefinition.objects.create(tenant=tenant, created_at=now)
        _add_version(made, rule, by, now)
        record(tenant=tenant, action="purchases-defined", by=by, about=made)
        fit_again(definition=made, by=by, now=now)
        return made
    before = rule_in_force(found).as_json()
    if rule == before:
        return found
    found.version += 1
    found.save(update_fields=["version"])
    _add_version(found, rule, by, now)
    changes = {"rule": [before, rule]}
    record(tenant=tenant, action="purchases-changed", by=by, about=found, changes=changes)
    fit_again(definition=found, by=by, now=now)
    return found


def fit_again(
    *, definition: PurchaseDefinition, by: Membership | ApiKey | None, now: datetime
) -> Job | None:
    """Have purchases counted and fitted now; None while that waits already."""
    rows = Outbox.objects.for_tenant(definition.tenant_id).filter(task=FIT, attempts=0)
    if rows.filter(state=Outbox.State.WAITING).exists():
        return None
    return start_job(
        tenant=definition.tenant,
        kind=FIT,
        title="Repeat customers",
        by=by if isinstance(by, Membership) else None,
        now=now,
    )


def _add_version(
    definition: PurchaseDefinition,
    config: dict[str, Any],
    by: Membership | ApiKey | None,
    now: datetime,
) -> None:
    PurchaseDefinitionVersion.objects.create(
        tenant=definition.tenant,
        definition=definition,
        number=definition.version,
        config=config,
        at=now,
        by=by if isinstance(by, Membership) else None,
    )
