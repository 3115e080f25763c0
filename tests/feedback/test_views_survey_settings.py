"""The settings of a survey of ours, through the browser's door."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from feedback.models import Response, Survey
from feedback.services.surveys_making import draft_of
from tests import make
from tests.feedback.test_views_survey_builder import Builder, html

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
SENT = {
    "purpose": "pulse",
    "layout": "all",
    "thanks": "Bye",
    "closed": "",
    "edit_hours": "2",
    "owner": "",
    "touchpoint": "",
    "channel": "",
    "theme": "",
    "closes_at": "",
    "closes_after": "",
}


@pytest.fixture
def built(client: Client) -> Builder:
    return Builder(client)


def test_settings_show_what_stands(built: Builder) -> None:
    page = html(built.client.get(built.url("survey-settings")))

    assert f'<option value="{built.member.pk}" selected>' in page
    assert 'name="edit_hours" value="24"' in page


def test_settings_change_the_survey_and_its_draft_together(built: Builder) -> None:
    tenant = built.member.tenant
    touchpoint, channel = make.touchpoint(of=tenant), make.channel(of=tenant)
    more = {"closes_at": "2026-12-24T18:00", "closes_after": "100", "has_progress": "on"}

    with time_machine.travel(make.NOW, tick=False):
        answer = built.post(
            "survey-settings",
            **{**SENT, **more, "touchpoint": touchpoint.pk, "channel": channel.pk},
        )

    stored = built.fresh()
    with tenant_bound(tenant.pk):
        draft = draft_of(stored)
        entry = AuditEntry.objects.for_tenant(tenant).get(action="survey-changed")
    assert answer["Location"] == built.url("survey-detail")
    assert (stored.purpose, stored.edit_hours, stored.closes_after) == ("pulse", 2, 100)
    assert (stored.touchpoint_id, stored.channel_id) == (touchpoint.pk, channel.pk)
    assert (stored.owner_id, stored.closes_at) == (None, datetime(2026, 12, 24, 18, tzinfo=UTC))
    assert (draft.layout, draft.thanks, draft.has_progress) == ("all", "Bye", True)
    assert entry.changes["touchpoint"] == [None, "Checkout"]
    assert entry.changes["closes_at"] == [None, "2026-12-24T18:00:00+00:00"]


def test_the_closing_is_told_on_the_clock_of_the_workspace(built: Builder) -> None:
    with tenant_bound(built.member.tenant_id):
        built.member.tenant.time_zone = "Asia/Tokyo"
        built.member.tenant.save(update_fields=["time_zone"])

    with time_machine.travel(make.NOW, tick=False):
        built.post("survey-settings", **{**SENT, "closes_at": "2026-12-24T18:00"})
    page = html(built.client.get(built.url("survey-settings")))

    assert built.fresh().closes_at == datetime(2026, 12, 24, 9, tzinfo=UTC)
    assert 'value="2026-12-24T18:00"' in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("closes_at", "2026-11-20T11:59", "This moment is over"),
        ("closes_at", "soon", "Choose a day and a time"),
        ("closes_after", "0", "greater than or equal to 1"),
        ("edit_hours", "99999", "less than or equal to 2160"),
        ("purpose", "love", "love is not one of the available choices"),
        ("layout", "round", "round is not one of the available choices"),
        ("touchpoint", "00000000-0000-0000-0000-000000000000", "not one of the available"),
        ("thanks", "x" * 2001, "at most 2000 characters"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    built: Builder, field: str, value: str, words: str
) -> None:
    with time_machine.travel(make.NOW, tick=False):
        answer = built.post("survey-settings", **{**SENT, field: value})

    assert answer.status_code == 422
    assert words in html(answer)
    assert f'id="id_{field}_error"' in html(answer)
    assert built.fresh().purpose == "transactional"


def test_a_number_of_answers_that_is_reached_already_is_refused(built: Builder) -> None:
    with tenant_bound(built.member.tenant_id):
        answered(built.fresh())

    answer = built.post("survey-settings", **{**SENT, "closes_after": "1"})

    assert answer.status_code == 422
    assert "It has 1 complete responses already" in html(answer)


def test_a_touchpoint_of_another_workspace_cannot_be_chosen(built: Builder) -> None:
    foreign = make.touchpoint(of=make.tenant())

    answer = built.post("survey-settings", **{**SENT, "touchpoint": foreign.pk})

    assert answer.status_code == 422
    assert built.fresh().touchpoint_id is None


def answered(survey: Survey) -> None:
    Response.objects.create(
        tenant=survey.tenant,
        survey=survey,
        answered_at=make.NOW,
        received_at=make.NOW,
        day=make.NOW.date(),
        source="wayfare",
    )
