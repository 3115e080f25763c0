"""Taking answers out of the numbers and bringing them back; the rollups follow by triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Case, Max, Value, When

from cxm.customers.models import Interaction
from cxm.tenants.audit import record
from feedback.errors import (
    NothingToHoldError,
    NothingToReleaseError,
    ResponseDeletedError,
    ResponseNotDeletedError,
)
from feedback.models import Rating, Response
from feedback.services.news import DELETED, HELD, UPDATED, tell_of_response

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import ApiKey, Membership
    from cxm.tenants.querysets import TenantQuerySet

BY_HAND = "manual"


@transaction.atomic
def hold_response(
    *,
    response: Response,
    reason: str,
    by: Membership | ApiKey,
    now: datetime,
    ratings: Collection[UUID] | None = None,
) -> int:
    """Hold the scores of a response back from all numbers; they stay visible. Gives how many.

    *ratings* (ids) names some of its scores, None means all. *reason* is told in the audit and
    on the response. Raises ResponseDeletedError, and NothingToHoldError when none is counted.
    """
    _require_present(response)
    wanted = _ratings(response, ratings).filter(state=Rating.State.COUNTED)
    held = wanted.update(state=Rating.State.QUARANTINED, reason=BY_HAND)
    if not held:
        raise NothingToHoldError
    _record("response-held", response, by, reason=reason, scores=held)
    tell_of_response(HELD, response, now=now, held=held)
    return held


@transaction.atomic
def release_response(
    *, response: Response, by: Membership | ApiKey, ratings: Collection[UUID] | None = None
) -> int:
    """Let scores that were held back count again, all of a response or *ratings* (ids).

    Gives how many. Raises ResponseDeletedError, and NothingToReleaseError when none is held back.
    """
    _require_present(response)
    wanted = _ratings(response, ratings).filter(state=Rating.State.QUARANTINED)
    released = wanted.update(state=Rating.State.COUNTED, reason="")
    if not released:
        raise NothingToReleaseError
    _record("response-released", response, by, scores=released)
    return released


@transaction.atomic
def delete_response(
    *, response: Response, by: Membership | ApiKey, now: datetime, reason: str = ""
) -> None:
    """Take a response out of every list, timeline and number; `restore_response` undoes it.

    Raises ResponseDeletedError when somebody was faster.
    """
    _change_state(response, Response.State.DELETED, or_raise=ResponseDeletedError)
    current = _ratings(response).filter(ended_at=None)
    ended = current.update(state=Rating.State.DELETED, ended_at=now)
    _mark_interaction(response, deleted_at=now)
    _record("response-deleted", response, by, reason=reason, scores=ended)
    tell_of_response(DELETED, response, now=now)


@transaction.atomic
def restore_response(*, response: Response, by: Membership | ApiKey, now: datetime) -> None:
    """Bring a deleted response back as it was: scores that were held back are so again.

    Raises ResponseNotDeletedError.
    """
    is_partial = response.version_id and response.finished_at is None
    state = Response.State.PARTIAL if is_partial else Response.State.COMPLETE
    _change_state(response, state, or_raise=ResponseNotDeletedError)
    deleted = _ratings(response).filter(state=Rating.State.DELETED)
    last = deleted.aggregate(at=Max("ended_at"))["at"]
    before = Case(
        When(reason="", then=Value(Rating.State.COUNTED)),
        default=Value(Rating.State.QUARANTINED),
    )
    restored = deleted.filter(ended_at=last).update(state=before, ended_at=None)
    _mark_interaction(response, deleted_at=None)
    _record("response-restored", response, by, scores=restored)
    tell_of_response(UPDATED, response, now=now)


def _ratings(response: Response, ids: Collection[UUID] | None = None) -> TenantQuerySet[Rating]:
    rows = Rating.objects.for_tenant(response.tenant_id).filter(response=response)
    return rows if ids is None else rows.filter(pk__in=ids)


def _require_present(response: Response) -> None:
    """Lock the row, so that nobody deletes it meanwhile; raises ResponseDeletedError."""
    rows = Response.objects.for_tenant(response.tenant_id).select_for_update(of=("self",))
    if rows.get(pk=response.pk).state == Response.State.DELETED:
        raise ResponseDeletedError


def _change_state(
    response: Response,
    state: Response.State,
    *,
    or_raise: type[ResponseDeletedError | ResponseNotDeletedError],
) -> None:
    rows = Response.objects.for_tenant(response.tenant_id).filter(pk=response.pk)
    if not rows.exclude(state=state).update(state=state):
        raise or_raise
    response.state = state


def _mark_interaction(response: Response, *, deleted_at: datetime | None) -> None:
    if response.interaction_id:
        rows = Interaction.objects.for_tenant(response.tenant_id)
        rows.filter(pk=response.interaction_id).update(deleted_at=deleted_at)


def _record(action: str, response: Response, by: Membership | ApiKey, **changes: object) -> None:
    kept = {name: value for name, value in changes.items() if value != ""}
    record(tenant=response.tenant, action=action, by=by, about=response, changes=kept)
