"""A map with something of everything that goes into files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cxm.kernel.ids import new_id
from cxm.kernel.operations.store import commit
from cxm.tenants.binding import tenant_bound
from journeys.models import Insight
from journeys.services.library_stores import INSIGHTS
from tests import make
from tests.collaboration.files import stored
from tests.journeys import charting as m
from tests.personas import editing
from tests.personas.mapping import stakeholder

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.records import Asked
    from cxm.tenants.models import Membership

# Something that is told of each lane of the map.
TOLD = (
    "Hand over", "Get the money", "Hand over 1", "Get the money 1", "Moment of truth",
    "I look for the slip", "The whole time", "Keep the slip safe", "Parcel counter", "Telephone",
    "Accountable", "Courier", "3 days", "The receipt", "https://shop.example/returns",
    "Nobody says when", "Pain", "About the counter", "Line of visibility", "Branch", "Box is lost",
    "To step 3", "=1+1", "Frontstage", "Busy Bea", "Queue of people", "So slow",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Full:
    """What `full_map` made: the map, its stages, steps and lanes by what they are called."""

    pk: UUID
    stages: tuple[UUID, UUID]
    steps: tuple[UUID, UUID, UUID]
    lanes: dict[str, UUID]


def url(member: Membership, name: str, *args: object) -> str:
    return reverse(f"journeys:{name}", args=[member.tenant.slug, *args])


def insight(member: Membership, title: str, kind: str = "pain", **more: Any) -> UUID:
    pk = new_id()
    values = {"key": f"i-{pk.hex[-12:]}", "title": title, "kind": kind, **more}
    with tenant_bound(member.tenant_id):
        commit(INSIGHTS, m.request(member, pk), [m.create(pk, "insight", values)])
        assert Insight.objects.for_tenant(member.tenant).filter(pk=pk).exists()
    return pk


def full_map(member: Membership, journey: UUID | None = None) -> Full:
    """Draw a map with two stages, three steps, and a lane of each kind that holds something."""
    pk = m.blank_map(member, journey or m.journey(member))
    first, one, two, last, three = (new_id() for _ in range(5))
    persona = editing.persona(member, "Busy Bea")
    told = {"persona": str(persona), "is_main": True, "colour": 3, "dash": 2}
    about = "About the counter"
    lanes, on_lanes = _lanes(member, pk, (one, two, three), persona)
    m.do(
        member,
        pk,
        m.create(first, "stage", {"title": "Hand over"}, pk),
        m.create(one, "step", {"title": "Hand over 1", "description": about}, first),
        m.create(two, "step", {"title": "Hand over 2", "moment_of_truth": True}, first),
        m.create(last, "stage", {"title": "Get the money"}, pk),
        m.create(three, "step", {"title": "Get the money 1", "expected_duration": "P3D"}, last),
        m.create(new_id(), "cast", told, pk),
        *_beside_steps(member, pk, one, three),
        *on_lanes,
    )
    return Full(pk, (first, last), (one, two, three), lanes)


def _beside_steps(member: Membership, pk: UUID, one: UUID, three: UUID) -> list[Asked]:
    with tenant_bound(member.tenant_id):
        counter = make.touchpoint(of=member.tenant, title="Parcel counter")
    told = {"touchpoint": str(counter.pk), "role": "primary"}
    who = {"stakeholder": str(stakeholder(member).pk), "role": "A"}
    way = {"from_step": str(one), "to_step": str(three), "kind": "branch"}
    return [
        m.create(new_id(), "contact", told, one),
        m.create(new_id(), "role", who, three),
        m.create(new_id(), "flow", {**way, "condition": "Box is lost"}, pk),
    ]


def _lanes(
    member: Membership, pk: UUID, steps: tuple[UUID, UUID, UUID], persona: UUID
) -> tuple[dict[str, UUID], list[Asked]]:
    one, two, three = steps
    titles = {
        "text": "Does", "image": "Pictures", "channel": "Channels", "touchpoint": "Touchpoints",
        "emotion": "Feels", "scale": "Effort", "actor": "Who", "time": "How long", "link": "Links",
        "insight": "Pains", "line": "Line of visibility", "flow": "Ways", "metric": "Figures",
    }  # fmt: skip
    lanes = {kind: new_id() for kind in titles}
    zones = {"text": "frontstage"}
    made = [
        m.create(
            lanes[kind], "lane", {"kind": kind, "title": title, "zone": zones.get(kind, "")}, pk
        )
        for kind, title in titles.items()
    ]

    def card(kind: str, step: UUID, **values: Any) -> None:
        told = {"step_from": str(step), "step_to": str(step), **values}
        made.append(m.create(new_id(), "card", told, lanes[kind]))

    with tenant_bound(member.tenant_id):
        phone = make.channel(of=member.tenant, title="Telephone")
    pain = insight(member, "Nobody says when", impact=-1.5)
    who = str(persona)
    card("text", one, text="I look for the slip", colour="c5")
    card("text", one, step_to=str(three), text="The whole time")
    card("text", two, text="=1+1")
    card("text", two, text="Keep the slip safe", persona=who)
    card("image", one, asset=str(stored(member).pk), alt="A queue", text="Queue of people")
    card("channel", two, channel=str(phone.pk))
    card("emotion", one, value=1.2, persona=who)
    card("emotion", three, value=-0.7, persona=who, text="So slow")
    card("scale", two, value=4)
    card("link", two, url="https://shop.example/returns", text="The receipt")
    card("insight", two, insight=str(pain))
    return lanes, made
