"""What a map rests on, over the JSON API."""

from __future__ import annotations

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right
from journeys.models import EvidenceLink
from tests import make
from tests.journeys.test_api_library import Api
from tests.journeys.test_map_evidence import Drawn
from tests.personas import citing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def drawn() -> Drawn:
    return Drawn(make.member())


def path(drawn: Drawn) -> str:
    return f"journey-maps/{drawn.on}/evidence/"


def test_evidence_is_cited_read_and_taken_off(drawn: Drawn) -> None:
    api, row = Api(drawn.ann), citing.evidence(drawn.ann, subjects=6)
    both = [drawn.cards[0], drawn.steps[0]]

    made = api.post(path(drawn), {"evidence": str(row.pk), "elements": [str(pk) for pk in both]})

    assert made.status_code == 201
    told = api.get(path(drawn)).json()
    grades = {one["id"]: one["grade"] for one in told["elements"]}
    assert grades == {
        str(pk): "some" if pk in both else "assumption" for pk in (*drawn.steps, *drawn.cards)
    }
    parts = told["freshness"]["parts"]
    assert told["freshness"]["score"] == sum(part["points"] for part in parts)
    [cited] = next(one for one in told["elements"] if one["id"] == str(both[0]))["citations"]
    assert cited["evidence"] == str(row.pk)
    assert api.delete(f"{path(drawn)}{cited['id']}/").status_code == 204
    assert drawn.cited() == [(row.pk, drawn.steps[0])]


@pytest.mark.parametrize(
    "body", [{}, {"elements": []}, {"elements": ["rubbish"]}, {"elements": [], "more": 1}]
)
def test_what_makes_no_sense_is_refused(drawn: Drawn, body: dict[str, object]) -> None:
    assert Api(drawn.ann).post(path(drawn), body).status_code == 422


def test_programs_of_others_and_without_the_right_change_nothing(drawn: Drawn) -> None:
    other = Drawn(make.member())
    row, theirs = citing.evidence(drawn.ann), citing.evidence(other.ann)
    link = drawn.cite(drawn.cards[0], row)
    api, reader = Api(drawn.ann), Api(drawn.ann, Right.SEE_JOURNEYS)

    for evidence, element in ((theirs, drawn.cards[0]), (row, other.cards[0]), (row, drawn.lane)):
        told = {"evidence": str(evidence.pk), "elements": [str(element)]}
        assert api.post(path(drawn), told).status_code == 404
    assert Api(other.ann).get(path(drawn)).status_code == 404
    assert Api(other.ann).delete(f"{path(drawn)}{link.pk}/").status_code == 404
    assert Api(other.ann).delete(f"{path(other)}{link.pk}/").status_code == 404
    assert reader.get(path(drawn)).status_code == 200
    assert reader.delete(f"{path(drawn)}{link.pk}/").status_code == 403
    with tenant_bound(drawn.ann.tenant_id):
        assert EvidenceLink.objects.for_tenant(drawn.ann.tenant).count() == 1
