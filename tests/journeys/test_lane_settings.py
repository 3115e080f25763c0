"""A lane is set to what its kind knows, on a page of its own."""

from __future__ import annotations

import pytest

from cxm.tenants.rules import Role
from journeys.forms.lane_settings import LaneSettingsForm
from journeys.rules.kinds import LaneKind
from tests import make
from tests.journeys import charting
from tests.journeys.sample import sample
from tests.journeys.test_map_live import client_of
from tests.journeys.test_map_page import colleague, url


@pytest.mark.parametrize("kind", list(LaneKind), ids=str)
def test_a_form_that_is_sent_as_it_came_changes_nothing(kind: LaneKind) -> None:
    fresh = LaneSettingsForm(kind=kind, config={})
    sent = {name: field.initial for name, field in fresh.fields.items() if field.initial}
    form = LaneSettingsForm(sent, kind=kind, config={})

    assert form.is_valid(), form.errors
    assert form.config() == {}


@pytest.mark.slow
@pytest.mark.django_db
def test_a_setting_is_changed_and_the_rest_stays_usual() -> None:
    made = sample(make.member())
    lane = made.lanes["Feels"]
    told = {
        "max_cards": "60",
        "colour_by": "none",
        "curve": "steps",
        "labels": "Delighted\nPleased\nSo so\nAnnoyed\nAngry",
    }

    answer = client_of(made.member).post(
        url(made.member, made.map_id, f"lanes/{lane}/settings/"), told
    )

    assert answer["Location"] == f"{url(made.member, made.map_id)}?of={lane}"
    assert charting.state_of(made.member, made.map_id)[lane].values["config"] == {
        "curve": "steps",
        "labels": ["Delighted", "Pleased", "So so", "Annoyed", "Angry"],
    }


@pytest.mark.slow
@pytest.mark.django_db
def test_a_setting_that_does_not_fit_is_named_at_its_field() -> None:
    made = sample(make.member())
    told = {"max_cards": "60", "colour_by": "none", "curve": "steps", "labels": "One"}
    address = url(made.member, made.map_id, f"lanes/{made.lanes['Feels']}/settings/")

    answer = client_of(made.member).post(address, told)

    assert answer.status_code == 422
    assert "name all five values from the highest down, or none" in answer.content.decode()


@pytest.mark.slow
@pytest.mark.django_db
def test_settings_are_for_editors_and_lanes_of_the_map() -> None:
    made, other = sample(make.member()), sample(make.member())
    lane = made.lanes["Feels"]
    viewer = client_of(colleague(made.member, Role.VIEWER))
    editor = client_of(made.member)

    assert viewer.get(url(made.member, made.map_id, f"lanes/{lane}/settings/")).status_code == 404
    for strange in (other.lanes["Feels"], made.steps[0]):
        address = url(made.member, made.map_id, f"lanes/{strange}/settings/")
        assert editor.get(address).status_code == 404
