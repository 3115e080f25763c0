"""What can be written to a customer on their page, and the page of promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from cxm.customers.models import Interaction, Promise
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from tests import make
from tests.customers import served
from tests.customers.people import person
from tests.customers.served import client_of, queries_of, text, url_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.customers.models import Customer
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    """It is NOW."""
    with time_machine.travel(make.NOW, tick=False):
        yield


def post(client: Client, customer: Customer, rest: str, **values: str) -> Any:
    return client.post(url_of(customer, rest), values)


def test_a_note_stands_in_the_timeline_with_its_author() -> None:
    tenant = make.tenant(time_zone="Asia/Tokyo")
    customer = person(of=tenant)
    answer = post(client_of(tenant), customer, "notes/", text="  Calls after four.\n ")

    with tenant_bound(tenant.pk):
        note = Interaction.objects.for_tenant(tenant).select_related("by").get()
    assert (answer.status_code, note.kind, note.text) == (302, "note", "Calls after four.")
    assert (note.occurred_at, str(note.day)) == (make.NOW, "2026-11-20")
    assert note.by is not None


def test_a_promise_is_due_on_the_clock_of_the_tenant() -> None:
    tenant = make.tenant(time_zone="Asia/Tokyo")
    customer = person(of=tenant)

    post(client_of(tenant), customer, "promises/", text="Call", due_at="2026-11-21T09:30")

    with tenant_bound(tenant.pk):
        promise = Promise.objects.for_tenant(tenant).get()
    assert promise.due_at.isoformat() == "2026-11-21T00:30:00+00:00"


@pytest.mark.parametrize(
    ("rest", "values", "words"),
    [
        pytest.param("notes/", {"text": " "}, "Write the note", id="empty-note"),
        pytest.param("notes/", {"text": "x" * 10_001}, "at most 10000", id="long-note"),
        pytest.param("promises/", {"text": "Call"}, "Say by when", id="no-moment"),
        pytest.param(
            "promises/",
            {"text": "Call", "due_at": "2026-11-20T11:59"},
            "This moment has passed",
            id="past",
        ),
        pytest.param(
            "promises/",
            {"text": "Call", "due_at": "2033-01-01T00:00"},
            "within the next 5 years",
            id="far",
        ),
        pytest.param(
            "promises/", {"text": "Call", "due_at": "soon"}, "Choose a day and a time", id="words"
        ),
        pytest.param(
            "promises/",
            {"text": "", "due_at": "2026-11-21T11:59"},
            "Write the promise",
            id="empty-promise",
        ),
    ],
)
def test_refused_input_is_said_and_nothing_is_lost(
    rest: str, values: dict[str, str], words: str
) -> None:
    tenant = make.tenant()
    customer = person(of=tenant)

    answer = post(client_of(tenant), customer, rest, **values)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert values["text"].strip() in page
    with tenant_bound(tenant.pk):
        assert not Interaction.objects.for_tenant(tenant).exists()
        assert not Promise.objects.for_tenant(tenant).exists()


@pytest.mark.parametrize("rest", ["notes/", "promises/"])
def test_writing_is_not_found_by_analysts_and_strangers(rest: str) -> None:
    tenant, values = make.tenant(), {"text": "Call", "due_at": "2026-11-21T11:59"}
    customer = person(of=tenant)
    stranger = client_of(make.tenant())

    refused = [
        post(client_of(tenant, Role.ANALYST), customer, rest, **values).status_code,
        post(stranger, customer, rest, **values).status_code,
    ]

    assert refused == [404, 404]


def test_promises_are_listed_overdue_first_with_the_same_queries() -> None:
    tenant = make.tenant()
    customer = person(of=tenant)
    client, url = client_of(tenant), f"/t/{tenant.slug}/promises/"
    served.promise(customer, "In time", hours=9)
    one = queries_of(client, url)
    served.promise(customer, "Overdue", hours=-9)
    served.promise(person("Otto Kern", of=tenant), "Soon", hours=1)

    page = text(client.get(url))

    assert queries_of(client, url) == one == 10
    places = [page.index(piece) for piece in ("Overdue", "Soon", "In time")]
    assert places == sorted(places)
    assert "Otto Kern" in page


def test_one_can_list_what_one_promised_oneself() -> None:
    tenant = make.tenant()
    me: Membership = make.member(of=tenant, role=Role.AGENT)
    customer = person(of=tenant)
    served.promise(customer, "Mine", by=me)
    served.promise(customer, "Theirs")
    client = Client()
    client.force_login(me.user)

    page = text(client.get(f"/t/{tenant.slug}/promises/?by=me"))

    assert ("Mine</th>" in page, "Theirs</th>" in page) == (True, False)


@pytest.mark.parametrize(("deed", "field"), [("keep", "kept_at"), ("drop", "dropped_at")])
def test_a_promise_ends_once(deed: str, field: str) -> None:
    tenant = make.tenant()
    promise = served.promise(person(of=tenant))
    client, url = client_of(tenant), f"/t/{tenant.slug}/promises/{promise.pk}/"
    back = f"/t/{tenant.slug}/promises/"

    answer = client.post(f"{url}{deed}/", {"next": back})
    again = client.post(f"{url}keep/", {"next": "https://evil.example/"}, follow=True)

    with tenant_bound(tenant.pk):
        found = Promise.objects.for_tenant(tenant).get()
    assert answer["Location"] == back
    assert getattr(found, field) == make.NOW
    assert "closed this promise already" in text(again)


def test_promises_of_others_are_not_found() -> None:
    tenant = make.tenant()
    promise = served.promise(person(of=tenant))
    url = f"/promises/{promise.pk}/keep/"
    mine = make.tenant()

    refused = [
        client_of(tenant, Role.ANALYST).post(f"/t/{tenant.slug}{url}").status_code,
        client_of(mine).post(f"/t/{mine.slug}{url}").status_code,
    ]

    assert refused == [404, 404]
