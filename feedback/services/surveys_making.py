"""Making surveys that we ask ourselves, and freezing what they ask."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Asked, Deed, Source
from cxm.kernel.operations.store import commit, read_state
from cxm.metrics.models import Metric
from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey, Tenant
from cxm.touchpoints.models import Channel, Touchpoint
from cxm.touchpoints.rules.keys import free_key, suggested_key
from feedback.errors import SurveyNotReadyError, SurveyTitleError
from feedback.models import Survey, SurveyDraft, SurveyQuestion, SurveyVersion
from feedback.rules.drafts import Registered, questionnaire_of
from feedback.rules.piping import filled
from feedback.rules.question_types import Stored
from feedback.rules.questionnaires import Scale, checksum, write_questionnaire
from feedback.rules.survey_checks import checked, errors_in, nameless_findings
from feedback.rules.survey_words import SurveyStatus, TextRole
from feedback.services.survey_store import SURVEYS
from personas.services.personas import actor_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cxm.kernel.operations.state import State
    from cxm.tenants.models import Membership
    from feedback.rules.questionnaires import Question, Questionnaire
    from feedback.rules.survey_checks import Finding

OWN = "wayfare"
LONGEST_TITLE, _ADDRESS_BYTES = 200, 12
LONGEST_NOTE, _KEPT_TITLE = 500, 500


@transaction.atomic
def create_survey(
    *,
    tenant: Tenant,
    title: str,
    by: Membership | ApiKey | None,
    now: datetime,
    purpose: Survey.Purpose = Survey.Purpose.TRANSACTIONAL,
    language: str = "en",
    source: Source = Source.UI,
) -> Survey:
    """Make a survey with an empty draft. Raises SurveyTitleError."""
    told = " ".join(title.split())
    if not 0 < len(told) <= LONGEST_TITLE:
        raise SurveyTitleError(LONGEST_TITLE)
    survey = Survey.objects.create(
        tenant=tenant,
        key=_new_key(tenant, told),
        title=told,
        purpose=purpose,
        source=OWN,
        status=SurveyStatus.DRAFT,
        owner=None if isinstance(by, ApiKey) else by,
        public_id=secrets.token_urlsafe(_ADDRESS_BYTES),
    )
    pk = new_id()
    values: dict[str, Any] = {"survey": str(survey.pk), "title": told, "language": language}
    asked = Asked(
        id=new_id(),
        batch=new_id(),
        op=Deed.CREATE,
        lineage=pk,
        kind="survey",
        value={"values": values},
    )
    commit(SURVEYS, Request(tenant, pk, actor_of(by), now, source), [asked])
    record(tenant=tenant, action="survey-made", by=by, about=survey)
    return survey


def draft_of(survey: Survey) -> SurveyDraft:
    """Give the draft of a survey that we ask ourselves. Raises SurveyDraft.DoesNotExist."""
    return SurveyDraft.objects.for_tenant(survey.tenant_id).get(survey=survey)


def questionnaire_now(survey: Survey, *, now: datetime) -> Questionnaire:
    """Read what the draft of *survey* asks at the moment."""
    draft = draft_of(survey)
    state = read_state(SURVEYS, Request(survey.tenant, draft.pk, actor_of(None), now))
    return read_draft(survey, state)


@transaction.atomic
def publish_survey(
    *, survey: Survey, by: Membership | ApiKey, now: datetime, note: str = ""
) -> SurveyVersion:
    """Freeze the draft as the next version, and ask it from now on.

    Nothing new is frozen where the last version says the same. Questions keep their keys: answers
    to one in any version are pooled. Raises SurveyNotReadyError.
    """
    rows = Survey.objects.for_tenant(survey.tenant_id).select_related("tenant", "head")
    fresh = rows.select_for_update(of=("self",)).get(pk=survey.pk)
    questionnaire = questionnaire_now(fresh, now=now)
    findings = findings_of(questionnaire, fresh.tenant)
    findings += nameless_findings(questionnaire, fresh.anonymity)
    if found := errors_in(findings):
        raise SurveyNotReadyError(found)
    version: SurveyVersion | None = fresh.head
    if version is None or version.checksum != checksum(write_questionnaire(questionnaire)):
        version = SurveyVersion(note=note[:LONGEST_NOTE], published_at=now)
        version.by = None if isinstance(by, ApiKey) else by
        _freeze(version, fresh, questionnaire)
        _keep_questions(fresh, questionnaire)
    fresh.head, fresh.status = version, SurveyStatus.LIVE
    fresh.save(update_fields=["head", "status"])
    record(tenant=fresh.tenant, action="survey-published", by=by, about=fresh)
    return version


def _freeze(version: SurveyVersion, survey: Survey, questionnaire: Questionnaire) -> None:
    """Save *version* as the next one of *survey*."""
    versions = SurveyVersion.objects.for_tenant(survey.tenant_id).filter(survey=survey)
    version.tenant, version.survey = survey.tenant, survey
    version.number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version.document = write_questionnaire(questionnaire)
    version.checksum = checksum(version.document)
    version.languages = list(questionnaire.languages)
    version.save(force_insert=True)


def findings_of(questionnaire: Questionnaire, tenant: Tenant) -> list[Finding]:
    """Check what a survey asks, with the scales of all figures of its workspace. One query."""
    rows = Metric.objects.for_tenant(tenant)
    scales = {one.key: Scale(one.scale_min, one.scale_max, one.scale_step) for one in rows}
    return checked(questionnaire, scales)


def _keep_questions(survey: Survey, questionnaire: Questionnaire) -> None:
    """Register the questions under their keys, for lists, numbers and exports."""
    tenant = survey.tenant
    metrics = dict(Metric.objects.for_tenant(tenant).values_list("key", "pk"))
    touchpoints = dict(Touchpoint.objects.for_tenant(tenant).values_list("key", "pk"))
    rows = [
        SurveyQuestion(
            tenant=tenant,
            survey=survey,
            key=key,
            text=text[:_KEPT_TITLE],
            kind=kind,
            metric_id=metrics.get(metric) if metric else None,
            touchpoint_id=touchpoints.get(touchpoint) if touchpoint else None,
            ord=place,
        )
        for place, (key, text, kind, metric, touchpoint) in enumerate(_registered(questionnaire))
    ]
    SurveyQuestion.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tenant", "survey", "key"],
        update_fields=["text", "kind", "metric", "touchpoint", "ord"],
    )


def _registered(
    questionnaire: Questionnaire,
) -> Iterator[tuple[str, str, str, str | None, str | None]]:
    """Give key, text, kind, figure and touchpoint of every question; of a table, of its rows."""
    for one in questionnaire.questions:
        text = filled(questionnaire.text(one.title, questionnaire.language), {}) or one.key
        if one.type.spec.stored is Stored.SCORES:
            for row in one.rows:
                title = questionnaire.text(row.title, questionnaire.language)
                yield (
                    f"{one.key}.{row.key}",
                    f"{text} {title}",
                    SurveyQuestion.Kind.SCORE,
                    row.metric or one.metric,
                    row.touchpoint or one.touchpoint,
                )
        elif one.type.spec.stored is not Stored.NOTHING:
            yield one.key, text, _kind(one), one.metric, one.touchpoint


def _kind(question: Question) -> str:
    if question.metric:
        return SurveyQuestion.Kind.SCORE
    is_text = question.type.value in ("short_text", "long_text")
    is_said = is_text and question.text_role is TextRole.VERBATIM
    return SurveyQuestion.Kind.TEXT if is_said else SurveyQuestion.Kind.OTHER


def read_draft(survey: Survey, state: State) -> Questionnaire:
    """Read what a draft asks, with the registries of its workspace. Three queries."""
    tenant = survey.tenant
    metrics = list(Metric.objects.for_tenant(tenant))
    return questionnaire_of(
        state,
        Registered(
            metrics={one.pk: one.key for one in metrics},
            scales={one.pk: Scale(one.scale_min, one.scale_max, one.scale_step) for one in metrics},
            touchpoints=dict(Touchpoint.objects.for_tenant(tenant).values_list("pk", "key")),
            channels=dict(Channel.objects.for_tenant(tenant).values_list("pk", "key")),
        ),
    )


def _new_key(tenant: Tenant, title: str) -> str:
    """Find a key that no survey has; others that make one wait until this one is there."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    wanted = suggested_key(title)[:50] or "survey"
    rows = Survey.objects.for_tenant(tenant).filter(key__startswith=wanted[:40])
    return free_key(wanted, set(rows.values_list("key", flat=True)))
