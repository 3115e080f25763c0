"""Every write to surveys that people make by hand; imports make the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.tenants.audit import record

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import ApiKey, Membership
    from feedback.models import Survey


@transaction.atomic
def change_survey(*, survey: Survey, by: Membership | ApiKey, **fields: Any) -> None:
    """Change what may be changed of a survey: `title` and `purpose`. The key stays for good."""
    changes = {}
    for name, value in fields.items():
        before = getattr(survey, name)
        if before != value:
            changes[name] = [before, value]
            setattr(survey, name, value)
    if changes:
        survey.save(update_fields=list(changes))
        record(tenant=survey.tenant, action="survey-changed", by=by, about=survey, changes=changes)


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
