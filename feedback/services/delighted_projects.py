"""Making and ending the keys by which programs written for Delighted speak to a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cxm.tenants.audit import record
from cxm.tenants.rules import Right
from cxm.tenants.services import create_api_key, revoke_api_key
from feedback.models import DelightedProject, Distribution
from feedback.rules.distribution.words import Audience, DistributionState, Medium
from feedback.services.distribution.running import save_distribution, start, stop

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership
    from feedback.models import Survey

# What Delighted's keys could do.
RIGHTS = (
    Right.SEE_FIGURES,
    Right.SEE_RESPONSES,
    Right.SEE_PERSONS,
    Right.SEE_CUSTOMERS,
    Right.IMPORT_FEEDBACK,
    Right.ERASE_PERSONS,
)


@transaction.atomic
def make_project(*, survey: Survey, by: Membership, now: datetime) -> tuple[DelightedProject, str]:
    """Make a key for *survey*; give the project, and the key's text, which is shown once.

    Raises DistributionError where the survey takes no answers, and RightsNotYoursError.
    """
    key, text = create_api_key(
        tenant=survey.tenant,
        name=f"Delighted: {survey.title}"[:100],
        rights=RIGHTS,
        by=by,
        now=now,
    )
    distribution = save_distribution(
        survey=survey,
        distribution=None,
        values={
            "title": f"Programs for Delighted, {key.public_id}",
            "medium": Medium.EMAIL,
            "audience": Audience.API,
        },
        by=by,
        now=now,
    )
    start(distribution=distribution, by=by, now=now)
    project = DelightedProject.objects.create(
        tenant=survey.tenant,
        survey=survey,
        distribution=distribution,
        api_key=key,
        created_at=now,
    )
    return project, text


@transaction.atomic
def set_autopilot(*, project: DelightedProject, is_on: bool, days: int, by: Membership) -> None:
    """Switch a project's autopilot on or off, and say how often people on it are asked."""
    project.is_autopilot_on, project.autopilot_days = is_on, days
    project.save(update_fields=["is_autopilot_on", "autopilot_days"])
    record(
        tenant=project.tenant,
        action="autopilot-changed",
        by=by,
        about=project,
        changes={"on": is_on, "days": days},
    )


@transaction.atomic
def end_project(*, project: DelightedProject, by: Membership, now: datetime) -> None:
    """Let a project's key be worth nothing any more; what it brought stays."""
    revoke_api_key(key=project.api_key, by=by, now=now)
    project.is_autopilot_on = False
    project.save(update_fields=["is_autopilot_on"])
    distribution = Distribution.objects.for_tenant(project.tenant_id).get(
        pk=project.distribution_id
    )
    stop(distribution=distribution, to=DistributionState.ENDED, by=by, now=now)
