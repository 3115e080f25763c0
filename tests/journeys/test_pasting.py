"""Pasting a table on its page: looked at first, done in one batch, undone as one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.state import is_there
from cxm.kernel.operations.store import undo
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import JourneyMap, MapOp
from journeys.rules.laws import steps_in_order
from journeys.services.maps import publish_map
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting as m

if TYPE_CHECKING:
    from uuid import UUID

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Pasted:
    """A map of two steps with a lane of text and one of emotions, and who pastes into it."""

    def __init__(self) -> None:
        self.ann = make.member()
        self.map = m.blank_map(self.ann, m.journey(self.ann))
        _, self.first, self.second = m.stage(self.ann, self.map, "Buy", steps=2)
        self.does = m.lane(self.ann, self.map, title="Does")
        self.feels = m.lane(self.ann, self.map, "emotion", "Feels")

    def send(self, by: Membership | None = None, **told: Any) -> Answer:
        return signed_in(by or self.ann).post(self.url(), {"do": "look", **told})

    def paste(self, text: str, **told: Any) -> Answer:
        """Look first, as a person does, then paste what was shown."""
        sent = {"text": text, "is_asked": "on", "splits_lines": "on", **told}
        shown = self.send(**sent).content.decode()
        return self.send(**{**sent, "do": "paste", "seen": seen_in(shown)})

    def url(self) -> str:
        return f"/t/{self.ann.tenant.slug}/maps/{self.map}/paste/"

    def row(self) -> JourneyMap:
        rows = JourneyMap.objects.for_tenant(self.ann.tenant)
        return rows.select_related("tenant", "journey__tenant").get(pk=self.map)

    def batches(self) -> int:
        with tenant_bound(self.ann.tenant_id):
            rows = MapOp.objects.for_tenant(self.ann.tenant).filter(map=self.map)
            return rows.values("batch").distinct().count()

    def shown(self) -> dict[str, list[tuple[str, Any]]]:
        """Give for each lane its cards: the title of the step, and the words or the value."""
        state = m.state_of(self.ann, self.map)
        titles = {str(step.id): str(step.values["title"]) for step in steps_in_order(state)}
        return {
            str(lane.values["title"]): [
                (titles[str(card.values["step_from"])], card.values["value"] or card.values["text"])
                for card in state.children(lane.id, "card")
            ]
            for lane in state.children(self.map, "lane")
        }

    def is_there(self, pk: UUID) -> bool:
        return is_there(m.state_of(self.ann, self.map), pk)


@pytest.fixture
def pasted(db: None) -> Pasted:
    return Pasted()


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def seen_in(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    return found[1] if found else ""


def test_a_look_writes_nothing_and_shows_where_the_cells_go(pasted: Pasted) -> None:
    before = pasted.batches()

    answer = pasted.send(text="\tBuy 2\tLeave\nDoes\tLooks\tWaves\nFeels\t9\t1")

    page = " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())
    assert "3 cards, 1 new step; 1 cell does not fit ." in page
    assert "Feels, Buy 2: “9”. An emotion lies between -2 and +2." in page
    assert re.search(r'name="has_steps"[^>]*checked', answer.content.decode())
    assert pasted.batches() == before


def test_a_table_is_pasted_in_one_batch_that_one_undo_takes_back(pasted: Pasted) -> None:
    before = pasted.batches()

    answer = pasted.paste("Looks\tPays\tLeaves\n1\t0,5\t\nHopes\t\t", lane=pasted.does)
    shown = pasted.shown()
    after = pasted.batches()
    with tenant_bound(pasted.ann.tenant_id):
        undo(MAPS, m.request(pasted.ann, pasted.map), as_batch=new_id())

    assert answer["Location"] == pasted.url().removesuffix("paste/")
    assert shown == {
        "Does": [("Buy 1", "Looks"), ("Buy 2", "Pays"), ("Untitled", "Leaves")],
        "Feels": [("Buy 1", 1.0), ("Buy 2", 0.5)],
        "Text": [("Buy 1", "Hopes")],
    }
    assert after == before + 1
    assert pasted.shown() == {"Does": [], "Feels": []}


def test_more_than_five_hundred_cards_are_one_batch_too(pasted: Pasted) -> None:
    before = pasted.batches()

    pasted.paste("\n".join(["\t".join(["Says so"] * 60)] * 10), lane=pasted.does)

    # Nine lanes of text; what came to that of emotions did not fit.
    assert len(m.state_of(pasted.ann, pasted.map).of_kind("card")) == 540
    assert pasted.batches() == before + 1


def test_a_table_into_an_empty_map_makes_its_first_stage(pasted: Pasted) -> None:
    pasted.map = m.blank_map(pasted.ann, m.journey(pasted.ann, "Other"))

    pasted.paste("\tLook\tPay\nDoes\tLooks\tPays", has_steps="on", has_lanes="on")

    assert pasted.shown() == {"Does": [("Look", "Looks"), ("Pay", "Pays")]}


def test_what_stands_there_goes_only_when_it_is_replaced(pasted: Pasted) -> None:
    old = m.card(pasted.ann, pasted.map, pasted.does, pasted.first, text="Old")
    point = m.card(pasted.ann, pasted.map, pasted.feels, pasted.first, value=1.5)

    pasted.paste("New\tAlso\n-1\t", lane=pasted.does)
    with_old = pasted.shown()
    pasted.paste("Newest\tAlso\n-1\t", lane=pasted.does, mode="replace")

    assert with_old["Does"] == [("Buy 1", "Old"), ("Buy 1", "New"), ("Buy 2", "Also")]
    assert with_old["Feels"] == [("Buy 1", 1.5)]
    assert pasted.shown() == {
        "Does": [("Buy 1", "Newest"), ("Buy 2", "Also")],
        "Feels": [("Buy 1", -1.0)],
    }
    assert not pasted.is_there(old)
    assert pasted.is_there(point)


def test_what_would_happen_otherwise_by_now_is_shown_again(pasted: Pasted) -> None:
    told: dict[str, Any] = {
        "text": "a\tb",
        "is_asked": "on",
        "mode": "replace",
        "lane": pasted.does,
    }
    seen = seen_in(pasted.send(**told).content.decode())
    m.card(pasted.ann, pasted.map, pasted.does, pasted.first, text="Meanwhile")

    answer = pasted.send(**told, do="paste", seen=seen)

    assert answer.status_code == 422
    assert "This is what would happen now" in answer.content.decode()
    assert pasted.shown()["Does"] == [("Buy 1", "Meanwhile")]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"text": ""}, "Paste a table, or write some lines."),
        ({"text": "a\tb", "lane": "rubbish"}, "Select a valid choice"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"text": "Feels\tgood", "has_lanes": "on", "is_asked": "on", "do": "paste"}, "Nothing of"),
    ],
    ids=["nothing", "lane", "nul", "no-fit"],
)
def test_what_cannot_be_pasted_is_refused(pasted: Pasted, told: dict[str, Any], words: str) -> None:
    before = pasted.batches()

    answer = pasted.send(**told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert pasted.batches() == before


def test_a_table_that_is_cut_says_how_much_is_left_out(pasted: Pasted) -> None:
    answer = pasted.send(text="\n".join(["\t".join(["x"] * 203)] + ["y\tz"] * 2_004))

    page = answer.content.decode()
    assert "5 rows after the first 2,000 and 3 columns after the first 200 are left out" in page
    assert "more steps" in page


def test_hostile_cells_are_shown_as_text(pasted: Pasted) -> None:
    answer = pasted.send(text="<script>alert(1)</script>\t=cmd()")

    assert b"<script>alert" not in answer.content
    assert b"&lt;script&gt;alert(1)" in answer.content


def test_a_published_map_is_not_pasted_into(pasted: Pasted) -> None:
    with tenant_bound(pasted.ann.tenant_id):
        publish_map(of=pasted.row(), by=pasted.ann, now=make.NOW)

    answer = pasted.paste("a\tb", lane=pasted.does)

    assert answer.status_code in {403, 404}
    assert pasted.shown()["Does"] == []


def test_who_may_not_change_the_map_finds_no_page(pasted: Pasted) -> None:
    viewer = make.member(of=pasted.ann.tenant, role=Role.VIEWER)

    for other in (viewer, make.member()):
        assert signed_in(other).get(pasted.url()).status_code in {403, 404}
        assert pasted.send(other, text="a\tb", do="paste").status_code in {403, 404}
    assert pasted.shown()["Does"] == []
