"""The page that shows what differs between two maps, and what is done there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import Told

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

    from journeys.models import JourneyMap

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def url(told: Told, on: JourneyMap, more: str = "") -> str:
    return f"/t/{told.member.tenant.slug}/maps/{on.pk}/diff/{more}"


def client_of(told: Told) -> Client:
    client = Client()
    client.force_login(told.member.user)
    return client


def seen(told: Told, more: str = "", status: int = 200) -> str:
    answer = client_of(told).get(url(told, told.future, more))
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def take(told: Told, change: str, more: str = "", **values: Any) -> Any:
    posted = {"change": change, "side": "right", **values}
    return client_of(told).post(url(told, told.future, f"take/{more}"), posted)


def test_a_fork_is_compared_with_what_it_was_forked_from(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    told.do(told.future, m.asked(Deed.DELETE, told.card))

    page = seen(told)

    assert "From map 1, As it is to map 2, As it shall be." in page
    assert "<ins>Pay later</ins>" in page
    assert "<del>Buy 1</del>" in page
    assert "Removed card “I pay” from “Does”, at “Pay later”" in page
    assert page.count('class="diff-line"') == 2


def test_marks_differ_by_word_and_shape(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    told.add_step(told.future, "Collect")

    page = seen(told)

    assert '#plus"></use></svg>1 added' in page
    assert '#pencil"></use></svg>1 changed' in page


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("overlay", 'class="diff-card is-removed"'),
        ("sides", '<th scope="row" class="diff-side">Before</th>'),
    ],
)
def test_both_maps_stand_in_one_grid(told: Told, view: str, shown: str) -> None:
    told.do(told.future, m.asked(Deed.DELETE, told.card))

    page = seen(told, f"?view={view}")

    assert shown in page
    assert "I pay" in page


def test_a_map_is_compared_with_itself_at_an_earlier_time(told: Told) -> None:
    with tenant_bound(told.member.tenant_id):
        before = told.row(told.future.pk).head_seq
    told.title(told.future, told.pay, "Pay later")

    then = seen(told, f"?at={before}")
    same_day = seen(told, f"?on={make.NOW:%Y-%m-%d}")
    too_early = seen(told, "?on=2001-01-01", status=422)
    nonsense = seen(told, "?at=99999", status=422)

    assert "<ins>Pay later</ins>" in then
    assert "Nothing differs" in same_day
    assert "did not exist yet on that day" in too_early
    assert "Choose a moment from 1 to" in nonsense


def test_what_people_wrote_is_shown_as_text(told: Told) -> None:
    told.title(told.future, told.pay, "<script>alert(1)</script>")

    assert "<script>alert" not in seen(told)
    assert "<script>alert" not in seen(told, "?view=overlay")


def test_the_number_of_queries_does_not_grow_with_the_changes(
    told: Told, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    told.title(told.future, told.pay, "Pay later")
    client = client_of(told)
    client.get(url(told, told.future))

    with django_assert_num_queries(37) as one:
        client.get(url(told, told.future))
    for number in range(10):
        told.add_step(told.future, f"More {number}")

    with django_assert_num_queries(len(one.captured_queries)):
        client.get(url(told, told.future))


def test_one_change_is_taken_back_in_a_draft_and_the_others_stay(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    step = told.add_step(told.future, "Collect")

    answer = take(told, f"added:{step}")

    assert answer.status_code == 302
    assert told.steps(told.future) == ["Pay later", "Buy 2"]


def test_a_change_is_taken_over_into_a_draft(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    draft = told.draft()

    page = seen(told, f"?against={draft.pk}")
    answer = take(told, f"changed:{told.pay}:title", f"?against={draft.pk}", side="left")

    assert "Take over" in page
    assert answer.status_code == 302
    assert told.steps(draft) == ["Pay later", "Buy 2"]


def test_a_change_that_is_no_more_is_not_taken(told: Told) -> None:
    answer = take(told, f"changed:{told.pay}:title")

    assert answer.status_code == 409
    assert "Somebody changed this meanwhile" in answer.content.decode()


def test_a_published_map_is_not_changed_from_here(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")

    answer = take(told, f"changed:{told.pay}:title", f"?against={told.current.pk}", side="left")

    assert answer.status_code == 403
    assert "Take over" not in seen(told, f"?against={told.current.pk}")
    assert told.steps(told.current) == ["Buy 1", "Buy 2"]


def test_viewers_read_and_take_nothing(told: Told) -> None:
    told.title(told.future, told.pay, "Pay later")
    told.member = make.member(of=told.member.tenant, role=Role.VIEWER)

    assert "Take back" not in seen(told)
    assert take(told, f"changed:{told.pay}:title").status_code == 404


def test_maps_of_others_are_not_there(told: Told) -> None:
    stranger = Told(make.member())

    seen(told, f"?against={stranger.current.pk}", status=404)
    assert client_of(stranger).get(url(stranger, told.future)).status_code == 404
    answer = client_of(told).post(url(told, stranger.future, "take/"), {})
    assert answer.status_code == 404


def test_the_changes_are_a_markdown_file_and_its_export_is_written_down(told: Told) -> None:
    told.title(told.future, told.pay, "Pay *later*")

    answer = client_of(told).get(url(told, told.future, "changes.md"))

    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "- Changed title of *Pay \\*later\\**" in answer.content.decode()
    with tenant_bound(told.member.tenant_id):
        entry = AuditEntry.objects.for_tenant(told.member.tenant).get(action="map-diff-exported")
    assert (entry.object_id, entry.changes) == (told.future.pk, {"against": 1, "format": "md"})


def test_maps_of_two_journeys_are_paired_by_key_and_nothing_is_taken(told: Told) -> None:
    variant = Told(told.member)
    variant.title(variant.draft(), variant.pay, "Pay in crowns")
    current = variant.publish(variant.draft())
    told.do(told.future, m.asked(Deed.DELETE, told.card))

    page = seen(told, f"?against={current.pk}")
    answer = take(told, f"removed:{told.card}", f"?against={current.pk}")

    assert "of another journey" in page
    assert "<del>Pay in crowns</del><ins>Buy 1</ins>" in page
    assert page.count('class="diff-line"') == 2
    assert "Take back" not in page
    assert answer.status_code == 403


def test_a_map_without_a_baseline_asks_what_to_compare_with(told: Told) -> None:
    answer = client_of(told).get(url(told, told.current))

    assert "Choose what to compare with" in answer.content.decode()
