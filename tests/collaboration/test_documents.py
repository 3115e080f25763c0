"""Documents of any kind: laid out for the history, open or closed, and edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from cxm.collaboration.selectors.documents import Told, laid_out
from cxm.collaboration.views.editing_paths import editing_paths
from cxm.collaboration.views.history import told_changes
from cxm.collaboration.views.kinds import Kind
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import Element
from cxm.tenants.binding import tenant_bound
from journeys.models import Journey, Step
from journeys.rules.kinds import MapStatus
from journeys.services.stores import MAPS
from tests import make
from tests.journeys import charting

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


def _everybody(_document: Any, _request: Any) -> bool:
    return True


KIND = Kind("map", "journeys", MAPS, "map-page", _everybody, _everybody, related=("journey",))


@pytest.fixture
def bea() -> Membership:
    return make.member()


def _map_of(member: Membership) -> UUID:
    return charting.blank_map(member, charting.journey(member))


def test_a_document_is_laid_out_without_ids_and_what_is_not_so(bea: Membership) -> None:
    pk = _map_of(bea)
    _, step = charting.stage(bea, pk)
    charting.do(bea, pk, charting.put(step, "moment_of_truth", value=True))
    lane = charting.lane(bea, pk, "emotion", "Feels")
    charting.card(bea, pk, lane, step, text="Relieved", value=1.5)

    found = laid_out(charting.state_of(bea, pk), MAPS.shape)

    assert [line for line in found if line.label != "Number"] == [
        Told(0, "Name", "As it is"),
        Told(1, "Title", "Hand over"),
        Told(2, "Title", "Hand over 1"),
        Told(2, "Moment of truth", "Yes"),
        Told(1, "Kind of lane", "Emotion"),
        Told(1, "Title", "Feels"),
        Told(2, "Text", "Relieved"),
        Told(2, "Value", "1.5"),
    ]


@pytest.mark.parametrize(
    ("of_map", "of_journey", "is_open"),
    [
        pytest.param({}, {}, True, id="a draft"),
        pytest.param({"archived_at": make.NOW}, {}, False, id="archived"),
        pytest.param({"status": MapStatus.IN_REVIEW}, {}, False, id="in review"),
        pytest.param({}, {"archived_at": make.NOW}, False, id="in an archived journey"),
    ],
)
def test_a_document_is_open_unless_it_is_archived_or_its_guard_refuses(
    bea: Membership, of_map: dict[str, Any], of_journey: dict[str, Any], is_open: bool
) -> None:
    pk = _map_of(bea)
    with tenant_bound(bea.tenant_id):
        document = KIND.rows(bea.tenant).get(pk=pk)
    for row, values in ((document, of_map), (document.journey, of_journey)):
        for name, value in values.items():
            setattr(row, name, value)

    assert KIND.is_open(document) is is_open


def test_a_document_comes_with_the_rows_that_its_rules_look_at(
    bea: Membership, django_assert_num_queries: Any
) -> None:
    pk = _map_of(bea)

    with tenant_bound(bea.tenant_id), django_assert_num_queries(1):
        document = KIND.rows(bea.tenant).get(pk=pk)
        title = document.journey.title

    assert title == "I send back shoes"


def test_what_was_done_is_told_with_the_document_as_it_is(bea: Membership) -> None:
    pk = _map_of(bea)
    _, step, _ = charting.stage(bea, pk, steps=2)
    charting.do(bea, pk, charting.asked(Deed.DELETE, step))

    with tenant_bound(bea.tenant_id):
        found = told_changes(KIND, charting.request(bea, pk), 3)
        nothing = told_changes(KIND, charting.request(bea, pk), 5)

    assert nothing is None
    assert found is not None
    assert [one.seq for one in found.operations] == [4, 5]
    assert found.state[step].is_deleted
    told = [(one["deed"], one["kind"], one["lineage"]) for one in found.told["changes"]]
    assert told[-1] == ("delete", "step", str(step))
    assert (found.told["head"], found.told["left_out"]) == (5, 0)


def test_the_routes_of_a_kind_are_named_after_it() -> None:
    found = {str(path.pattern): path.name for path in editing_paths(KIND, "maps")}

    start = "maps/<uuid:document_id>"
    assert found == {
        f"{start}/change/": "map-change",
        f"{start}/changes": "map-changes",
        f"{start}/go-back/": "map-go-back",
        f"{start}/history/": "map-history",
        f"{start}/ops": "map-ops",
        f"{start}/redo/": "map-redo",
        f"{start}/undo/": "map-undo",
    }


def _edited(row: Any, tag: str) -> str:
    source = "{% load editing %}" + tag
    told = {"row": row, "change_url": "/change/", "here": "/here/"}
    request = RequestFactory().get("/")
    return Template(source).render(Context({**told, "request": request}))


def test_rows_and_elements_are_edited_in_place_by_their_lineage(bea: Membership) -> None:
    pk = _map_of(bea)
    _, step = charting.stage(bea, pk)
    with tenant_bound(bea.tenant_id):
        row = Step.objects.for_tenant(bea.tenant).get(lineage=step)
        journey = Journey.objects.for_tenant(bea.tenant).get()
    element = charting.state_of(bea, pk)[step]
    tag = '{% edit_line row "title" "Title" most=200 %}'
    shown = [_edited(one, tag) for one in (row, element)]

    assert isinstance(element, Element)
    for text in shown:
        assert f'name="lineage" value="{step}"' in text
        assert 'value="Hand over 1"' in text
        assert 'name="base_rev" value="3"' in text
    assert f'name="lineage" value="{journey.pk}"' in _edited(journey, tag)


def test_a_number_is_edited_within_its_limits(bea: Membership) -> None:
    pk = _map_of(bea)
    _, step = charting.stage(bea, pk)
    element = charting.state_of(bea, pk)[step]

    shown = _edited(
        element, '{% edit_input row "importance_org" "Importance" "number" least=1 greatest=5 %}'
    )

    assert 'min="1" max="5" step="1"' in shown
    assert 'value=""' in shown
