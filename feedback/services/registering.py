"""Finding, and where allowed making, the registry rows that records name by key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.metrics.models import Metric
from cxm.touchpoints.models import Channel, Touchpoint, TouchpointAlias
from cxm.work.models import BatchChange
from feedback.adapters.scales import MetricScale
from feedback.models import Survey, SurveyQuestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from cxm.tenants.models import Tenant
    from cxm.work.models import Batch


@dataclass(frozen=True, slots=True)
class Named:
    """A channel or touchpoint that a mapping names; *channel* is a key, for touchpoints."""

    key: str
    title: str
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a mapping names; *metric* and *touchpoint* are keys."""

    key: str
    text: str
    kind: str
    metric: str | None = None
    touchpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that a mapping names: it is found, or made where it is absent.

    Without *survey_key* there is no survey in it.
    """

    survey_key: str = ""
    survey_title: str = ""
    source: str = ""
    channels: tuple[Named, ...] = ()
    touchpoints: tuple[Named, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Registry:
    """Ids by key, as the loader needs them.

    Facts keep the row they name, also where it is merged: reading follows the merge, so that it
    can be taken back.
    """

    surveys: Mapping[str, UUID]
    metrics: Mapping[str, UUID]
    touchpoints: Mapping[str, UUID]
    channels: Mapping[str, UUID]
    survey_titles: Mapping[str, str] = field(default_factory=dict)


def metric_scales(tenant: Tenant) -> dict[str, MetricScale]:
    """Give the scale of every metric of *tenant* by key. One query."""
    return {
        m.key: MetricScale(first=m.scale_min, last=m.scale_max, step=m.scale_step)
        for m in Metric.objects.for_tenant(tenant).live()
    }


def read_registry(tenant: Tenant) -> Registry:
    """Load the ids of everything a record can name. Five queries."""
    surveys = list(Survey.objects.for_tenant(tenant))
    touchpoints = _ids(Touchpoint.objects.for_tenant(tenant))
    for alias in TouchpointAlias.objects.for_tenant(tenant).filter(source=""):
        touchpoints.setdefault(alias.name, alias.touchpoint_id)
    return Registry(
        surveys={survey.key: survey.pk for survey in surveys},
        metrics={m.key: m.pk for m in Metric.objects.for_tenant(tenant)},
        touchpoints=touchpoints,
        channels=_ids(Channel.objects.for_tenant(tenant)),
        survey_titles={survey.key: survey.title for survey in surveys},
    )


def missing(tenant: Tenant, wanted: Wanted) -> dict[str, list[str]]:
    """Say what `register` would make: titles by `surveys`, `channels`, `touchpoints`."""
    registry = read_registry(tenant)
    is_absent = bool(wanted.survey_key) and wanted.survey_key not in registry.surveys
    surveys = [wanted.survey_title] if is_absent else []
    return {
        "surveys": surveys,
        "channels": [c.title for c in wanted.channels if c.key not in registry.channels],
        "touchpoints": [t.title for t in wanted.touchpoints if t.key not in registry.touchpoints],
    }


def register(*, tenant: Tenant, wanted: Wanted, batch: Batch) -> None:
    """Make what *wanted* names and the tenant lacks; what was made is noted in *batch*.

    Safe beside others who make the same rows at the same time.
    """
    absent = read_registry(tenant)
    channels = [
        Channel(tenant=tenant, key=c.key, title=c.title)
        for c in wanted.channels
        if c.key not in absent.channels
    ]
    _make(batch, channels)
    channel_ids = read_registry(tenant).channels
    touchpoints = [
        Touchpoint(
            tenant=tenant,
            key=t.key,
            title=t.title,
            channel_id=channel_ids.get(t.channel) if t.channel else None,
        )
        for t in wanted.touchpoints
        if t.key not in absent.touchpoints
    ]
    _make(batch, touchpoints)
    if not wanted.survey_key:
        return
    if wanted.survey_key not in absent.surveys:
        survey = Survey(
            tenant=tenant,
            key=wanted.survey_key,
            title=wanted.survey_title,
            source=wanted.source,
        )
        _make(batch, [survey])
    _register_questions(tenant, wanted, batch)


def _register_questions(tenant: Tenant, wanted: Wanted, batch: Batch) -> None:
    registry = read_registry(tenant)
    survey_id = registry.surveys[wanted.survey_key]
    known = set(
        SurveyQuestion.objects.for_tenant(tenant)
        .filter(survey=survey_id)
        .values_list("key", flat=True)
    )
    questions = [
        SurveyQuestion(
            tenant=tenant,
            survey_id=survey_id,
            key=q.key,
            text=q.text,
            kind=q.kind,
            metric_id=registry.metrics.get(q.metric) if q.metric else None,
            touchpoint_id=registry.touchpoints.get(q.touchpoint) if q.touchpoint else None,
            ord=place,
        )
        for place, q in enumerate(wanted.questions)
        if q.key not in known
    ]
    _make(batch, questions)


def _make[R: (Channel, Touchpoint, Survey, SurveyQuestion)](batch: Batch, rows: list[R]) -> None:
    if not rows:
        return
    model = type(rows[0])
    model.objects.bulk_create(rows, ignore_conflicts=True)
    stored = model.objects.for_tenant(batch.tenant_id).filter(pk__in=[row.pk for row in rows])
    BatchChange.objects.bulk_create(
        BatchChange(
            tenant_id=batch.tenant_id, batch=batch, table=model._meta.db_table, row_id=row.pk
        )
        for row in stored
    )


def _ids(rows: Iterable[Channel | Touchpoint]) -> dict[str, UUID]:
    return {row.key: row.pk for row in rows}
