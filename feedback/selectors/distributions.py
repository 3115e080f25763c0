"""Distributions and their invitations, counted: who was asked, who answered, who was not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncWeek

from cxm.customers.models import Suppression
from cxm.metrics.rules.intervals import wilson
from feedback.models import Distribution, Invitation, InvitationEvent, Rating
from feedback.rules.distribution.words import ARRIVED, DistributionState, InvitationState, Reason
from feedback.rules.survey_words import Anonymity, SurveyStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant
    from feedback.models import Survey

MOST_WEEKS = 26
# To an anonymous survey an invitation only tells that it was used: nothing leads to the scores.
_IS_ANSWERED = Q(is_scored=True) | Q(
    state=InvitationState.COMPLETE, survey__anonymity=Anonymity.ANONYMOUS
)


@dataclass(frozen=True, slots=True)
class Rate:
    """A response rate: *answered* of *delivered*, in percent with its 95 % Wilson interval.

    Answered is an invitation with at least one score (metrics, section 9); where the day of the
    invitation counts, late answers raise the rate of old weeks. To an anonymous survey it is one
    that was used. *waiting* may still answer.
    """

    delivered: int
    answered: int
    waiting: int

    @property
    def value(self) -> float | None:
        """Give percent; None where nothing was delivered."""
        return 100 * self.answered / self.delivered if self.delivered else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Give both ends in percent; None where nothing was delivered."""
        if not self.delivered:
            return None
        found = wilson(self.answered / self.delivered, self.delivered)
        return (found.low, found.high)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The invitations of one week, by the day they were due."""

    week: date
    asked: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class Standing:
    """How the invitations of a distribution stand."""

    planned: int
    queued: int
    not_asked: int
    rate: Rate


def distributions_of(tenant: Tenant, survey: Survey | None = None) -> QuerySet[Distribution]:
    """List distributions, the newest first, of one survey or of all."""
    rows = Distribution.objects.for_tenant(tenant).select_related("survey", "segment")
    rows = rows.filter(survey=survey) if survey else rows
    return rows.order_by("-created_at", "-pk")


def asking_distributions(tenant: Tenant) -> QuerySet[Distribution]:
    """List the distributions that ask now, of surveys that take answers, by title."""
    rows = distributions_of(tenant).select_related("survey", "tenant")
    rows = rows.filter(state=DistributionState.ACTIVE, survey__status=SurveyStatus.LIVE)
    return rows.order_by("survey__title", "title", "pk")


def standings_of(tenant: Tenant, distributions: Iterable[Distribution]) -> dict[UUID, Standing]:
    """Count the invitations of distributions. One query."""
    rows = Invitation.objects.for_tenant(tenant).filter(distribution__in=list(distributions))
    counted = (
        rows.annotate(is_scored=_is_scored(tenant))
        .values_list("distribution", "state")
        .annotate(n=Count("pk"), answered=Count("pk", filter=_IS_ANSWERED))
    )
    by_row: dict[UUID, list[tuple[str, int, int]]] = {}
    for pk, state, n, answered in counted:
        by_row.setdefault(pk, []).append((state, n, answered))
    return {one.pk: _standing(by_row.get(one.pk, [])) for one in distributions}


def cohorts_of(distribution: Distribution) -> list[Cohort]:
    """Count the last MOST_WEEKS weeks by the week in which invitations were due. One query."""
    zone = ZoneInfo(distribution.tenant.time_zone)
    rows = Invitation.objects.for_tenant(distribution.tenant_id).filter(distribution=distribution)
    counted = (
        rows.annotate(
            week=TruncWeek("due_at", tzinfo=zone), is_scored=_is_scored(distribution.tenant)
        )
        .values_list("week", "state")
        .annotate(n=Count("pk"), answered=Count("pk", filter=_IS_ANSWERED))
        .order_by("-week")
    )
    weeks: dict[date, list[tuple[str, int, int]]] = {}
    for week, state, n, answered in counted:
        weeks.setdefault(week.date(), []).append((state, n, answered))
    return [
        Cohort(week, standing.planned - standing.not_asked, standing.rate)
        for week, standing in (
            (week, _standing(states)) for week, states in list(weeks.items())[:MOST_WEEKS]
        )
    ]


def rates_between(tenant: Tenant, start_at: datetime, end_at: datetime) -> dict[str, Rate]:
    """Count the response rate of each survey, by key, of the invitations due in a time. One query.

    *end_at* is exclusive.
    """
    rows = Invitation.objects.for_tenant(tenant).filter(due_at__gte=start_at, due_at__lt=end_at)
    counted = (
        rows.annotate(is_scored=_is_scored(tenant))
        .values_list("survey__key", "state")
        .annotate(n=Count("pk"), answered=Count("pk", filter=_IS_ANSWERED))
    )
    surveys: dict[str, list[tuple[str, int, int]]] = {}
    for key, state, n, answered in counted:
        surveys.setdefault(key, []).append((state, n, answered))
    return {key: _standing(states).rate for key, states in surveys.items()}


def reasons_of(distribution: Distribution) -> list[tuple[Reason, int]]:
    """Count why people were not asked, the most frequent first. One query."""
    rows = Invitation.objects.for_tenant(distribution.tenant_id).filter(distribution=distribution)
    counted = rows.exclude(reason="").values_list("reason").annotate(n=Count("pk"))
    found = Counter({Reason(reason): n for reason, n in counted})
    return found.most_common()


def invitations_of(distribution: Distribution, state: str = "") -> QuerySet[Invitation]:
    """List invitations, the latest first, of one state or of all."""
    rows = Invitation.objects.for_tenant(distribution.tenant_id).filter(distribution=distribution)
    rows = rows.filter(state=state) if state else rows
    return rows.select_related("customer__root", "response").order_by("-due_at", "-pk")


def invitations_planned(
    tenant: Tenant,
    *,
    distribution: UUID | None = None,
    customer: UUID | None = None,
    state: str = "",
    reason: str = "",
) -> QuerySet[Invitation]:
    """List invitations of all distributions, the latest due first; what is empty is not asked.

    *customer* is the person as they are shown now.
    """
    asked = {
        "distribution": distribution,
        "customer__root": customer,
        "state": state,
        "reason": reason,
    }
    rows = Invitation.objects.for_tenant(tenant).filter(
        **{name: value for name, value in asked.items() if value}
    )
    return rows.select_related("customer", "survey").order_by("-due_at", "-pk")


def history_of(invitation: Invitation) -> QuerySet[InvitationEvent]:
    """List what happened to an invitation, in order."""
    rows = InvitationEvent.objects.for_tenant(invitation.tenant_id).filter(invitation=invitation)
    return rows.order_by("at", "created_at", "pk")


def asked_of_customer(tenant: Tenant, root_id: UUID, most: int = 10) -> Sequence[Invitation]:
    """Give the latest invitations of one person, sent or not, with the reason. One query."""
    rows = Invitation.objects.for_tenant(tenant).filter(customer__root=root_id)
    rows = rows.select_related("survey", "rule", "distribution")
    return list(rows.order_by("-due_at", "-pk")[:most])


def suppressions_counted(tenant: Tenant) -> list[tuple[str, int]]:
    """Count the addresses that are written to no more, by reason. One query."""
    rows = Suppression.objects.for_tenant(tenant).values_list("reason")
    return sorted(rows.annotate(n=Count("pk")).order_by("reason"))


def _is_scored(tenant: Tenant) -> Exists:
    scores = Rating.objects.for_tenant(tenant).counted()
    return Exists(scores.filter(response=OuterRef("response")))


def _standing(states: list[tuple[str, int, int]]) -> Standing:
    """Put counts of states (state, number, answered) together."""
    of = {InvitationState(state): (n, answered) for state, n, answered in states}
    delivered = sum(n for state, (n, _) in of.items() if state in ARRIVED)
    answered = sum(answered for state, (_, answered) in of.items() if state in ARRIVED)
    not_asked = sum(
        of.get(state, (0, 0))[0]
        for state in (
            InvitationState.SUPPRESSED,
            InvitationState.CANCELLED,
            InvitationState.FAILED,
        )
    )
    open_ones = (InvitationState.SENT, InvitationState.DELIVERED, InvitationState.OPENED)
    waiting = sum(of.get(state, (0, 0))[0] for state in open_ones)
    return Standing(
        planned=sum(n for n, _ in of.values()),
        queued=of.get(InvitationState.QUEUED, (0, 0))[0],
        not_asked=not_asked,
        rate=Rate(delivered, answered, waiting),
    )
