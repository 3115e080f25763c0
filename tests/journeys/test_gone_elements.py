"""Writing in something that was deleted meanwhile, with what it lay in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.kernel.operations.state import is_there
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import Told

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def sent(told: Told, *ops: dict[str, Any]) -> Any:
    batch = str(new_id())
    dressed = [{"id": str(new_id()), "batch": batch, **one} for one in ops]
    client = Client()
    client.force_login(told.member.user)
    return client.post(
        f"/t/{told.member.tenant.slug}/maps/{told.future.pk}/ops",
        json.dumps(dressed),
        content_type="application/json",
    )


def wrote(card: UUID) -> dict[str, Any]:
    return {"op": "set", "lineage": str(card), "field": "text", "value": "My text"}


@pytest.mark.parametrize("deleted", [("card",), ("lane",), ("card", "lane")], ids=" and ".join)
def test_what_has_to_come_back_is_named_and_once_is_enough(
    told: Told, deleted: tuple[str, ...]
) -> None:
    ids = {"card": told.card, "lane": told.lane}
    for kind in deleted:
        told.do(told.future, m.asked(Deed.DELETE, ids[kind]))

    gone = sent(told, wrote(told.card))
    restore = gone.json()["restore"]
    back = sent(told, *({"op": "restore", "lineage": pk} for pk in restore), wrote(told.card))

    assert gone.status_code == 410
    assert restore == [str(ids[kind]) for kind in ("lane", "card") if kind in deleted]
    assert back.status_code == 200
    state = told.state(told.future)
    assert is_there(state, told.card)
    assert state[told.card].values["text"] == "My text"
