"""Every write to surveys that people make by hand; imports make the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.store import commit, read_state
from cxm.tenants.audit import record
from feedback.errors import AnonymitySetError
from feedback.models import Response, SurveyPass
from feedback.rules.survey_words import Anonymity
from feedback.services.survey_store import SURVEYS
from feedback.services.surveys_making import draft_of
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.tenants.models import ApiKey, Membership
    from feedback.models import Survey


@transaction.atomic
def change_survey(*, survey: Survey, by: Membership | ApiKey, **fields: Any) -> None:
    """Change columns of a survey that may be changed. The key stays for good."""
    changes = {}
    for name, value in fields.items():
        before = getattr(survey, name)
        if before != value:
            changes[name] = [_written(before), _written(value)]
            setattr(survey, name, value)
    if changes:
        survey.save(update_fields=list(changes))
        record(tenant=survey.tenant, action="survey-changed", by=by, about=survey, changes=changes)


@transaction.atomic
def change_settings(
    *,
    survey: Survey,
    by: Membership,
    now: datetime,
    columns: Mapping[str, Any],
    words: Mapping[str, Any],
) -> None:
    """Change *columns* of a survey that we ask, and *words* of its draft, as one change of it.

    Raises RefusedError for words that the draft cannot have, and AnonymitySetError where people
    who have answered would become better known, or worse hidden, than they were promised.
    """
    if not may_be_known_so(survey, columns):
        raise AnonymitySetError
    if columns.get("anonymity", survey.anonymity) != survey.anonymity:
        # Whoever has such a page open goes on as somebody whom nobody named.
        _merely_shown(survey).delete()
    change_survey(survey=survey, by=by, **columns)
    request = Request(survey.tenant, draft_of(survey).pk, actor_of(by), now)
    values = read_state(SURVEYS, request)[request.document].values
    batch = new_id()
    asked = [
        Asked(
            id=new_id(),
            batch=batch,
            op=Deed.SET,
            lineage=request.document,
            field=name,
            value=value,
        )
        for name, value in words.items()
        if values[name] != value
    ]
    if asked:
        commit(SURVEYS, request, asked)


def may_be_known_so(survey: Survey, columns: Mapping[str, Any]) -> bool:
    """Whether *columns* keep what people who have answered were promised. Two queries at most.

    Whom a site merely showed the survey has not answered.
    """
    ranks = [one.value for one in Anonymity]
    before, after = survey.anonymity, columns.get("anonymity", survey.anonymity)
    is_changed = before != after and Anonymity.ANONYMOUS in (before, after)
    is_less = columns.get("least_shown", survey.least_shown) < survey.least_shown
    is_lowered = ranks.index(after) < ranks.index(before)
    if not (is_lowered or is_changed or (is_less and after == Anonymity.ANONYMOUS)):
        return True
    of = survey.tenant_id
    begun = SurveyPass.objects.for_tenant(of).filter(survey=survey)
    begun = begun.exclude(pk__in=_merely_shown(survey).values("pk"))
    return not (begun.exists() or Response.objects.for_tenant(of).filter(survey=survey).exists())


def _merely_shown(survey: Survey) -> QuerySet[SurveyPass]:
    """Give the ways of people whom a site named, and who have sent nothing."""
    rows = SurveyPass.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    # The first page that somebody sends leads on to another, back to the first, or to the end.
    return rows.filter(customer__isnull=False, page="", finished_at__isnull=True)


def _written(value: Any) -> Any:
    """Give *value* as the audit log keeps it: rows by their names, times as ISO 8601."""
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@transaction.atomic
def archive_survey(
    *, survey: Survey, is_archived: bool, by: Membership | ApiKey, now: datetime
) -> None:
    """Take a survey off the list, or bring it back; its answers and numbers stay.

    Nothing happens, and nothing is written down, when it is there already.
    """
    if bool(survey.archived_at) == is_archived:
        return
    survey.archived_at = now if is_archived else None
    survey.save(update_fields=["archived_at"])
    action = "survey-archived" if is_archived else "survey-restored"
    record(tenant=survey.tenant, action=action, by=by, about=survey)
