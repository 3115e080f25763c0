"""What a survey can refer to in the registries: figures, touchpoints, channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cxm.customers.models import AttributeDef
from cxm.metrics.models import Metric
from cxm.tenants.rules import Right, may
from cxm.tenants.selectors import members
from cxm.touchpoints.models import Channel, Touchpoint
from feedback.models import SurveyTheme
from feedback.rules.question_types import QuestionType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant
    from feedback.models import Survey

type Choices = list[tuple[str, str]]
MOST_ATTRIBUTES = 200
_LIKED = {QuestionType.RATING: "rating", QuestionType.MATRIX: "csat"}


def fitting_metrics(tenant: Tenant, sort: QuestionType) -> list[Metric]:
    """List the figures that questions of a type can be about, the best first. One query.

    The best is of the type's own kind, and has the most points.
    """
    liked = _LIKED.get(sort, sort.value)
    rows: Iterable[Metric] = Metric.objects.for_tenant(tenant).filter(
        archived_at=None, kind__in=sort.spec.kinds
    )
    if sort is QuestionType.YES_NO:
        rows = [one for one in rows if _points(one) == 2]  # noqa: PLR2004 - yes and no
    return sorted(rows, key=lambda one: (one.kind != liked, -_points(one), one.ord, one.key))


def metric_choices(tenant: Tenant, sort: QuestionType, chosen: Collection[UUID]) -> Choices:
    """List the figures for a question of a type, none first, with those *chosen*."""
    found = fitting_metrics(tenant, sort)
    if more := set(chosen) - {one.pk for one in found}:
        found += Metric.objects.for_tenant(tenant).filter(pk__in=more).order_by("ord", "key")
    named = [(str(one.pk), f"{one.title} ({one.scale_min} to {one.scale_max})") for one in found]
    return [("", "No figure"), *named]


def touchpoint_choices(tenant: Tenant, chosen: Collection[UUID]) -> Choices:
    """List the touchpoints in use, and those *chosen*; none first. One query."""
    return [("", "No touchpoint"), *_titled(Touchpoint, tenant, chosen)]


def channel_choices(tenant: Tenant, chosen: Collection[UUID]) -> Choices:
    """List the channels in use, and those *chosen*; none first. One query."""
    return [("", "No channel"), *_titled(Channel, tenant, chosen)]


def attribute_choices(tenant: Tenant) -> list[tuple[str, str, str]]:
    """List the attributes of customers that rules can look at: key, title and type. One query.

    Those that nobody described yet are left out, and those that are specially protected.
    """
    rows = AttributeDef.objects.for_tenant(tenant).filter(scope=AttributeDef.Scope.CUSTOMER)
    rows = rows.exclude(type=AttributeDef.Type.UNMAPPED)
    rows = rows.exclude(personal=AttributeDef.Personal.SPECIAL).order_by("title", "key")
    return list(rows.values_list("key", "title", "type")[:MOST_ATTRIBUTES])


def _titled(model: Any, tenant: Tenant, chosen: Collection[UUID]) -> Choices:
    rows = model.objects.for_tenant(tenant).filter(Q(archived_at=None) | Q(pk__in=chosen))
    named = rows.order_by("title", "pk").values_list("pk", "title")
    return [(str(pk), title) for pk, title in named]


def _points(metric: Metric) -> int:
    return (metric.scale_max - metric.scale_min) // metric.scale_step + 1


def settings_rows(survey: Survey, reader: Membership) -> dict[str, list[Any]]:
    """List the rows that the settings of a survey can name, with those that they name, by column.

    Who may not see the members finds themselves and the owner only. At most four queries.
    """
    tenant = survey.tenant
    people = {one.pk: one for one in (survey.owner, reader) if one}
    if may(reader.role, Right.SEE_PEOPLE):
        people |= {one.pk: one for one in members(tenant).filter(is_active=True)}
    found: dict[str, list[Any]] = {
        name: list(
            model.objects.for_tenant(tenant)
            .filter(Q(archived_at=None) | Q(pk=chosen))
            .order_by("title", "pk")
        )
        for name, model, chosen in (
            ("touchpoint", Touchpoint, survey.touchpoint_id),
            ("channel", Channel, survey.channel_id),
            ("theme", SurveyTheme, survey.theme_id),
        )
    }
    found["owner"] = sorted(people.values(), key=lambda one: (one.user.name_or_address(), one.pk))
    return found
