"""The pages that bring a future map into the current one, and say how far it is real."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.errors import NotNowError
from journeys.models import JourneyMap, StepRealisation
from journeys.rules.promises import Realisation
from journeys.services.realising import note_realisation
from tests import make
from tests.journeys.ahead import LATER, Told

if TYPE_CHECKING:
    from uuid import UUID

    from pytest_django.fixtures import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def told(db: None) -> Told:
    found = Told(make.member())
    found.title(found.future, found.pay, "Pay later")
    return found


def url(told: Told, more: str, on: JourneyMap | None = None) -> str:
    return f"/t/{told.member.tenant.slug}/maps/{(on or told.future).pk}/{more}"


def client_of(told: Told) -> Client:
    client = Client()
    client.force_login(told.member.user)
    return client


def seen(told: Told, more: str, *, status: int = 200, on: JourneyMap | None = None) -> str:
    answer = client_of(told).get(url(told, more, on))
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def post(told: Told, more: str, on: JourneyMap | None = None, **values: Any) -> Any:
    return client_of(told).post(url(told, more, on), values)


def as_other(told: Told, role: Role) -> Told:
    told.member = make.member(of=told.member.tenant, role=role)
    return told


def note(told: Told, step: UUID, state: Realisation, **more: Any) -> StepRealisation:
    with tenant_bound(told.member.tenant_id):
        of = told.row(told.future.pk)
        return note_realisation(of=of, step=step, state=state, by=None, now=LATER, **more)


def noted(told: Told) -> list[tuple[UUID, str, date | None]]:
    with tenant_bound(told.member.tenant_id):
        rows = StepRealisation.objects.for_tenant(told.member.tenant).filter(map=told.future)
        return list(rows.values_list("step_id", "state", "live_on"))


def test_steps_are_chosen_looked_at_and_brought_into_a_draft(told: Told) -> None:
    told.title(told.future, told.wait, "No wait")

    choosing = seen(told, "promote/")
    looking = seen(told, f"promote/?steps={told.pay}")
    done = post(told, "promote/", steps=[str(told.pay)])

    assert f'value="{told.pay}"' in choosing
    assert f'value="{told.wait}"' in choosing
    assert "What would change in map 1, As it is" in looking
    assert "<ins>Pay later</ins>" in looking
    assert "No wait" not in looking
    assert done.status_code == 302
    assert told.steps(told.draft()) == ["Pay later", "Buy 2"]


def test_live_steps_are_ticked(told: Told) -> None:
    note(told, told.pay, Realisation.LIVE)

    page = seen(told, "promote/")

    assert f'id="step-{told.pay}" checked>' in page
    assert "Steps that are live are ticked." in page


def test_conflicts_are_asked_about_and_answered(told: Told) -> None:
    told.title(told.draft(), told.pay, "Pay by card")
    key = f"answer-changed:{told.pay}:title"

    looking = seen(told, f"promote/?steps={told.pay}")
    refused = post(told, "promote/", steps=[str(told.pay)])
    answered: dict[str, Any] = {key: "theirs"}
    done = post(told, "promote/", steps=[str(told.pay)], **answered)

    assert looking.count(f'name="{key}"') == 2
    assert "Changed title of “Pay later”: “Buy 1” → “Pay by card”" in looking
    assert refused.status_code == 422
    assert "Both maps changed one place since" in refused.content.decode()
    assert done.status_code == 302
    assert told.steps(told.draft()) == ["Pay later", "Buy 2"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Choose at least one step."),
        ({"steps": ["nonsense"]}, "Choose steps of the list."),
    ],
)
def test_a_choice_of_nothing_or_nonsense_is_refused(
    told: Told, values: dict[str, Any], words: str
) -> None:
    answer = post(told, "promote/", **values)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_promoting_is_for_managers_and_the_owner_of_the_journey(told: Told) -> None:
    as_other(told, Role.CONTRIBUTOR)
    seen(told, "promote/", status=404)
    assert post(told, "promote/", steps=[str(told.pay)]).status_code == 404
    as_other(told, Role.MANAGER)
    seen(told, "promote/")


def test_a_current_map_is_not_promoted(told: Told) -> None:
    page = seen(told, "promote/", status=409, on=told.current)

    assert "Only a future or ideal map in use is promoted." in page


def test_a_future_map_moves_onto_newer_ground(told: Told) -> None:
    told.title(told.draft(), told.wait, "Wait a little")
    current = told.publish(told.draft())

    answer = post(told, "rebase/")
    again = post(told, "rebase/")

    assert answer.status_code == 302
    with tenant_bound(told.member.tenant_id):
        assert told.row(told.future.pk).baseline == current
    assert told.steps(told.future) == ["Pay later", "Wait a little"]
    assert again.status_code == 409


def test_a_map_of_the_past_is_published_again(told: Told) -> None:
    told.title(told.draft(), told.pay, "A mistake")
    told.publish(told.draft())

    answer = post(told, "publish-again/", on=told.current)
    refused = post(told, "publish-again/")

    assert answer.status_code == 302
    assert refused.status_code == 409
    with tenant_bound(told.member.tenant_id):
        rows = JourneyMap.objects.for_tenant(told.member.tenant)
        assert rows.get(status="published", state="current").number == 4


def test_publishing_marks_the_promoted_steps_live(told: Told) -> None:
    told.title(told.future, told.wait, "No wait")
    post(told, "promote/", steps=[str(told.pay)])

    told.publish(told.draft())

    assert noted(told) == [(told.pay, "live", LATER.date())]


def test_the_board_shows_promised_steps_by_how_far_they_are(told: Told) -> None:
    told.title(told.future, told.wait, "No wait")
    note(told, told.pay, Realisation.BUILDING, due=date(2001, 1, 1))
    note(told, told.wait, Realisation.LIVE, note="Since the new till")

    page = seen(told, "realisation/")

    assert "1 of 2 steps live, <strong>1 overdue</strong>" in page
    assert "Overdue since 1 Jan 2001" in page
    assert "Since the new till" in page
    assert "Buy 1" not in page


def test_a_step_is_noted_on_a_page_of_its_own(told: Told) -> None:
    form = seen(told, f"realisation/{told.pay}/")
    answer = post(told, f"realisation/{told.pay}/", state="live", live_on="2026-11-01")
    wrong = post(told, f"realisation/{told.pay}/", state="nearly")

    assert "Live since" in form
    assert answer.status_code == 302
    assert wrong.status_code == 422
    assert noted(told) == [(told.pay, "live", date(2026, 11, 1))]


def test_dropped_steps_are_not_counted_and_lose_their_day(told: Told) -> None:
    note(told, told.pay, Realisation.LIVE)

    done = note(told, told.pay, Realisation.DROPPED, live_on=date(2026, 11, 1))

    assert done.live_on is None
    assert "Steps of which this map promises" in seen(told, "realisation/")


def test_only_steps_on_a_future_map_in_use_become_real(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        current = told.row(told.current.pk)
        with pytest.raises(NotNowError, match="future or ideal"):
            note_realisation(of=current, step=told.pay, state=Realisation.LIVE, by=None, now=LATER)
    with pytest.raises(NotNowError, match="not on the map"):
        note(told, told.lane, Realisation.LIVE)
    seen(told, "realisation/", status=404, on=told.current)
    seen(told, f"realisation/{told.lane}/", status=404)


def test_viewers_read_the_board_and_change_nothing(told: Told) -> None:
    as_other(told, Role.VIEWER)

    assert "Change Pay later" not in seen(told, "realisation/")
    assert post(told, f"realisation/{told.pay}/", state="live").status_code == 404
    assert post(told, "rebase/").status_code == 404
    assert noted(told) == []


@pytest.mark.parametrize(
    "more", ["promote/", "realisation/", "rebase/", "publish-again/", "diff/take/"]
)
def test_maps_of_another_workspace_are_not_there(told: Told, more: str) -> None:
    stranger = Told(make.member())
    client = client_of(stranger)
    address = f"/t/{stranger.member.tenant.slug}/maps/{told.future.pk}/{more}"

    send = client.get if more == "realisation/" else client.post

    assert send(address).status_code == 404


def test_the_queries_of_the_board_do_not_grow(
    told: Told, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(told)
    client.get(url(told, "realisation/"))
    with django_assert_num_queries(39) as one:
        client.get(url(told, "realisation/"))
    for number in range(5):
        note(told, told.add_step(told.future, f"More {number}"), Realisation.PLANNED)

    with django_assert_num_queries(len(one.captured_queries)):
        client.get(url(told, "realisation/"))


def test_what_was_noted_later_than_live_stays_as_it_was(told: Told) -> None:
    note(told, told.pay, Realisation.LIVE, live_on=date(2026, 10, 1))
    post(told, "promote/", steps=[str(told.pay)])

    told.publish(told.draft())

    assert noted(told) == [(told.pay, "live", date(2026, 10, 1))]
