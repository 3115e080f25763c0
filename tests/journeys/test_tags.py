"""Tags on steps and cards: written, filtered by, shown, in tables, files and differences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.operations.records import RefusedError
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import Card, Step
from journeys.services.splitting import merge_steps
from tests import make
from tests.journeys import charting
from tests.journeys.filing import HEAD, STAGES, exported, faults, looked_at, taken_in, the_map
from tests.journeys.sample import Sample, sample

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    return sample(make.member())


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(made: Sample, more: str = "") -> str:
    return f"/t/{made.member.tenant.slug}/maps/{made.map_id}/{more}"


def page(made: Sample, more: str = "") -> str:
    answer = client_of(made.member).get(url(made, more))
    assert answer.status_code == 200
    return answer.content.decode()


def tagged(made: Sample, lineage: UUID, *tags: str) -> None:
    charting.do(made.member, made.map_id, charting.put(lineage, "tags", list(tags)))


def tags_of(made: Sample, model: Any, lineage: UUID) -> list[str]:
    with tenant_bound(made.member.tenant_id):
        rows = model.objects.for_tenant(made.member.tenant).filter(map_id=made.map_id)
        found: list[str] = rows.get(lineage=lineage).tags
        return found


def shown(text: str) -> set[str]:
    return set(re.findall(r'data-kind="card" data-lineage="([^"]+)"', text))


def several(made: Sample, *ids: UUID, **told: Any) -> Any:
    asked = {"element": [str(pk) for pk in ids], **told}
    return client_of(made.member).post(url(made, "table/several/"), asked)


def undone(made: Sample) -> None:
    assert client_of(made.member).post(url(made, "undo/")).status_code == 302


def test_tags_are_typed_into_the_panel_with_commas_between(made: Sample) -> None:
    card = made.cards["Does 0"]
    asked = {"op": "set", "lineage": card, "field": "tags", "value": "refund, Legal,refund"}

    answer = client_of(made.member).post(url(made, "change/"), asked)

    assert answer.status_code == 302
    assert tags_of(made, Card, card) == ["Legal", "refund"]
    panel = page(made, f"panel/?of={card}")
    assert 'value="Legal, refund"' in panel
    assert '<option value="Legal" data-word="Legal"></option>' in panel


def test_the_panel_offers_tags_of_all_maps_and_of_the_journey(made: Sample) -> None:
    tagged(made, made.cards["Does 0"], "refund")
    tagged(made, made.steps[2], "Refund", "doubt")

    offered = re.findall(r'data-word="([^"]+)"', page(made, f"panel/?of={made.steps[0]}"))

    assert offered == ["doubt", "Refund"]


def test_a_tag_that_is_too_long_is_refused_and_nothing_is_lost(made: Sample) -> None:
    tagged(made, made.steps[0], "refund")

    with pytest.raises(RefusedError, match="a tag has up to 60 signs") as told:
        tagged(made, made.steps[0], "x" * 61)

    assert told.value.field == "tags"
    assert tags_of(made, Step, made.steps[0]) == ["refund"]


def test_a_map_is_filtered_by_the_tags_of_cards_and_of_their_steps(made: Sample) -> None:
    tagged(made, made.cards["Does 0"], "Refund")
    tagged(made, made.steps[3], "refund", "later")

    found = page(made, "?tag=REFUND")

    with tenant_bound(made.member.tenant_id):
        rows = Card.objects.for_tenant(made.member.tenant).filter(step_from=made.steps[3])
        there = {str(pk) for pk in rows.values_list("lineage", flat=True)}
    assert shown(found) == there | {str(made.cards["Does 0"])}
    assert '<option value="refund" selected>Refund (2)</option>' in found
    assert '<option value="later" >later (1)</option>' in found


def test_tags_stand_on_cards_and_steps_where_the_look_asks_for_them(made: Sample) -> None:
    tagged(made, made.cards["Does 0"], "<b>refund</b>")
    tagged(made, made.steps[3], "later")
    chips = '<ul class="own-tags" aria-label="Tags"><li>{}</li></ul>'

    assert "own-tags" not in page(made)
    looked = page(made, "?tags=1")
    assert chips.format("&lt;b&gt;refund&lt;/b&gt;") in looked
    assert chips.format("later") in looked


def test_a_map_without_tags_offers_no_filter_by_them(made: Sample) -> None:
    assert 'name="tag"' not in page(made)
    assert 'name="tags"' not in page(made)


@pytest.mark.parametrize(("rows", "names"), [("steps", 2), ("cards", 2)])
def test_several_are_tagged_and_one_undo_takes_it_back(made: Sample, rows: str, names: int) -> None:
    model: Any = Step if rows == "steps" else Card
    ids = made.steps[:2] if rows == "steps" else [made.cards["Does 0"], made.cards["Feels 1"]]
    tagged(made, ids[0], "old", "Refund")

    answer = several(made, *ids, rows=rows, deed="tag", tag="refund, new")

    assert answer.status_code == 302
    expected = [["new", "old", "Refund"], ["new", "refund"]]
    assert [tags_of(made, model, pk) for pk in ids] == expected
    undone(made)
    assert [tags_of(made, model, pk) for pk in ids] == [["old", "Refund"], []]


def test_several_lose_a_tag_and_others_stay_as_they_are(made: Sample) -> None:
    tagged(made, made.steps[0], "old", "Refund")
    tagged(made, made.steps[1], "old")

    answer = several(made, *made.steps[:3], rows="steps", deed="untag", tag="REFUND")

    assert answer.status_code == 302
    assert [tags_of(made, Step, pk) for pk in made.steps[:3]] == [["old"], ["old"], []]
    undone(made)
    assert tags_of(made, Step, made.steps[0]) == ["old", "Refund"]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"deed": "tag", "tag": " "}, "Write a tag, or several with commas between."),
        ({"deed": "untag"}, "Write a tag, or several with commas between."),
        ({"deed": "tag", "tag": "x" * 61}, "a tag has up to 60 signs"),
        ({"deed": "tag", "tag": ",".join(map(str, range(21)))}, "up to 20 tags fit"),
    ],
)
def test_tags_that_do_not_fit_change_no_row(made: Sample, told: dict[str, str], words: str) -> None:
    answer = several(made, made.steps[0], made.steps[1], rows="steps", **told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert tags_of(made, Step, made.steps[0]) == []


def test_a_viewer_and_a_stranger_tag_nothing(made: Sample) -> None:
    viewer = make.member(of=made.member.tenant, role=Role.VIEWER)
    asked = {"element": str(made.steps[0]), "rows": "steps", "deed": "tag", "tag": "mine"}
    address = url(made, "table/several/")

    assert client_of(viewer).post(address, asked).status_code == 404
    assert client_of(make.member()).post(address, asked).status_code == 404
    assert tags_of(made, Step, made.steps[0]) == []


def test_the_table_lists_and_filters_tags(made: Sample) -> None:
    tagged(made, made.steps[1], "refund", "legal")

    found = page(made, "table/?columns=tags&tag=legal")

    assert re.findall(r'<tr id="row-([0-9a-f-]+)"', found) == [str(made.steps[1])]
    assert 'value="legal, refund"' in found
    # Where there is none the control is empty.
    assert 'value="[]"' not in page(made, "table/?columns=tags")


def test_steps_that_become_one_have_the_tags_of_both(made: Sample) -> None:
    tagged(made, made.steps[0], "a")
    tagged(made, made.steps[1], "b")
    kept, gone = made.steps[:2]

    with tenant_bound(made.member.tenant_id):
        row = the_map(made.member, pk=made.map_id)
        merge_steps(row=row, kept=kept, gone=gone, by=made.member, now=make.NOW)

    assert tags_of(made, Step, kept) == ["a", "b"]


TAGGED = HEAD + STAGES.replace(
    "        title: I show a code\n",
    "        title: I show a code\n        tags:\n          - Legal\n          - refund\n",
)


def test_a_file_brings_tags_and_gives_them_back_byte_for_byte() -> None:
    bea = make.member()
    taken_in(bea, TAGGED)

    assert exported(bea, the_map(bea), profile="map") == TAGGED


def test_a_file_with_a_tag_that_is_too_long_names_its_place() -> None:
    bea = make.member()

    found = looked_at(bea, TAGGED.replace("Legal", "x" * 61))

    [fault] = faults(found)
    assert fault.startswith("stages[0].steps[0].tags[0]: ")
