"""Lanes that a map hides are listed and shown again; a stage or a lane is shown alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from cxm.tenants.rules import Role
from tests import make
from tests.journeys import charting as m
from tests.journeys.sample import Sample, sample
from tests.journeys.test_map_live import client_of, op, send, targets
from tests.journeys.test_map_page import colleague, seen, url

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> Sample:
    found = sample(make.member())
    m.do(found.member, found.map_id, m.put(found.lanes["Thinks"], "is_hidden", value=True))
    return found


def listed(page: str) -> str:
    """Give the list of hidden lanes of a page, without the forms' tokens."""
    found = re.search(r'<div id="map-hidden-lanes".*?</div>\s*<nav', page, re.DOTALL)
    assert found
    return found.group()


def show(member: Membership, made: Sample) -> int:
    told = {"op": "set", "lineage": str(made.lanes["Thinks"]), "field": "is_hidden"}
    sent = {**told, "value": "false"}
    return client_of(member).post(url(member, made.map_id, "change/"), sent).status_code


def test_a_hidden_lane_is_listed_and_shown_again_without_scripts(made: Sample) -> None:
    before = seen(made.member, made)
    status = show(made.member, made)
    after = seen(made.member, made)

    lane = f'id="lane-{made.lanes["Thinks"]}"'
    assert (status, lane in before, lane in after) == (302, False, True)
    assert "1 hidden lane" in listed(before)
    assert "Show Thinks" in listed(before)
    assert "Thinks" not in listed(after)


def test_showing_a_lane_again_is_undone(made: Sample) -> None:
    show(made.member, made)
    client_of(made.member).post(url(made.member, made.map_id, "undo/"))

    assert "Show Thinks" in listed(seen(made.member, made))


def test_a_viewer_looks_at_a_hidden_lane_alone_and_shows_it_to_nobody(made: Sample) -> None:
    viewer = colleague(made.member, Role.VIEWER)

    page = listed(seen(viewer, made))

    assert f"?lanes={made.lanes['Thinks']}" in page
    assert "<form" not in page
    assert show(viewer, made) == 404


def test_the_list_changes_with_the_map_as_others_have_it(made: Sample) -> None:
    told = json.loads(
        send(
            made.member, made, op("set", made.lanes["Does"], field="is_hidden", value=True)
        ).content
    )

    assert targets(told["html"]) == ["map-grid", "map-hidden-lanes"]
    assert "2 hidden lanes" in told["html"]


@pytest.mark.parametrize(("name", "kind"), [("stage", "stage"), ("lanes", "lane")])
def test_a_stage_or_lane_leads_to_itself_alone_and_back(made: Sample, name: str, kind: str) -> None:
    page = seen(made.member, made)
    found = re.findall(
        rf'data-kind="{kind}" data-lineage="([^"]+)"[^>]* data-focus="([^"]*)"', page
    )
    lineage, address = found[0]
    alone = seen(made.member, made, address)
    back = re.findall(
        rf'data-kind="{kind}" data-lineage="([^"]+)"[^>]* data-focus="([^"]*)"', alone
    )

    assert address == f"?{name}={lineage}"
    assert len(found) > 1
    assert back == [(lineage, "?")]


@pytest.mark.parametrize(("name", "kind"), [("stage", "stage"), ("lanes", "lane")])
def test_details_of_a_stage_or_lane_lead_to_it_alone(made: Sample, name: str, kind: str) -> None:
    lineage = made.lanes["Does"] if kind == "lane" else made.stages[0]
    viewer = colleague(made.member, Role.VIEWER)

    page = seen(viewer, made, f"?of={lineage}")

    assert f"Show this {kind} alone" in page
    assert f'href="{url(viewer, made.map_id)}?{name}={lineage}"' in page
