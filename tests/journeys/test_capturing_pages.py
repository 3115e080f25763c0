"""What scripts of a map ask for: a card becomes an opportunity, notes become insights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.tenants.rules import Role
from tests import make
from tests.journeys import charting, shelving
from tests.journeys.test_capturing import Drawn

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
JSON = {"Accept": "application/json"}


@pytest.fixture
def drawn() -> Drawn:
    return Drawn(make.member())


def posted(member: Membership, drawn: Drawn, deed: str, *, headers: Any = JSON, **sent: Any) -> Any:
    client = Client()
    client.force_login(member.user)
    address = f"/t/{member.tenant.slug}/maps/{drawn.map}/{deed}/"
    return client.post(address, sent, headers=headers)


def test_a_card_is_captured_once(drawn: Drawn) -> None:
    note = drawn.card(insight=str(shelving.made(drawn.ann, title="No date").pk))
    first = posted(drawn.ann, drawn, "capture", card=str(note.lineage))
    again = posted(drawn.ann, drawn, "capture", card=str(note.lineage))
    plain = posted(drawn.ann, drawn, "capture", headers={}, card=str(note.lineage))

    [made] = shelving.all_of(drawn.ann, "opportunity")
    url = f"/t/{drawn.ann.tenant.slug}/opportunities/{made.pk}/"
    told = {"id": str(made.pk), "title": "No date", "url": url}
    assert (first.status_code, first.json()) == (201, {**told, "is_new": True})
    assert (again.status_code, again.json()) == (200, {**told, "is_new": False})
    assert plain.headers["Location"] == url


def test_notes_become_insights_of_a_type(drawn: Drawn) -> None:
    first, second = drawn.noted("No date"), drawn.noted("No name")
    cards = [str(second.lineage), str(first.lineage)]

    told = posted(drawn.ann, drawn, "insights", card=cards, kind="pain")
    again = posted(drawn.ann, drawn, "insights", card=cards, kind="pain")

    assert [one["title"] for one in told.json()["insights"]] == ["No name", "No date"]
    assert {one.kind for one in shelving.all_of(drawn.ann, "insight")} == {"pain"}
    assert again.status_code == 409
    assert len(shelving.all_of(drawn.ann, "insight")) == 2


@pytest.mark.parametrize("deed", ["capture", "insights"])
def test_cards_that_are_not_there_and_maps_of_others_are_not_found(drawn: Drawn, deed: str) -> None:
    note, bob = drawn.noted("No date"), make.member()
    viewer = make.member(of=drawn.ann.tenant, role=Role.VIEWER)
    gone = drawn.noted("Gone")
    charting.do(drawn.ann, drawn.map, charting.asked(Deed.DELETE, gone.lineage))

    for card in (new_id(), gone.lineage, "rubbish", ""):
        assert posted(drawn.ann, drawn, deed, card=str(card)).status_code == 404
    assert posted(bob, drawn, deed, card=str(note.lineage)).status_code == 404
    assert posted(viewer, drawn, deed, card=str(note.lineage)).status_code == 404
    assert shelving.all_of(drawn.ann, "insight") == []
    assert shelving.all_of(drawn.ann, "opportunity") == []
