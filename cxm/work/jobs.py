"""Effects that are steps of a job: progress, cancelling and failing, once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.clock import now as clock_now
from cxm.kernel.effects import Again, effect
from cxm.kernel.errors import DomainError
from cxm.work.models import Job
from cxm.work.services import advance_job, fail_job, finish_job

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

type Step = Callable[..., Again | None]
type Aftermath = Callable[..., None]


def job_step(
    name: str, *, cancelled: Aftermath | None = None, failed: Aftermath | None = None
) -> Callable[[Step], Step]:
    """Register the function below as a step of jobs of kind *name*.

    It is called with `job`, `now` and the job's arguments. Giving `Again` means one more step;
    None ends the job as done. A DomainError ends it as failed in its own words; any other error
    is tried again a few times first. *cancelled* and *failed* are called with `job`, `now`
    (and `error`) and the arguments when a job ends that way.
    """

    def register(step: Step) -> Step:
        steps = _Steps(step, cancelled, failed)
        effect(name, give_up=steps.give_up)(steps.run)
        return step

    return register


@dataclass(frozen=True, slots=True)
class _Steps:
    step: Step
    cancelled: Aftermath | None
    failed: Aftermath | None

    def run(self, *, tenant_id: UUID, now: datetime, job_id: str, **arguments: Any) -> Again | None:
        job = Job.objects.for_tenant(tenant_id).select_related("tenant", "by").get(pk=job_id)
        if job.state not in Job.OPEN_STATES:
            return None
        if job.cancel_asked_at:
            finish_job(job, state=Job.State.CANCELLED, now=now, message="Stopped.")
            if self.cancelled:
                self.cancelled(job=job, now=now, **arguments)
            return None
        advance_job(job, now=now)
        try:
            with transaction.atomic():
                outcome = self.step(job=job, now=now, **arguments)
        except DomainError as error:
            self._fail(job, str(error), now=now, arguments=arguments)
            return None
        if outcome is None:
            finish_job(job, state=Job.State.DONE, now=now, message=job.message)
            return None
        return Again({"job_id": job_id, **outcome.arguments}, wait=outcome.wait)

    def give_up(self, tenant_id: UUID, arguments: dict[str, Any], error: str) -> None:
        moment = clock_now()
        fail_job(tenant_id, arguments, error, now=moment)
        job = Job.objects.for_tenant(tenant_id).filter(pk=arguments["job_id"]).first()
        if self.failed and job:
            rest = {key: value for key, value in arguments.items() if key != "job_id"}
            self.failed(job=job, now=moment, error="This did not work.", **rest)

    def _fail(self, job: Job, error: str, *, now: datetime, arguments: dict[str, Any]) -> None:
        # What the step set on the job was rolled back in the database, not in this object.
        job.refresh_from_db()
        finish_job(job, state=Job.State.FAILED, now=now, message=error)
        if self.failed:
            self.failed(job=job, now=now, error=error, **arguments)
