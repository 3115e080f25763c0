"""Bench `map`: opening a journey map, against plain Django templates over the same cells."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from cxm.kernel.clock import now
from cxm.kernel.ids import new_id
from cxm.kernel.operations.documents import Request
from cxm.kernel.operations.records import Actor, Asked, Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.web.benches.ground import Result, bench_database, bench_tenant, get, seconds, signed_in
from journeys.models import JourneyMap
from journeys.rules.kinds import MapState
from journeys.services.editing import change_map
from journeys.services.journeys import create_journey
from journeys.services.map_templates import create_map
from journeys.services.maps import fork_map

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

ROUNDS = 21
STEPS, LANES, STAGES = 50, 20, 10
AT_ONCE = 400
WORDS = "Reads what the letter says, calls and waits until somebody answers"


@override_settings(
    ROOT_URLCONF="cxm.web.benches.pages",
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    ALLOWED_HOSTS=["testserver"],
    SECURE_SSL_REDIRECT=False,
)
def run(size: int = 1_500) -> Result:
    """Open a map of 50 steps, 20 lanes and *size* cards; medians of requests taken in turn.

    *ratio* is cold (a card changed since the last request), `warm_ratio` when nothing changed,
    both over a page that draws the same cells with Django templates; `queries` are those of a cold
    request, `few_queries` those with a tenth of the cards; `fork_seconds` is one fork of the map:
    below 2 at the designed size.
    """
    with bench_database():
        tenant = bench_tenant("bench")
        client, member = signed_in(tenant, role=Role.MANAGER)
        drawn, cards = _drawn(tenant, member, size)
        small, few = _drawn(tenant, member, size // 10)
        page, plain = (f"/t/bench/{where}/{drawn}/" for where in ("maps", "bench-map"))
        for warming in (page, plain):
            get(client, warming)
        times = [
            _one_round(client, member, (drawn, cards[n % len(cards)]), page, plain)
            for n in range(ROUNDS)
        ]
        more = {
            "queries": _queries(client, member, (drawn, cards[0]), page),
            "few_queries": _queries(client, member, (small, few[0]), f"/t/bench/maps/{small}/"),
            "fork_seconds": seconds(lambda: _fork(member, drawn)),
        }
    limit, cold, warm = (median(column) for column in zip(*times, strict=True))
    return Result("map", cold / limit, cold, limit, "s", size, {"warm_ratio": warm / limit, **more})


def _drawn(tenant: Tenant, member: Membership, size: int) -> tuple[UUID, list[UUID]]:
    """Draw a map; give its id and the lineages of its cards."""
    with tenant_bound(tenant.pk):
        journey = create_journey(tenant=tenant, title="A long way", by=member, now=now())
        drawn = create_map(journey=journey, name="As it is", by=member, now=now()).pk
        stages, steps, lanes = _ids(STAGES), _ids(STEPS), _ids(LANES)
        asked = [_create(pk, "stage", drawn, title="Stage") for pk in stages]
        asked += [
            _create(pk, "step", stages[n * STAGES // STEPS], title=f"Step {n}")
            for n, pk in enumerate(steps)
        ]
        asked += [
            _create(pk, "lane", drawn, kind="emotion" if n == 0 else "text", title=f"Lane {n}")
            for n, pk in enumerate(lanes)
        ]
        cards = _ids(size)
        asked += [_card(n, pk, steps, lanes) for n, pk in enumerate(cards)]
        for start in range(0, len(asked), AT_ONCE):
            change_map(_request(member, drawn), asked[start : start + AT_ONCE])
    return drawn, cards[STEPS:]


def _card(number: int, pk: UUID, steps: list[UUID], lanes: list[UUID]) -> Asked:
    """Make a card: a value in the first lane for each step, then text, every tenth over two."""
    place = number % STEPS
    step = str(steps[place])
    if number < STEPS:
        value = (number * 7 % 41 - 20) / 10
        return _create(pk, "card", lanes[0], step_from=step, step_to=step, value=value)
    lane = lanes[1 + number // STEPS % (LANES - 1)]
    last = min(place + (number % 10 == 0), STEPS - 1)
    return _create(pk, "card", lane, step_from=step, step_to=str(steps[last]), text=WORDS)


def _create(pk: UUID, kind: str, parent: UUID, /, **values: Any) -> Asked:
    told = {"values": values, "parent": str(parent)}
    return Asked(id=new_id(), batch=new_id(), op=Deed.CREATE, lineage=pk, kind=kind, value=told)


def _ids(count: int) -> list[UUID]:
    return [new_id() for _ in range(count)]


def _request(member: Membership, drawn: UUID) -> Request:
    return Request(member.tenant, drawn, Actor("member", member.pk), now())


def _one_round(
    client: Client, member: Membership, card: tuple[UUID, UUID], page: str, plain: str
) -> tuple[float, float, float]:
    _touch(member, *card)
    limit = seconds(lambda: get(client, plain))
    cold = seconds(lambda: get(client, page))
    return limit, cold, seconds(lambda: get(client, page))


def _queries(client: Client, member: Membership, card: tuple[UUID, UUID], page: str) -> int:
    _touch(member, *card)
    with CaptureQueriesContext(connection) as queries:
        get(client, page)
    return len(queries)


def _fork(member: Membership, drawn: UUID) -> None:
    """Make a future map that begins as the one drawn."""
    with tenant_bound(member.tenant_id):
        rows = JourneyMap.objects.for_tenant(member.tenant_id).select_related("tenant", "journey")
        name, state = "As it shall be", MapState.FUTURE
        fork_map(of=rows.get(pk=drawn), name=name, state=state, by=member, now=now())


def _touch(member: Membership, drawn: UUID, card: UUID) -> None:
    """Change a card, so that nothing kept from the last request may be shown."""
    pk = new_id()
    colour = f"c{pk.int % 8 + 1}"
    asked = Asked(id=pk, batch=pk, op=Deed.SET, lineage=card, field="colour", value=colour)
    with tenant_bound(member.tenant_id):
        change_map(_request(member, drawn), [asked])
