"""Every route, tried by a guest whom nobody let into anything: nothing comes out."""

from __future__ import annotations

import pytest
from django.test import Client

from cxm.collaboration.services.notices import set_mails
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import Membership
from cxm.tenants.rules import Mails, Role
from tests import make
from tests.architecture.routes import PLANTED, World, foreign_rows, tenant_routes, text_of, world
from tests.collaboration.commenting import begun, named, of_journey_map
from tests.journeys import charting
from tests.journeys.sharing import change_journey, link_to
from tests.journeys.test_access import granted
from tests.personas.shares import opened, text


@pytest.mark.slow
@pytest.mark.django_db
def test_a_guest_who_was_let_into_nothing_finds_nothing() -> None:
    made = world()
    client = Client(raise_request_exception=False)
    guest = make.member(of=made.foreign, role=Role.GUEST)
    with tenant_bound(made.foreign.pk):
        # Whether they want mails is theirs to say: what is posted below turns them off.
        set_mails(member=guest, mails=Mails.NEVER)
    client.force_login(guest.user)
    before, offences = foreign_rows(made), []
    head = {"X-Tenant": made.foreign.slug}
    ids = {name.removesuffix("_id"): str(value) for name, value in made.ids.items()}

    for route in tenant_routes():
        url = route.url(made.foreign.slug, made.ids)
        for answer in (client.get(url, headers=head), client.post(url, ids, headers=head)):
            # The name of the workspace stands in the frame of each page that a guest may open.
            told = text_of(answer).replace(made.foreign.name, "")
            allowed = {403, 404, 405} if route.arguments else {200, 302, 403, 404, 405}
            if PLANTED in told or answer.status_code not in allowed:
                offences.append((route.path, answer.status_code))

    assert offences == []
    assert foreign_rows(made) == before


def _busy(made: World) -> list[str]:
    """Have two work on the planted journey who chose no name; give what tells their addresses."""
    quiet, loud = (
        make.member(of=made.foreign, role=Role.MANAGER, email=f"{name}@hidden.example")
        for name in ("quiet-one", "loud-one")
    )
    named(loud, loud.user.email)
    drawn, step = made.ids["journey_map_id"], made.ids["step_id"]
    for one in (quiet, loud):
        charting.do(one, drawn, charting.put(step, "title", f"{PLANTED} by {one.role}"))
        begun(one, of_journey_map(one, drawn), "Is this so?", step)
        charting.do(one, drawn, charting.put(step, "owner", str(one.pk)))
        change_journey(one, drawn, owner=one)
        client = Client()
        client.force_login(one.user)
        at = f"/t/{made.foreign.slug}/maps/{drawn}/changes?after=1&at={step}"
        assert client.get(at).status_code == 200
    return ["quiet-one", "loud-one", "planted@planted", "hidden.example"]


@pytest.mark.slow
@pytest.mark.django_db
def test_neither_a_guest_nor_a_reader_of_a_link_finds_out_an_address() -> None:
    made = world()
    addresses = _busy(made)
    guest = make.member(of=made.foreign, role=Role.GUEST)
    granted(guest, made.ids["journey_id"], "contributor")
    client = Client(raise_request_exception=False)
    client.force_login(guest.user)
    head = {"X-Tenant": made.foreign.slug}
    opened_pages, offences = set(), []

    for route in tenant_routes():
        url = route.url(made.foreign.slug, made.ids)
        for asked in (url, f"{url}?comments=open&of={made.ids['step_id']}&after=1&at={url}"):
            answer = client.get(asked, headers=head)
            told = text_of(answer)
            offences += [(route.path, one) for one in addresses if one in told]
            opened_pages |= {route.path} if "A member" in told else set()

    with tenant_bound(made.foreign.pk):
        owner = Membership.objects.for_tenant(made.foreign).get(pk=made.ids["membership_id"])
    shown = text(opened(link_to(owner, made.ids["journey_map_id"])))
    offences += [("a link", one) for one in addresses if one in shown]

    assert offences == []
    assert PLANTED in shown
    assert {path.rpartition("journey_map_id>/")[2] for path in opened_pages} >= {
        "",
        "history/",
        "look-again/",
    }
