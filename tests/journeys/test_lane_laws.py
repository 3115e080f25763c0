"""Settings that a kind of lane does not know, and cards that do not fit, are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import RefusedError
from tests import make
from tests.journeys import charting

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def begun(**lane: Any) -> tuple[Membership, UUID, UUID, UUID]:
    """Give a member, a map, a lane as asked, and a step."""
    member = make.member()
    drawn = charting.blank_map(member, charting.journey(member))
    _, step = charting.stage(member, drawn)
    pk = new_id()
    charting.do(member, drawn, charting.create(pk, "lane", {"title": "L", **lane}, drawn))
    return member, drawn, pk, step


def test_a_lane_is_not_made_with_settings_of_another_kind() -> None:
    with pytest.raises(RefusedError) as refused:
        begun(kind="text", config={"min": 1})

    assert refused.value.field == "config.min"


def test_a_setting_that_does_not_fit_changes_nothing() -> None:
    member, drawn, lane, _ = begun(kind="emotion", config={"show_table": True})

    with pytest.raises(RefusedError) as refused:
        charting.do(member, drawn, charting.put(lane, "config", {"labels": ["one"]}))

    assert refused.value.field == "config.labels"
    assert charting.state_of(member, drawn)[lane].values["config"] == {"show_table": True}


@pytest.mark.parametrize(
    ("lane", "card", "field"),
    [
        ({"kind": "scale", "config": {"max": 7}}, {"value": 8}, "value"),
        ({"kind": "scale"}, {"text": "no value"}, "value"),
        ({"kind": "channel"}, {"text": "by hand"}, "channel"),
        ({"kind": "insight"}, {"text": "loose"}, "insight"),
        ({"kind": "link", "config": {"hosts": ["a.example"]}}, {"url": "https://b.example"}, "url"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(
    lane: dict[str, Any], card: dict[str, Any], field: str
) -> None:
    member, drawn, pk, step = begun(**lane)

    with pytest.raises(RefusedError) as refused:
        charting.card(member, drawn, pk, step, **card)

    assert refused.value.field == field


def test_a_scale_is_not_cut_under_what_is_on_it() -> None:
    member, drawn, lane, step = begun(kind="scale", config={"max": 7})
    charting.card(member, drawn, lane, step, value=7)

    with pytest.raises(RefusedError) as refused:
        charting.do(member, drawn, charting.put(lane, "config", {"max": 5}))

    assert refused.value.field == "value"


def test_a_card_that_fits_is_taken() -> None:
    member, drawn, lane, step = begun(kind="link", config={"hosts": ["a.example"]})

    card = charting.card(member, drawn, lane, step, url="https://a.example/x")

    assert charting.state_of(member, drawn)[card].values["url"] == "https://a.example/x"
