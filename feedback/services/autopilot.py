"""People who are asked again and again by a project of Delighted's kind."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from feedback.models import AutopilotMember, DelightedProject
from feedback.rules.distribution.words import DistributionState
from feedback.services.distribution.planning import MOST_AT_ONCE, Candidate, plan

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from cxm.customers.models import Customer
    from feedback.rules.distribution.words import Medium


@transaction.atomic
def join(
    *,
    project: DelightedProject,
    customer: Customer,
    medium: Medium,
    properties: dict[str, str],
    now: datetime,
) -> AutopilotMember:
    """Have a person asked again and again from now on; who is there already keeps their turn."""
    row, _ = AutopilotMember.objects.for_tenant(project.tenant_id).get_or_create(
        project=project,
        customer=customer,
        medium=medium,
        defaults={
            "tenant": project.tenant,
            "properties": properties,
            "next_at": now,
            "created_at": now,
        },
    )
    return row


@transaction.atomic
def leave(*, project: DelightedProject, customer: Customer, medium: Medium) -> None:
    """Ask a person no more by themselves; nothing happens to one who is not there."""
    rows = AutopilotMember.objects.for_tenant(project.tenant_id)
    rows.filter(project=project, customer__root=customer.pk, medium=medium).delete()


@transaction.atomic
def ask_in_turn(tenant_id: UUID, *, now: datetime) -> int:
    """Plan for those whose turn it is, of all projects with the autopilot on; give how many.

    The contact policy decides about each; whoever is not asked has their next turn all the same.
    """
    projects = DelightedProject.objects.for_tenant(tenant_id).filter(
        is_autopilot_on=True, distribution__state=DistributionState.ACTIVE
    )
    planned = 0
    for project in projects.select_related("distribution__survey", "distribution__tenant"):
        rows = AutopilotMember.objects.for_tenant(tenant_id).filter(
            project=project,
            next_at__lte=now,
            medium=project.distribution.medium,
            customer__root__erased_at__isnull=True,
        )
        due = list(
            rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))[:MOST_AT_ONCE]
        )
        candidates = [
            Candidate(
                row.customer_id,
                f"autopilot:{row.customer_id}:{row.next_at:%Y-%m-%dT%H:%M:%S}",
                now,
                context={"about": "Autopilot", "properties": row.properties},
            )
            for row in due
        ]
        planned += len(plan(distribution=project.distribution, candidates=candidates, now=now))
        following = now + timedelta(days=project.autopilot_days)
        rows.filter(pk__in=[row.pk for row in due]).update(next_at=following)
    return planned
