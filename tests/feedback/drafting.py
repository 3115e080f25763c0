"""Surveys of our own for tests, written as people write them: by operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed
from cxm.kernel.operations.store import commit
from cxm.metrics.models import Metric
from feedback.services.survey_store import SURVEYS
from feedback.services.surveys_making import create_survey, draft_of, publish_survey
from personas.services.personas import actor_of
from tests.make import NOW

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from feedback.models import Survey


def survey_of(member: Membership, title: str = "How was it?") -> Survey:
    """Make a survey without questions."""
    return create_survey(tenant=member.tenant, title=title, by=member, now=NOW)


def add(
    survey: Survey, kind: str, *, by: Membership, parent: UUID | None = None, **values: Any
) -> UUID:
    """Add a part to the draft of *survey*, below its root if no *parent* is named."""
    draft = draft_of(survey)
    pk = new_id()
    asked = Asked(
        id=new_id(),
        batch=new_id(),
        op=Deed.CREATE,
        lineage=pk,
        kind=kind,
        value={"values": values, "parent": str(parent or draft.pk)},
    )
    commit(SURVEYS, Request(survey.tenant, draft.pk, actor_of(by), NOW), [asked])
    return pk


def put(survey: Survey, field: str, value: Any, *, by: Membership) -> None:
    """Set a field of the draft of *survey* itself."""
    draft = draft_of(survey)
    asked = Asked(
        id=new_id(),
        batch=new_id(),
        op=Deed.SET,
        lineage=draft.pk,
        field=field,
        value=value,
    )
    commit(SURVEYS, Request(survey.tenant, draft.pk, actor_of(by), NOW), [asked])


def add_question(survey: Survey, key: str, sort: str, *, by: Membership, **values: Any) -> UUID:
    """Add a question; *metric* may be a key."""
    if "metric" in values:
        metric = Metric.objects.for_tenant(survey.tenant_id).get(key=values["metric"])
        values["metric"] = str(metric.pk)
    return add(survey, "question", by=by, **{"key": key, "type": sort, "title": key, **values})


def asked_survey(member: Membership) -> Survey:
    """Make and publish a survey: how likely to recommend, why, and which of three."""
    survey = survey_of(member)
    add_question(survey, "nps", "nps", by=member, metric="nps", title="Would you recommend us?")
    add_question(survey, "why", "long_text", by=member, title="Why?")
    pick = add_question(survey, "used", "single", by=member, title="What did you use?")
    for key in ("app", "shop", "phone"):
        add(survey, "choice", by=member, parent=pick, key=key, title=key.title())
    publish_survey(survey=survey, by=member, now=NOW)
    survey.refresh_from_db()
    return survey
