"""A map with something in a lane of every kind, for tests that look at whole pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Channel, Touchpoint
from personas.models import Stakeholder
from tests import make
from tests.journeys import charting
from tests.personas import editing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.kernel.operations.records import Asked
    from cxm.tenants.models import Membership

STAGES = {
    "Become aware": ["Sees an ad for fibre", "Compares providers"],
    "Buy": ["Checks the address", "Orders online"],
    "Get connected": ["Waits for the engineer", "The engineer visits"],
}
DOES = [
    "Sees a bus-stop poster and a friend's post",
    "Opens four tabs, cannot compare speeds",
    "Types the postcode, gets a yes in two seconds",
    "Fills a short form, picks a slot",
    "Gets three texts, no exact time",
    "Cable is routed, shoes off",
]
FEELS = [0.0, -1.0, 1.0, 2.0, -1.3, 1.0]


@dataclass
class Sample:
    """The map with the lineages of its steps in order and of its lanes by title."""

    member: Membership
    map_id: UUID
    stages: list[UUID] = field(default_factory=list)
    steps: list[UUID] = field(default_factory=list)
    lanes: dict[str, UUID] = field(default_factory=dict)
    cards: dict[str, UUID] = field(default_factory=dict)
    personas: list[UUID] = field(default_factory=list)


def sample(member: Membership) -> Sample:
    """Draw the map: two personas, six steps in three stages, and lanes of all kinds."""
    drawn = charting.blank_map(member, charting.journey(member, "Switching to fibre at home"))
    made = Sample(member, drawn, personas=[editing.persona(member, n) for n in ("Maya", "Piet")])
    todo: list[Asked] = []
    for title, steps in STAGES.items():
        stage = new_id()
        made.stages.append(stage)
        todo.append(charting.create(stage, "stage", {"title": title}, drawn))
        for step in steps:
            made.steps.append(new_id())
            todo.append(charting.create(made.steps[-1], "step", {"title": step}, stage))
    for number, persona in enumerate(made.personas, start=1):
        values = {
            "persona": str(persona),
            "is_main": number == 1,
            "colour": number * 3 - 2,
            "dash": number,
        }
        todo.append(charting.create(new_id(), "cast", values, drawn))
    charting.do(member, drawn, *todo)
    _add_lanes(made)
    _add_cards(made)
    _add_beside_steps(made)
    return made


def _add_lanes(made: Sample) -> None:
    lanes: list[tuple[str, str, dict[str, Any]]] = [
        ("Feels", "emotion", {}),
        ("Does", "text", {"zone": "customer"}),
        ("Line of interaction", "line", {"config": {"line": "interaction"}}),
        ("Touchpoints", "touchpoint", {"zone": "frontstage"}),
        ("Channels", "channel", {}),
        ("Thinks", "text", {"config": {"style": "list", "format": "rich"}}),
        ("Dramatic arc", "scale", {"config": {"ends": ["Calm", "Intense"]}}),
        ("Importance", "scale", {"config": {"display": "bars"}}),
        ("Moments", "icon", {}),
        ("Storyboard", "image", {"config": {"storyboard": True}}),
        ("More to read", "link", {}),
        ("Files", "file", {}),
        ("Backstage", "actor", {"zone": "backstage"}),
        ("Time", "time", {}),
        ("Journeys inside", "nested", {}),
        ("Ways", "flow", {"config": {"shares": True}}),
        ("Satisfaction", "experience", {}),
    ]
    todo = []
    for title, kind, more in lanes:
        made.lanes[title] = new_id()
        values = {"kind": kind, "title": title, **more}
        todo.append(charting.create(made.lanes[title], "lane", values, made.map_id))
    charting.do(made.member, made.map_id, *todo)


def _add_cards(made: Sample) -> None:
    todo: list[Asked] = []

    def card(lane: str, at: int, to: int | None = None, **values: Any) -> None:
        pk = new_id()
        made.cards[f"{lane} {at}"] = pk
        last = made.steps[at if to is None else to]
        told = {"step_from": str(made.steps[at]), "step_to": str(last), **values}
        todo.append(charting.create(pk, "card", told, made.lanes[lane]))

    with tenant_bound(made.member.tenant_id):
        channel = make.channel(of=made.member.tenant, title="Shop")
    for number, text in enumerate(DOES):
        card("Does", number, text=text)
        card("Feels", number, value=FEELS[number], persona=str(made.personas[0]))
        card("Dramatic arc", number, value=float(number % 5 + 1))
        card("Importance", number, value=float(5 - number % 4))
    card("Feels", 2, value=-0.4, persona=str(made.personas[1]), text="Not sure it is true")
    card("Feels", 5, value=1.0, persona=str(made.personas[1]))
    card("Does", 1, 3, text="Asks friends again and again", colour="c3")
    card("Thinks", 0, text="“Is it **really** faster where I live?”")
    card("Channels", 0, channel=str(channel.pk))
    card("Channels", 1, channel=str(channel.pk))
    card("Moments", 3, icon="star", text="The order")
    card("Storyboard", 1, text="Four tabs")
    card("More to read", 2, url="https://example.com/fibre", text="How fibre works")
    card("Files", 4, text="Letter to the tenant")
    charting.do(made.member, made.map_id, *todo)


def _add_beside_steps(made: Sample) -> None:
    member, tenant = made.member, made.member.tenant
    with tenant_bound(tenant.pk):
        web = Channel.objects.create(tenant=tenant, key="web", title="Website", medium="web")
        site = Touchpoint.objects.create(tenant=tenant, key="site", title="Website", channel=web)
        poster = make.touchpoint(of=tenant, title="Poster")
        crew = Stakeholder.objects.create(
            tenant=tenant, key="crew", name="Field crew", kind="team", created_at=make.NOW
        )
    inside = charting.journey(member, "Getting help")
    steps = made.steps
    todo = [
        charting.create(new_id(), "contact", {"touchpoint": str(poster.pk)}, steps[0]),
        charting.create(new_id(), "contact", {"touchpoint": str(site.pk)}, steps[2]),
        charting.create(
            new_id(), "contact", {"touchpoint": str(poster.pk), "role": "secondary"}, steps[2]
        ),
        charting.create(new_id(), "role", {"stakeholder": str(crew.pk), "role": "A"}, steps[5]),
        charting.create(new_id(), "nested", {"journey": str(inside)}, steps[4]),
        charting.put(steps[4], "expected_duration", "P3DT4H"),
        charting.put(steps[3], "moment_of_truth", value=True),
        charting.create(
            new_id(),
            "flow",
            {"from_step": str(steps[4]), "to_step": str(steps[3]), "kind": "loop"},
            made.map_id,
        ),
        charting.create(
            new_id(),
            "flow",
            {
                "from_step": str(steps[1]),
                "to_step": str(steps[3]),
                "kind": "skip",
                "condition": "knows it",
                "planned_share": 0.2,
            },
            made.map_id,
        ),
    ]
    charting.do(member, made.map_id, *todo)
