"""Files from the desktop on a map: put into a card beside it, or into a cell as a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxm.collaboration.models import Asset
from cxm.kernel.ids import new_id
from cxm.kernel.operations.store import undo
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.services.stores import MAPS
from tests import make
from tests.collaboration.files import PDF, SVG, picture
from tests.journeys import charting as m

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Shelf:
    """A map of one step with a lane of pictures, one of files and one of text."""

    def __init__(self) -> None:
        self.ann = make.member()
        self.map = m.blank_map(self.ann, m.journey(self.ann))
        _, self.step = m.stage(self.ann, self.map, "Buy")
        self.shots = m.lane(self.ann, self.map, "image", "Shots")
        self.files = m.lane(self.ann, self.map, "file", "Files")
        self.text = m.lane(self.ann, self.map, "text", "Does")

    def url(self, rest: str) -> str:
        return f"/t/{self.ann.tenant.slug}/maps/{self.map}/{rest}"

    def give(self, card: UUID, content: bytes, by: Membership | None = None, **told: Any) -> Answer:
        """Choose a file beside the map, as its form sends it."""
        upload = SimpleUploadedFile("Desk.bin", content)
        url = self.url(f"cards/{card}/file/")
        return signed_in(by or self.ann).post(url, {"file": upload, **told})

    def drop(self, lane: UUID, content: bytes, by: Membership | None = None, **told: Any) -> Answer:
        """Drop a file on a cell, as the script sends it."""
        sent = {"lane": lane, "step": self.step, "file": SimpleUploadedFile("Desk.bin", content)}
        return signed_in(by or self.ann).post(self.url("cell-file/"), {**sent, **told})

    def values(self, card: UUID) -> dict[str, Any]:
        return dict(m.state_of(self.ann, self.map)[card].values)

    def cards(self) -> int:
        return len(m.state_of(self.ann, self.map).of_kind("card"))

    def asset(self) -> Asset:
        with tenant_bound(self.ann.tenant_id):
            return Asset.objects.for_tenant(self.ann.tenant).get()


@pytest.fixture
def shelf(db: None, settings: Any, tmp_path: Path) -> Shelf:
    settings.MEDIA_ROOT = tmp_path
    return Shelf()


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def test_a_picture_is_put_into_a_card_with_its_words_and_undone_as_one(shelf: Shelf) -> None:
    card = m.card(shelf.ann, shelf.map, shelf.shots, shelf.step)

    answer = shelf.give(card, picture(), alt=" The counter ")
    told = shelf.values(card)
    with tenant_bound(shelf.ann.tenant_id):
        undo(MAPS, m.request(shelf.ann, shelf.map), as_batch=new_id())

    assert answer["Location"] == f"{shelf.url('')}?of={card}"
    assert (told["asset"], told["alt"]) == (str(shelf.asset().pk), "The counter")
    assert shelf.asset().mime == "image/png"
    assert (shelf.values(card)["asset"], shelf.values(card)["alt"]) == (None, "")


def test_a_picture_for_decoration_needs_no_words(shelf: Shelf) -> None:
    card = m.card(shelf.ann, shelf.map, shelf.shots, shelf.step, alt="Old")

    shelf.give(card, picture(), alt="Not kept", is_decorative="on")

    told = shelf.values(card)
    assert (told["alt"], told["is_decorative"]) == ("", True)


def test_a_document_is_put_into_a_card_of_files(shelf: Shelf) -> None:
    card = m.card(shelf.ann, shelf.map, shelf.files, shelf.step)

    shelf.give(card, PDF)
    shown = signed_in(shelf.ann).get(shelf.url("panel/"), {"of": str(card)}).content.decode()

    assert shelf.values(card)["asset"] == str(shelf.asset().pk)
    assert "Desk.pdf</a>" in shown
    assert "Put this in its place" in shown


@pytest.mark.parametrize(
    ("lane", "content", "words"),
    [
        ("shots", PDF, "picture"),
        ("shots", SVG, "SVG"),
        ("files", SVG, "SVG"),
        ("files", b"", "The file is empty."),
    ],
    ids=["no-picture", "svg-picture", "svg-file", "empty"],
)
def test_what_is_not_taken_is_refused_in_words(
    shelf: Shelf, lane: str, content: bytes, words: str
) -> None:
    place: UUID = getattr(shelf, lane)
    card = m.card(shelf.ann, shelf.map, place, shelf.step)

    given, dropped = shelf.give(card, content), shelf.drop(place, content)

    assert (given.status_code, dropped.status_code) == (422, 422)
    assert words in given.content.decode()
    assert words in dropped.json()["message"]
    assert dropped.json()["field"] == "file"
    assert shelf.values(card)["asset"] is None
    assert shelf.cards() == 1


def test_a_lane_takes_no_larger_files_than_it_says(shelf: Shelf) -> None:
    m.do(shelf.ann, shelf.map, m.put(shelf.files, "config", {"max_mb": 1}))

    answer = shelf.drop(shelf.files, PDF + b"%" * 1_000_000)

    assert answer.status_code == 422
    assert "1 MB" in answer.json()["message"]
    assert shelf.cards() == 0


def test_a_file_that_is_dropped_becomes_a_card_and_undo_takes_it_back(shelf: Shelf) -> None:
    answer = shelf.drop(shelf.files, PDF)
    told = m.state_of(shelf.ann, shelf.map).of_kind("card")
    with tenant_bound(shelf.ann.tenant_id):
        undone = undo(MAPS, m.request(shelf.ann, shelf.map), as_batch=new_id())

    assert answer.status_code == 201
    assert [str(card.id) for card in told] == [answer.json()["lineage"]]
    assert told[0].values["step_from"] == str(shelf.step)
    assert undone is not None
    assert m.state_of(shelf.ann, shelf.map)[told[0].id].is_deleted


def test_a_locked_lane_takes_no_file(shelf: Shelf) -> None:
    m.do(shelf.ann, shelf.map, m.put(shelf.files, "is_locked", value=True))

    answer = shelf.drop(shelf.files, PDF)

    assert answer.status_code == 422
    assert "is locked" in answer.json()["message"]
    assert shelf.cards() == 0


def test_who_may_not_change_the_map_finds_nothing(shelf: Shelf) -> None:
    card = m.card(shelf.ann, shelf.map, shelf.files, shelf.step)
    words = m.card(shelf.ann, shelf.map, shelf.text, shelf.step, text="Words")
    viewer = make.member(of=shelf.ann.tenant, role=Role.VIEWER)

    for other in (viewer, make.member()):
        assert shelf.give(card, PDF, other).status_code in {403, 404}
        assert shelf.drop(shelf.files, PDF, other).status_code in {403, 404}
    assert shelf.give(words, PDF).status_code == 404
    assert shelf.give(new_id(), PDF).status_code == 404
    assert shelf.drop(shelf.text, PDF).status_code == 404
    assert shelf.drop(shelf.files, PDF, step="rubbish").status_code == 404
    assert shelf.cards() == 2
