"""A small world of customers in plain Python, and how it is written into the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cxm.customers.models import Company, CompanyMember, Customer, Interaction, Segment
from cxm.kernel.ids import new_id
from cxm.metrics.models import Metric
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Channel, Touchpoint
from feedback.models import Rating, Response, Survey
from tests import make

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.rules.segment_rule import Rule
    from cxm.tenants.models import Tenant

TODAY = make.NOW.date()
type Values = dict[str, Any]


@dataclass
class Person:
    """One row of customers; *root* is the position of its root, None for itself."""

    attributes: Values = field(default_factory=dict)
    root: int | None = None
    kind: str = "known"
    language: str = ""
    first_day: int | None = None
    last_day: int | None = None
    is_erased: bool = False


@dataclass
class Fact:
    """An interaction of the person at *who*; *day* counts days back."""

    who: int
    name: str = "order"
    kind: str = "event"
    day: int = 0
    amount: Decimal | None = None
    currency: str = ""
    touchpoint: str = ""
    channel: str = ""
    is_deleted: bool = False
    props: Values = field(default_factory=dict)


@dataclass
class Score:
    """A rating by the person at *who*; *day* counts days back."""

    who: int
    value: int
    metric: str = "nps"
    day: int = 0
    touchpoint: str = ""
    state: str = "counted"


@dataclass
class Firm:
    """A company and the positions of its people."""

    name: str
    attributes: Values
    who: list[int]


@dataclass
class World:
    """All there is; *merged* gives for a touchpoint or channel the one it is merged into."""

    people: list[Person] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    firms: list[Firm] = field(default_factory=list)
    segments: dict[str, Rule] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)

    def root(self, who: int) -> int:
        own = self.people[who].root
        return who if own is None else own

    def group(self, root: int) -> list[int]:
        return [who for who in range(len(self.people)) if self.root(who) == root]

    def target(self, key: str) -> str:
        return self.merged.get(key, key)


PLACES = ("checkout", "old-checkout", "support")
CHANNELS = ("web", "mail", "old-mail")
MERGED = {"old-checkout": "checkout", "old-mail": "mail"}


def plant(world: World, tenant: Tenant) -> list[UUID]:
    """Write the world into the tables; give the ids of the people by position."""
    ids = [new_id() for _ in world.people]
    with tenant_bound(tenant.pk):
        places = _registry(Touchpoint, PLACES, tenant)
        channels = _registry(Channel, CHANNELS, tenant)
        Customer.objects.bulk_create(
            Customer(
                pk=ids[who],
                tenant=tenant,
                root_id=ids[world.root(who)],
                kind=person.kind,
                language=person.language,
                attributes=person.attributes,
                first_seen_at=_moment(person.first_day),
                last_seen_at=_moment(person.last_day),
                erased_at=make.NOW if person.is_erased else None,
            )
            for who, person in sorted(
                enumerate(world.people), key=lambda one: one[1].root is not None
            )
        )
        Interaction.objects.bulk_create(
            _interaction(fact, ids, tenant, places, channels) for fact in world.facts
        )
        _plant_scores(world, ids, tenant, places)
        _plant_firms(world, ids, tenant)
    return ids


def _registry(model: Any, keys: tuple[str, ...], tenant: Tenant) -> dict[str, Any]:
    rows = {key: model(pk=new_id(), tenant=tenant, key=key, title=key.title()) for key in keys}
    model.objects.bulk_create(rows.values())
    for key, target in MERGED.items():
        if key in rows:
            model.objects.for_tenant(tenant).filter(key=key).update(merged_into=rows[target].pk)
    return rows


def _moment(day: int | None) -> datetime | None:
    return None if day is None else make.NOW - timedelta(days=day)


def _interaction(
    fact: Fact,
    ids: list[UUID],
    tenant: Tenant,
    places: dict[str, Any],
    channels: dict[str, Any],
) -> Interaction:
    at = make.NOW - timedelta(days=fact.day)
    return Interaction(
        tenant=tenant,
        customer_id=ids[fact.who],
        kind=fact.kind,
        name=fact.name,
        occurred_at=at,
        received_at=at,
        day=at.date(),
        amount=fact.amount,
        currency=fact.currency,
        touchpoint=places.get(fact.touchpoint),
        channel=channels.get(fact.channel),
        source="test",
        props=fact.props,
        deleted_at=make.NOW if fact.is_deleted else None,
    )


def _plant_scores(world: World, ids: list[UUID], tenant: Tenant, places: dict[str, Any]) -> None:
    survey = Survey.objects.create(tenant=tenant, key="world", title="World", source="test")
    metrics = {m.key: m for m in Metric.objects.for_tenant(tenant)}
    responses, ratings = [], []
    for score in world.scores:
        at = make.NOW - timedelta(days=score.day)
        common: dict[str, Any] = {"tenant": tenant, "survey": survey, "answered_at": at}
        response = Response(
            pk=new_id(), customer_id=ids[score.who], received_at=at, day=at.date(), **common
        )
        over = score.state in {"replaced", "deleted"}
        rating = Rating(
            response=response,
            metric=metrics[score.metric],
            question_key="q",
            value=score.value,
            touchpoint=places.get(score.touchpoint),
            day=at.date(),
            state=score.state,
            recorded_at=at,
            ended_at=at if over else None,
            **common,
        )
        responses.append(response)
        ratings.append(rating)
    Response.objects.bulk_create(responses)
    Rating.objects.bulk_create(ratings)


def _plant_firms(world: World, ids: list[UUID], tenant: Tenant) -> None:
    for number, firm in enumerate(world.firms):
        company = Company.objects.create(
            tenant=tenant,
            name=firm.name,
            external_id=str(number),
            attributes=firm.attributes,
            changed_at=make.NOW,
        )
        CompanyMember.objects.bulk_create(
            CompanyMember(tenant=tenant, company=company, customer_id=ids[who], since=make.NOW)
            for who in firm.who
        )


def saved_segment(tenant: Tenant, key: str) -> Segment:
    """Load a segment by its key, inside its tenant."""
    with tenant_bound(tenant.pk):
        return Segment.objects.for_tenant(tenant).select_related("tenant").get(key=key)
