"""What guests may put on a map, whom they may name, and what they are told over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.collaboration.selectors.talk import to_name
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Card
from tests import make
from tests.collaboration.commenting import begun, comments_of, named, of_journey_map, said
from tests.collaboration.files import picture, stored, upload
from tests.journeys import charting
from tests.journeys.sample import Sample, sample
from tests.journeys.test_guests import guest_of, start
from tests.journeys.test_map_live import client_of
from tests.personas import editing

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(make.member())


@pytest.fixture
def gil(made: Sample) -> Membership:
    return named(guest_of(made, "contributor"), "Gil Gast")


def put(by: Membership, made: Sample, card: str, name: str, value: object) -> int:
    url = f"{start(made)}/maps/{made.map_id}/change/"
    told = {"op": "set", "lineage": str(made.cards[card]), "field": name, "value": str(value)}
    return client_of(by).post(url, told).status_code


def asset_of(made: Sample, card: str) -> UUID | None:
    with tenant_bound(made.member.tenant_id):
        rows = Card.objects.for_tenant(made.member.tenant)
        found: UUID | None = rows.get(lineage=made.cards[card]).asset_id
    return found


def test_a_guest_puts_no_file_on_a_card_that_is_not_on_the_map(
    made: Sample, gil: Membership
) -> None:
    secret, shown = (stored(made.member, picture(colour=one)) for one in ("red", "blue"))
    charting.card(
        made.member, made.map_id, made.lanes["Storyboard"], made.steps[0], asset=str(shown.pk)
    )
    statuses = [put(gil, made, "Storyboard 1", "asset", one.pk) for one in (secret, shown)]

    assert statuses == [422, 302]
    assert asset_of(made, "Storyboard 1") == shown.pk
    assert put(made.member, made, "Storyboard 1", "asset", secret.pk) == 302


def test_a_guest_names_neither_personas_nor_members_beyond_the_map(
    made: Sample, gil: Membership
) -> None:
    stranger = editing.persona(made.member, "SECRET")
    url = f"{start(made)}/maps/{made.map_id}/change/"
    told = {"op": "set", "lineage": str(made.steps[0]), "field": "owner"}
    owner = client_of(gil).post(url, {**told, "value": str(made.member.pk)})

    assert put(gil, made, "Does 0", "persona", stranger) == 422
    assert put(gil, made, "Does 0", "persona", made.personas[0]) == 302
    assert owner.status_code == 422


def test_a_guest_shows_the_file_that_they_send_known_or_new(made: Sample, gil: Membership) -> None:
    known = stored(made.member, picture(colour="green"))
    url = f"{start(made)}/maps/{made.map_id}/cards/{made.cards['Storyboard 1']}/file/"
    sent = {"file": upload(picture(colour="green"), "mine.png"), "is_decorative": "on"}

    answer = client_of(gil).post(url, sent)

    assert answer.status_code == 302
    assert asset_of(made, "Storyboard 1") == known.pk


def test_a_guest_can_name_who_wrote_there_and_the_owner_alone(
    made: Sample, gil: Membership
) -> None:
    owner = named(made.member, "Olga Owner")
    said_so, _, quiet = (
        named(make.member(of=owner.tenant, role=Role.MANAGER), name)
        for name in ("Wanda Writer", "Silent Sam", "")
    )
    subject = of_journey_map(owner, made.map_id)
    thread = begun(said_so, subject, "Is this so?")
    said(quiet, subject, thread)
    with tenant_bound(owner.tenant_id):
        names = {
            one: set(to_name(subject, subject.readers(), one).values()) for one in (gil, said_so)
        }
    panel = client_of(gil).get(f"{start(made)}/maps/{made.map_id}/?comments=open")
    said(gil, subject, thread, "@Silent Sam, @Nobody Here and @Wanda Writer?")

    assert names[gil] == {"Olga Owner", "Wanda Writer"}
    assert names[said_so] == {"Olga Owner", "Wanda Writer", "Silent Sam", "Gil Gast"}
    assert "Silent" not in panel.content.decode()
    assert len(comments_of(thread)) == 3


def test_a_guest_reads_over_the_api_what_they_were_told_and_nothing_else(
    made: Sample, gil: Membership
) -> None:
    begun(made.member, of_journey_map(made.member, made.map_id), "@Gil Gast is this so?")
    client, heads = client_of(gil), {"X-Tenant": made.member.tenant.slug}

    [told] = client.get("/api/v1/notices/", headers=heads).json()["results"]

    assert (told["kind"], told["page"]) == ("mention", f"maps/{made.map_id}/")
    assert client.get("/api/v1/journeys/", headers=heads).status_code == 403
