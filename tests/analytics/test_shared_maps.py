"""Figures on maps that are shown to people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.tenants.rules import Role
from tests import make
from tests.analytics.map_world import world
from tests.analytics.reading import load_scores
from tests.journeys.sharing import link_to, the_map
from tests.personas.shares import opened, text

if TYPE_CHECKING:
    from tests.analytics.map_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def made() -> World:
    found = world("shop", "parcel", "help", member=make.member(role=Role.MANAGER))
    told = {"of": found.member.tenant, "metric": "csat_5"}
    load_scores({5: 40, 1: 10}, touchpoint="shop", **told)  # type: ignore[arg-type]
    load_scores({5: 1, 1: 3}, touchpoint="parcel", **told)  # type: ignore[arg-type]
    found.lane()
    return found


def test_figures_come_with_their_answers_and_interval_and_few_are_hidden(made: World) -> None:
    page = text(opened(link_to(made.member, made.map_id)))

    assert "80.0%, 50 answers, between 67.0 and 88.8" in page
    assert page.count("shared-figure-name") == 1
    assert "4 answers" not in page


def test_figures_are_shown_where_their_lane_was_chosen(made: World) -> None:
    page = text(opened(link_to(made.member, made.map_id, kinds=("text", "emotion"))))

    assert "50 answers" not in page


def test_figures_are_not_shown_by_frozen_links(made: World) -> None:
    head = the_map(made.member, made.map_id).head_seq

    assert "50 answers" not in text(opened(link_to(made.member, made.map_id, freeze_seq=head)))
