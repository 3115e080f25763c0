"""What happened in the days of a figure: what was written down, and what Wayfare noticed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse

from analytics.models import Annotation
from analytics.rules.annotations import AnnotationKind, HappeningKind
from cxm.metrics.models import MetricVersion
from cxm.metrics.rules.days import day_start, local_date
from feedback.models import ContactRule, Import, SurveyVersion
from feedback.rules.distribution.words import RuleKind
from journeys.models import JourneyMap
from journeys.selectors.journeys import journeys_open_to

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.metrics.models import Metric
    from cxm.tenants.models import Membership, Tenant

MOST_HAPPENINGS = 40


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened on *day*, or from then to *last_on*.

    *url* leads to more, "" for nowhere; *annotation_id* is that of what somebody wrote down.
    """

    day: date
    kind: str
    title: str
    text: str = ""
    url: str = ""
    last_on: date | None = None
    annotation_id: UUID | None = None
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """The newest happenings of some days, the newest first; *left_out* counts the others."""

    shown: tuple[Happening, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Days:
    """The days that are asked about, *end_on* exclusive, None for open ends, in *zone*."""

    start_on: date | None
    end_on: date | None
    zone: ZoneInfo

    def of_moments(self, name: str) -> Q:
        """Give the condition that the moment *name* lies on one of the days."""
        wanted = Q(**{f"{name}__isnull": False})
        if self.start_on:
            wanted &= Q(**{f"{name}__gte": day_start(self.start_on, self.zone)})
        if self.end_on:
            wanted &= Q(**{f"{name}__lt": day_start(self.end_on, self.zone)})
        return wanted

    def holds(self, moment: datetime) -> bool:
        """Say whether a moment lies on one of the days."""
        day = self.day_of(moment)
        is_begun = self.start_on is None or day >= self.start_on
        return is_begun and (self.end_on is None or day < self.end_on)

    def day_of(self, moment: datetime) -> date:
        """Give the day of a moment."""
        return local_date(moment, self.zone)


def annotations_of(tenant: Tenant) -> QuerySet[Annotation]:
    """List what was written down, the newest day first."""
    rows = Annotation.objects.for_tenant(tenant).select_related("tenant", "metric", "by__user")
    return rows.order_by("-day", "-pk")


def happened(
    tenant: Tenant,
    reader: Membership | None,
    *,
    start_on: date | None,
    end_on: date | None,
    metric: Metric | None = None,
) -> Happened:
    """Gather what happened from *start_on* until before *end_on*, None for open ends.

    With *metric* what is about another metric is left out. Of journeys only those that *reader*
    may open count. Five queries, six for a metric.
    """
    days = Days(start_on, end_on, ZoneInfo(tenant.time_zone))
    found = [
        *_annotations(tenant, days, metric),
        *_maps(tenant, reader, days),
        *_surveys(tenant, days),
        *_policy(tenant, days),
        *_imports(tenant, days),
        *(_definitions(tenant, metric, days) if metric else ()),
    ]
    found.sort(key=lambda one: (one.day, one.kind, one.title), reverse=True)
    return Happened(tuple(found[:MOST_HAPPENINGS]), max(0, len(found) - MOST_HAPPENINGS))


def _annotations(tenant: Tenant, days: Days, metric: Metric | None) -> Iterator[Happening]:
    rows = annotations_of(tenant)
    if metric:
        rows = rows.filter(Q(metric=None) | Q(metric=metric))
    if days.start_on:
        rows = rows.filter(Q(day__gte=days.start_on) | Q(last_on__gte=days.start_on))
    if days.end_on:
        rows = rows.filter(day__lt=days.end_on)
    for row in rows[: MOST_HAPPENINGS + 1]:
        yield Happening(
            day=row.day,
            kind=AnnotationKind(row.kind).label,
            title=row.title,
            text=row.text,
            url=row.link,
            last_on=row.last_on,
            annotation_id=row.pk,
            is_outside=True,
        )


def _maps(tenant: Tenant, reader: Membership | None, days: Days) -> Iterator[Happening]:
    rows = JourneyMap.objects.for_tenant(tenant).filter(
        days.of_moments("published_at"), journey__in=journeys_open_to(tenant, reader).values("pk")
    )
    named = rows.select_related("journey").order_by("-published_at", "-pk")
    for row in named[: MOST_HAPPENINGS + 1]:
        yield Happening(
            day=days.day_of(_moment(row.published_at)),
            kind=HappeningKind.MAP.value,
            title=f"{row.journey.title}: {row.name}",
            text=row.published_note,
            url=reverse("journeys:map-page", args=[tenant.slug, row.pk]),
        )


def _surveys(tenant: Tenant, days: Days) -> Iterator[Happening]:
    rows = SurveyVersion.objects.for_tenant(tenant).filter(days.of_moments("published_at"))
    named = rows.select_related("survey").order_by("-published_at", "-pk")
    for row in named[: MOST_HAPPENINGS + 1]:
        yield Happening(
            day=days.day_of(row.published_at),
            kind=HappeningKind.SURVEY.value,
            title=f"{row.survey.title}: version {row.number}",
            text=row.note,
        )


def _policy(tenant: Tenant, days: Days) -> Iterator[Happening]:
    """Tell when rules of the contact policy came and went; one in the place of another changed."""
    wanted = days.of_moments("created_at") | days.of_moments("ended_at")
    rows = ContactRule.objects.for_tenant(tenant).filter(wanted).order_by("-created_at", "-pk")
    rules = list(rows[: MOST_HAPPENINGS + 1])
    made, ended = {row.created_at for row in rules}, {row.ended_at for row in rules}
    for row in rules:
        came = "A rule was changed" if row.created_at in ended else "A rule was added"
        moments = [(row.created_at, came)]
        if row.ended_at and row.ended_at not in made:
            moments.append((row.ended_at, "A rule was ended"))
        for at, words in moments:
            if days.holds(at):
                yield Happening(
                    day=days.day_of(at),
                    kind=HappeningKind.POLICY.value,
                    title=f"{words}: {RuleKind(row.kind).words}",
                )


def _imports(tenant: Tenant, days: Days) -> Iterator[Happening]:
    rows = Import.objects.for_tenant(tenant).filter(
        days.of_moments("batch__finished_at"), batch__state="done"
    )
    named = rows.select_related("batch").order_by("-batch__finished_at", "-pk")
    for row in named[: MOST_HAPPENINGS + 1]:
        yield Happening(
            day=days.day_of(_moment(row.batch.finished_at if row.batch else None)),
            kind=HappeningKind.IMPORT.value,
            title=row.file_name,
            text="Answers of earlier days may have come with it.",
        )


def _definitions(tenant: Tenant, metric: Metric, days: Days) -> Iterator[Happening]:
    rows = MetricVersion.objects.for_tenant(tenant).filter(
        days.of_moments("from_at"), metric=metric, number__gt=1
    )
    for row in rows.order_by("-number")[: MOST_HAPPENINGS + 1]:
        yield Happening(
            day=days.day_of(row.from_at),
            kind=HappeningKind.METRIC.value,
            title=f"{metric.title}: version {row.number} of what it means",
            text="All history is read by it.",
        )


def _moment(at: datetime | None) -> datetime:
    assert at is not None  # noqa: S101 - the query asked for it
    return at
