"""The queue's door: looking into files, checking them, loading them, taking them back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cxm.kernel.effects import Again, effect
from cxm.work.jobs import job_step
from cxm.work.services import advance_job
from feedback.models import DelightedImport, Import, Topic
from feedback.rules.delighted_account import Place
from feedback.services import (
    accepting,
    answer_files,
    checking,
    event_loading,
    file_loading,
    importing,
    receiving,
    text_keeping,
    text_reading,
    topics,
    undoing,
)
from feedback.services.delighted_account import fetching, preparing
from feedback.services.distribution import lists, running, trials
from feedback.services.file_reading import NotThereYetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cxm.work.models import Job


def _import(job: Job, import_id: str) -> Import:
    imports = Import.objects.for_tenant(job.tenant_id).select_related("tenant")
    return imports.get(pk=import_id)


def _check_cancelled(*, job: Job, import_id: str, **_rest: object) -> None:
    importing.check_over(imported=_import(job, import_id), job_id=job.pk)


def _check_failed(*, job: Job, error: str, import_id: str, **_rest: object) -> None:
    importing.check_over(imported=_import(job, import_id), job_id=job.pk, error=error)


def _load_cancelled(*, job: Job, now: datetime, import_id: str, **_rest: object) -> None:
    importing.load_over(imported=_import(job, import_id), job_id=job.pk, now=now)


def _load_failed(*, job: Job, now: datetime, error: str, import_id: str, **_rest: object) -> None:
    importing.load_over(imported=_import(job, import_id), job_id=job.pk, now=now, error=error)


def _undo_cancelled(*, job: Job, import_id: str, **_rest: object) -> None:
    importing.undo_over(imported=_import(job, import_id))


def _undo_failed(*, job: Job, error: str, import_id: str, **_rest: object) -> None:
    importing.undo_over(imported=_import(job, import_id), error=error)


def _look_failed(*, job: Job, error: str, import_id: str, **_rest: object) -> None:
    importing.check_over(imported=_import(job, import_id), job_id=job.pk, error=error)


@job_step(receiving.PROFILE, failed=_look_failed)
def profile_file(
    *, job: Job, now: datetime, import_id: str, **_from_newer_senders: object
) -> Again | None:
    """Look into a large file: what its columns hold, and what they may mean."""
    imported = _import(job, import_id)
    receiving.profile_file(imported=imported)
    rows = imported.preview["row_count"]
    advance_job(job, now=now, done=rows, total=rows, message=f"{rows:,} rows looked at.")
    return None


def _stepped(
    step: Callable[..., bool], *, job: Job, now: datetime, import_id: str, chunk: int
) -> Again | None:
    """Take one step through a file, or a part of the way to where it goes on."""
    try:
        is_over = step(job=job, imported=_import(job, import_id), chunk=chunk, now=now)
    except NotThereYetError as pause:
        words = f"Reading on to where it stopped: {pause.rows:,} rows passed by."
        advance_job(job, now=now, message=words)
        return Again({"import_id": import_id, "chunk": chunk})
    return None if is_over else Again({"import_id": import_id, "chunk": chunk + 1})


@job_step(importing.CHECK, cancelled=_check_cancelled, failed=_check_failed)
def check_file(
    *, job: Job, now: datetime, import_id: str, chunk: int = 0, **_from_newer_senders: object
) -> Again | None:
    """Check one chunk of a file."""
    return _stepped(checking.check_chunk, job=job, now=now, import_id=import_id, chunk=chunk)


@job_step(importing.LOAD, cancelled=_load_cancelled, failed=_load_failed)
def load_file(
    *, job: Job, now: datetime, import_id: str, chunk: int = 0, **_from_newer_senders: object
) -> Again | None:
    """Load one chunk of a file."""
    return _stepped(file_loading.load_chunk, job=job, now=now, import_id=import_id, chunk=chunk)


@job_step(importing.UNDO, cancelled=_undo_cancelled, failed=_undo_failed)
def undo_batch(
    *, job: Job, now: datetime, import_id: str, **_from_newer_senders: object
) -> Again | None:
    """Take back one chunk of what an import made."""
    is_over = undoing.undo_chunk(job=job, imported=_import(job, import_id), now=now)
    return None if is_over else Again({"import_id": import_id})


def _events_failed(tenant_id: UUID, arguments: dict[str, Any], error: str) -> None:  # noqa: ARG001 - of every give-up
    event_loading.give_up_loading(tenant_id=tenant_id, inbox_id=arguments["inbox_id"])


@effect(accepting.LOAD, give_up=_events_failed)
def load_events(
    *, tenant_id: UUID, now: datetime, inbox_id: str, **_from_newer_senders: object
) -> None:
    """Load one stored body of events."""
    event_loading.load_inbox(tenant_id=tenant_id, inbox_id=inbox_id, now=now)


@job_step(preparing.FETCH)
def fetch_delighted(
    *,
    job: Job,
    now: datetime,
    delighted_import_id: str,
    place: dict[str, Any] | None = None,
    **_from_newer_senders: object,
) -> Again | None:
    """Fetch one page of an account of Delighted."""
    rows = DelightedImport.objects.for_tenant(job.tenant_id).select_related(
        "tenant", "event_source__tenant"
    )
    row = rows.get(pk=delighted_import_id)
    at = Place(**place) if place else None
    after = fetching.fetch_page(job=job, row=row, place=at, now=now)
    if after is None:
        return None
    arguments = {"delighted_import_id": delighted_import_id, "place": asdict(after[0])}
    return Again(arguments, wait=after[1])


@job_step(trials.TRY)
def try_policy(
    *, job: Job, now: datetime, policy_trial_id: str, **_from_newer_senders: object
) -> None:
    """Replay the past with a change of the contact policy, or another distribution."""
    trials.run_trial(job=job, trial_id=UUID(policy_trial_id), now=now)


@effect(running.ASK)
def ask(
    *, tenant_id: UUID, now: datetime, after: dict[str, Any] | None = None, **_newer: object
) -> Again | None:
    """Look for people whom active distributions ask, a stretch of events a run."""
    return running.ask(tenant_id=tenant_id, now=now, after=after)


@effect(running.ASK_SEGMENT)
def ask_members(
    *, tenant_id: UUID, now: datetime, distribution_id: str, after: str, **_newer: object
) -> Again | None:
    """Plan whom of a segment a distribution asks, a stretch of members a run."""
    return running.ask_members(
        tenant_id=tenant_id, now=now, distribution_id=distribution_id, after=after
    )


@effect(running.ASK_LIST)
def ask_listed(*, tenant_id: UUID, now: datetime, list_id: str, **_newer: object) -> Again | None:
    """Plan whom of a list a distribution asks, a stretch of rows a run."""
    return lists.ask_stretch(tenant_id=tenant_id, now=now, list_id=list_id)


@effect(lists.FORGET_LIST)
def forget_listed(*, tenant_id: UUID, now: datetime, list_id: str, **_newer: object) -> None:  # noqa: ARG001 - of every effect
    """Forget a list that nobody has asked, or who of it was not asked."""
    lists.forget_list(tenant_id=tenant_id, list_id=list_id)


@effect(answer_files.FORGET_FILES)
def forget_answer_files(
    *,
    tenant_id: UUID,
    now: datetime,  # noqa: ARG001 - of every effect
    token_hash: str,
    **_newer: object,
) -> None:
    """Forget files that somebody sent and no answer has."""
    answer_files.forget_files(tenant_id=tenant_id, token_hash=token_hash)


@effect(running.SEND)
def send_due(*, tenant_id: UUID, now: datetime, **_newer: object) -> Again | None:
    """Send the invitations that are due, one a run."""
    return running.send_due(tenant_id=tenant_id, now=now)


@effect(text_keeping.READ)
def read_new_texts(
    *, tenant_id: UUID, now: datetime, **_from_newer_senders: object
) -> Again | None:
    """Read texts that nothing has read yet: language, sentiment, topics."""
    return Again({}) if text_reading.read_stretch(tenant_id=tenant_id, now=now) else None


@job_step(topics.APPLY)
def apply_topic(
    *,
    job: Job,
    now: datetime,
    topic_id: str,
    rule_id: str,
    after: str = "",
    **_from_newer_senders: object,
) -> Again | None:
    """Apply a topic's rule to a stretch of all texts."""
    # A rule that changes waits for this stretch; one that has changed is seen here.
    topics_of = Topic.objects.for_tenant(job.tenant_id).select_for_update(no_key=True)
    found = topics_of.get(pk=topic_id)
    last = topics.apply_stretch(
        job=job, topic=found, rule_id=rule_id, after=UUID(after) if after else None, now=now
    )
    again = {"topic_id": topic_id, "rule_id": rule_id, "after": str(last)}
    return Again(again) if last else None
