"""The history of a map: what was done, versions that are kept by name, and bringing back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cxm.kernel.ids import new_id
from cxm.kernel.operations.records import Deed
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Touchpoint
from journeys.models import MapOp, Snapshot
from tests import make
from tests.journeys import charting as m
from tests.journeys.ahead import Told
from tests.journeys.filing import exported, taken_in

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEY = "the-step"


@pytest.fixture
def told(db: None) -> Told:
    return Told(make.member())


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def url(told: Told, more: str = "") -> str:
    return f"/t/{told.member.tenant.slug}/maps/{told.future.pk}/{more}"


def post(told: Told, more: str, *, by: Membership | None = None, **values: Any) -> Any:
    return client_of(by or told.member).post(url(told, more), values)


def seen(told: Told, more: str = "history/", status: int = 200) -> str:
    answer = client_of(told.member).get(url(told, more))
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def kept(told: Told) -> list[Snapshot]:
    with tenant_bound(told.member.tenant_id):
        rows = Snapshot.objects.for_tenant(told.member.tenant).filter(map=told.future)
        return list(rows.order_by("seq", "pk"))


def head(told: Told) -> int:
    with tenant_bound(told.member.tenant_id):
        return told.row(told.future.pk).head_seq


def test_the_history_says_who_did_what_and_leads_to_the_map_then(told: Told) -> None:
    other = make.member(of=told.member.tenant, email="ana@example.org")
    told.title(told.future, told.pay, "Pay later")
    m.do(other, told.future.pk, m.put(told.wait, "title", "Wait a day"))

    page = seen(told)

    assert page.index("“Wait a day”") < page.index("“Pay later”")
    assert other.user.get_full_name() in page
    assert f'href="{url(told)}then/{head(told)}/"' in page


def test_a_file_that_was_taken_in_is_one_line_that_opens(told: Told) -> None:
    member = told.member
    with tenant_bound(member.tenant_id):
        row = told.row(told.future.pk)
    text = exported(member, row, profile="map")
    cards = "".join(
        f"      - key: card-{n}\n        step: {KEY}\n        text: Card {n}\n" for n in range(6)
    )
    key = re.findall(r"step: (\S+)", text)[0]
    taken_in(member, text.rstrip() + "\n" + cards.replace(KEY, key), onto=row)

    page = seen(told)

    assert "<summary>Imported 6 changes from a file</summary>" in page
    assert page.count("<li>Added card “Card") == 6


def test_a_long_history_is_read_in_stretches(told: Told) -> None:
    told.do(told.future, *(m.put(told.pay, "title", f"Pay {n}") for n in range(300)))
    told.do(told.future, *(m.put(told.wait, "title", f"Wait {n}") for n in range(300)))
    first = head(told) - 500 + 1

    page, older = seen(told), seen(told, f"history/?before={first}")

    assert f'href="?before={first}"' in page
    assert "created map" not in page.lower()
    assert 'href="?before=' not in older
    assert "Older" not in older


def test_a_version_is_kept_renamed_and_removed(told: Told) -> None:
    made = post(told, "versions/new/", label="  Before the   workshop ")
    [version] = kept(told)
    page = seen(told)
    renamed = post(told, f"versions/{version.pk}/rename/", label="After the workshop")
    [again] = kept(told)
    removed = post(told, f"versions/{version.pk}/remove/")

    assert (made.status_code, made.url) == (302, url(told, "history/"))
    assert (version.label, version.trigger, version.seq) == (
        "Before the workshop",
        "manual",
        head(told),
    )
    assert version.by_id == told.member.pk
    assert "Before the workshop" in page
    assert (renamed.status_code, again.label) == (302, "After the workshop")
    assert removed.status_code == 302
    assert kept(told) == []


@pytest.mark.parametrize("label", ["", "   ", "x" * 121])
def test_a_version_without_a_name_is_asked_for_one(told: Told, label: str) -> None:
    answer = post(told, "versions/new/", label=label)

    assert answer.status_code == 422
    assert 'id="version-fault"' in answer.content.decode()
    assert kept(told) == []


def test_an_automatic_version_is_not_removed_by_hand(told: Told) -> None:
    start = head(told)
    told.title(told.future, told.pay, "Pay later")
    post(told, f"then/{start}/bring-back/", choice="ask")
    [version] = kept(told)

    post(told, f"versions/{version.pk}/remove/")
    post(told, f"versions/{version.pk}/rename/", label="Mine")

    assert [(one.pk, one.label) for one in kept(told)] == [(version.pk, "")]


def test_bringing_back_is_shown_in_words_before_it_is_done(told: Told) -> None:
    other = make.member(of=told.member.tenant, email="ana@example.org")
    start = head(told)
    m.do(other, told.future.pk, m.put(told.pay, "title", "Pay later"))
    before = head(told)

    page = seen(told, f"then/{start}/bring-back/")

    assert "<ins>Buy 1</ins>" in page
    assert f"1 change of {other.user.get_full_name()}" in page
    assert head(told) == before

    answer = post(told, f"then/{start}/bring-back/", choice="ask")

    assert (answer.status_code, answer.url) == (302, url(told))
    assert told.state(told.future)[told.pay].values["title"] == "Buy 1"


def test_one_element_is_brought_back_alone(told: Told) -> None:
    start = head(told)
    told.title(told.future, told.pay, "Pay later")
    told.title(told.future, told.wait, "Wait a day")

    page = seen(told, f"then/{start}/bring-back/?of={told.pay}")
    post(told, f"then/{start}/bring-back/", of=told.pay)

    assert "Restore “Buy 1”" in page
    assert "Wait a day" not in page
    assert told.steps(told.future) == ["Buy 1", "Wait a day"]


def test_what_is_lost_is_asked_about_first(told: Told) -> None:
    touchpoint = make.touchpoint(of=told.member.tenant)
    contact = new_id()
    told.do(told.future, m.create(contact, "contact", {"touchpoint": str(touchpoint.pk)}, told.pay))
    start = head(told)
    told.do(told.future, m.asked(Deed.DELETE, contact))
    told.title(told.future, told.pay, "Pay later")
    with tenant_bound(told.member.tenant_id):
        Touchpoint.objects.for_tenant(told.member.tenant).update(archived_at=make.NOW)

    asked = post(told, f"then/{start}/bring-back/", choice="ask")
    done = post(told, f"then/{start}/bring-back/", choice="theirs")

    assert asked.status_code == 409
    assert "out of use" in asked.content.decode()
    assert 'value="theirs"' in asked.content.decode()
    assert done.status_code == 302
    assert told.steps(told.future)[0] == "Buy 1"


@pytest.mark.parametrize(
    ("more", "values", "status"),
    [
        ("then/1/bring-back/", {"of": "no-id"}, 422),
        ("then/1/bring-back/", {"of": "00000000-0000-4000-8000-000000000000"}, 409),
        ("then/1/bring-back/", {"choice": "whatever"}, 422),
        ("then/99999/bring-back/", {}, 404),
        ("versions/00000000-0000-4000-8000-000000000000/remove/", {}, 404),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    told: Told, more: str, values: dict[str, str], status: int
) -> None:
    before = head(told)

    answer = client_of(told.member).post(url(told, more), values)

    assert answer.status_code == status
    assert head(told) == before


def test_a_published_map_says_that_a_draft_is_needed(told: Told) -> None:
    base = f"/t/{told.member.tenant.slug}/maps/{told.current.pk}/then/3/bring-back/"

    page = client_of(told.member).get(base).content.decode()
    answer = client_of(told.member).post(base, {"choice": "ask"})

    assert "open a draft of it to restore" in page
    assert answer.status_code == 403


@pytest.mark.parametrize("role", [Role.VIEWER, None], ids=["a viewer", "a stranger"])
def test_who_may_not_change_a_map_brings_nothing_back(told: Told, role: Role | None) -> None:
    post(told, "versions/new/", label="Mine")
    [version] = kept(told)
    other = make.member(of=told.member.tenant, role=role) if role else make.member()
    start = f"/t/{other.tenant.slug}/maps/{told.future.pk}/"
    client = client_of(other)
    with tenant_bound(told.member.tenant_id):
        count = MapOp.objects.for_tenant(told.member.tenant).count()

    for more in (
        "then/1/bring-back/",
        "versions/new/",
        f"versions/{version.pk}/rename/",
        f"versions/{version.pk}/remove/",
    ):
        assert client.post(f"{start}{more}", {"label": "Theirs"}).status_code == 404

    assert [one.label for one in kept(told)] == ["Mine"]
    with tenant_bound(told.member.tenant_id):
        assert MapOp.objects.for_tenant(told.member.tenant).count() == count


def test_two_days_of_a_map_are_compared(told: Told) -> None:
    start = head(told)
    told.title(told.future, told.pay, "Pay later")
    told.title(told.future, told.pay, "Pay last")

    page = seen(told, f"diff/?at={start}&asof={start + 1}")

    assert "<ins>Pay later</ins>" in page
    assert "Pay last" not in page.partition('id="diff"')[2]
    assert f"to this map as it was after operation {start + 1}." in page
    assert 'name="change"' not in page
    refused = post(told, f"diff/take/?at={start}&asof={start + 1}", change="x", side="right")
    assert refused.status_code == 403
