"""Pages where touchpoint rules meet the events, through the browser's door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.customers.models import EventName
from cxm.customers.services.attributing import start_applying
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import Touchpoint, TouchpointRule
from cxm.work.engine import drain
from cxm.work.models import Batch, Job
from tests import make

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def _url(of: Tenant, name: str, *args: Any) -> str:
    return reverse(f"customers:{name}", args=[of.slug, *args])


def _tight(page: str) -> str:
    """Leave out the blanks around tags."""
    return re.sub(r"\s*(<[^>]*?)\s*>\s*", r"\1>", page)


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _ids(of: Tenant, *names: str) -> list[UUID]:
    with tenant_bound(of.pk):
        rows = EventName.objects.for_tenant(of).filter(name__in=names)
        return list(rows.order_by("name").values_list("pk", flat=True))


def _led(of: Tenant) -> list[tuple[str, str]]:
    with tenant_bound(of.pk):
        rules = TouchpointRule.objects.for_tenant(of).order_by("priority")
        return list(rules.values_list("event_name", "touchpoint__title"))


def _batch(of: Tenant) -> Batch:
    with tenant_bound(of.pk):
        return Batch.objects.for_tenant(of).get(kind="rule")


def _applied(of: Tenant) -> Batch:
    """Rules that were applied to one event."""
    make.events("order_paid", of=of)
    make.rule(to=make.touchpoint(of=of))
    with tenant_bound(of.pk):
        start_applying(tenant=of, start=None, end=None, by=None, now=now())
    drain(of.pk)
    return _batch(of)


# Event names


def test_the_list_of_names_costs_the_same_for_one_and_for_three() -> None:
    member = make.member()
    client, counts = _client(member), []

    for names in (["a"], ["b", "c"]):
        make.events(*names, of=member.tenant)
        with CaptureQueriesContext(connection) as queries:
            client.get(_url(member.tenant, "event-name-list"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_names_are_filtered() -> None:
    member = make.member()
    make.rule("placed", to=make.touchpoint(of=member.tenant))
    make.events("placed", "opened", "closed", of=member.tenant)
    client, url = _client(member), _url(member.tenant, "event-name-list")

    def shown(**asked: str) -> list[str]:
        words = client.get(url, asked, headers=HTMX).content.decode()
        return [n for n in ("placed", "opened", "closed") if f"<code>{n}</code>" in words]

    assert shown() == ["placed", "opened", "closed"]
    assert shown(unmatched="1") == ["opened", "closed"]
    assert shown(q="OSED") == ["closed"]
    assert shown(q="nothing") == []


def test_there_may_be_no_names_yet() -> None:
    member = make.member()

    shown = _client(member).get(_url(member.tenant, "event-name-list")).content.decode()

    assert "No events yet" in shown


def test_one_name_is_made_a_touchpoint_by_its_own_button() -> None:
    member = make.member()
    make.events("order_delivered", "opened", of=member.tenant)
    [only] = _ids(member.tenant, "order_delivered")

    answer = _client(member).post(
        _url(member.tenant, "event-name-lead"), {"only": str(only)}, follow=True
    )

    assert "1 rule is made." in answer.content.decode()
    assert _led(member.tenant) == [("order_delivered", "Order delivered")]


def test_several_names_are_made_touchpoints_at_once() -> None:
    member = make.member()
    make.events("order_delivered", "opened", "closed", of=member.tenant)
    ids = _ids(member.tenant, "order_delivered", "opened")

    answer = _client(member).post(
        _url(member.tenant, "event-name-lead"), {"names": ids, "deed": "create"}, follow=True
    )

    assert "2 rules are made." in answer.content.decode()
    assert _led(member.tenant) == [("opened", "Opened"), ("order_delivered", "Order delivered")]


def test_several_names_are_sent_to_a_touchpoint() -> None:
    member = make.member()
    point = make.touchpoint(of=member.tenant, title="App")
    make.events("opened", "closed", of=member.tenant)
    sent = {"names": _ids(member.tenant, "opened", "closed"), "deed": "send"}
    client, url = _client(member), _url(member.tenant, "event-name-lead")

    client.post(url, {**sent, "touchpoint": str(point.pk)})
    again = client.post(url, {**sent, "touchpoint": str(point.pk)}, follow=True)

    assert _led(member.tenant) == [("closed", "App"), ("opened", "App")]
    assert "There are rules for these already." in again.content.decode()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"deed": "create"}, "Choose at least one event name."),
        ({"deed": "send"}, "Choose the touchpoint to send them to."),
        ({"deed": "burn"}, "Select a valid choice."),
        ({"names": ["x"]}, "Enter a valid UUID."),
        ({"only": "x"}, "Enter a valid UUID."),
        ({"deed": "send", "touchpoint": "x"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_led_anywhere_is_refused(sent: dict[str, Any], words: str) -> None:
    member = make.member()

    answer = _client(member).post(_url(member.tenant, "event-name-lead"), sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_names_and_touchpoints_of_another_tenant_are_not_found() -> None:
    member, other = make.member(), make.tenant()
    make.events("opened", of=other)
    foreign, own = make.touchpoint(of=other), make.touchpoint(of=member.tenant)
    client, url = _client(member), _url(member.tenant, "event-name-lead")
    names = _ids(other, "opened")

    of_names = client.post(url, {"names": names, "deed": "send", "touchpoint": str(own.pk)})
    of_touchpoint = client.post(url, {"deed": "send", "touchpoint": str(foreign.pk)})

    assert (of_names.status_code, of_touchpoint.status_code) == (422, 422)
    assert (_led(member.tenant), _led(other)) == ([], [])


# Dry run


def test_the_dry_run_shows_what_each_rule_takes() -> None:
    member = make.member()
    make.events("order_paid", "order_paid", "opened", of=member.tenant)
    make.rule(to=make.touchpoint(of=member.tenant, title="Pay here"))

    shown = _client(member).get(_url(member.tenant, "rule-trial")).content.decode()

    words = _tight(shown)
    assert "<dt>Would change</dt><dd>2</dd>" in words
    assert "<dt>Stay without a touchpoint</dt><dd>1</dd>" in words
    assert '<td data-label="Events it takes" class="num">2</td>' in words
    assert "<strong>Pay here</strong>" in words


def test_a_dry_run_without_events_says_so() -> None:
    member = make.member()

    shown = _client(member).get(_url(member.tenant, "rule-trial")).content.decode()

    assert "No events yet" in shown


def test_the_dry_run_costs_the_same_for_one_rule_and_for_three() -> None:
    member = make.member()
    client, counts = _client(member), []

    for names in (["a"], ["b", "c"]):
        for name in names:
            make.rule(name, to=make.touchpoint(of=member.tenant))
        make.events(*names, of=member.tenant)
        with CaptureQueriesContext(connection) as queries:
            client.get(_url(member.tenant, "rule-trial"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# The past


def test_rules_are_applied_and_taken_back_from_the_page() -> None:
    member = make.member()
    make.events("order_paid", of=member.tenant)
    make.rule(to=make.touchpoint(of=member.tenant))
    client, url = _client(member), _url(member.tenant, "rule-past")

    begun = client.post(_url(member.tenant, "rule-apply"), {}, follow=True).content.decode()
    drain(member.tenant.pk)
    applied = client.get(url).content.decode()
    undo = _url(member.tenant, "rule-undo", _batch(member.tenant).pk)
    client.post(undo)
    drain(member.tenant.pk)
    undone = client.get(url).content.decode()

    assert "The rules are being applied." in begun
    assert "data-poll" in begun.partition('id="applied-rows"')[2].partition(">")[0]
    assert ("Undo" in applied, "Applied</span>" in applied) == (True, True)
    assert "Taken back" in undone
    assert undo not in undone


def test_the_days_are_kept_as_they_were_asked() -> None:
    member = make.member()
    sent = {"first_on": "2026-11-01", "last_on": "2026-11-20"}

    _client(member).post(_url(member.tenant, "rule-apply"), sent)

    words = "Touchpoint rules applied to the days from 2026-11-01 to before 2026-11-21"
    assert _batch(member.tenant).title == words
    with tenant_bound(member.tenant.pk):
        job = Job.objects.for_tenant(member.tenant).get()
    assert job.title == words
    assert job.result_url == _url(member.tenant, "rule-past")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"first_on": "soon"}, "Enter a valid date."),
        ({"first_on": "2026-11-02", "last_on": "2026-11-01"}, "Choose the first day or a later"),
        ({"last_on": "9999-12-31"}, "Choose an earlier day"),
    ],
)
def test_days_that_are_none_are_refused(sent: dict[str, str], words: str) -> None:
    member = make.member()

    answer = _client(member).post(_url(member.tenant, "rule-apply"), sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_while_rules_are_applied_another_start_is_refused() -> None:
    member = make.member()
    batch = _applied(member.tenant)
    client = _client(member)
    client.post(_url(member.tenant, "rule-apply"), {})

    start = client.post(_url(member.tenant, "rule-apply"), {})
    undo = client.post(_url(member.tenant, "rule-undo", batch.pk))

    assert (start.status_code, undo.status_code) == (422, 422)
    assert "Rules are being applied or taken back just now" in start.content.decode()
    assert "Rules are being applied or taken back just now" in undo.content.decode()


def test_the_list_of_applications_costs_the_same_for_one_and_for_three() -> None:
    member = make.member()
    client, counts = _client(member), []

    for more in (1, 2):
        for _ in range(more):
            with tenant_bound(member.tenant.pk):
                start_applying(tenant=member.tenant, start=None, end=None, by=member, now=now())
            drain(member.tenant.pk)
        with CaptureQueriesContext(connection) as queries:
            client.get(_url(member.tenant, "rule-past"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# Who may


PAGES = [("get", "event-name-list"), ("get", "rule-trial"), ("get", "rule-past")]
DEEDS = [("post", "event-name-lead"), ("post", "rule-apply")]


@pytest.mark.parametrize(("method", "name"), PAGES + DEEDS)
def test_a_viewer_is_refused(method: str, name: str) -> None:
    tenant = make.tenant()
    make.events("opened", of=tenant)
    client = _client(make.member(of=tenant, role=Role.VIEWER))

    answer = getattr(client, method)(_url(tenant, name), {"only": str(_ids(tenant, "opened")[0])})

    assert answer.status_code == 404
    with tenant_bound(tenant.pk):
        assert not Touchpoint.objects.for_tenant(tenant).exists()
        assert not Job.objects.for_tenant(tenant).exists()


@pytest.mark.parametrize(("method", "name"), PAGES + DEEDS)
def test_another_tenant_is_not_found(method: str, name: str) -> None:
    member, other = make.member(), make.tenant()

    answer = getattr(_client(member), method)(_url(other, name))

    assert answer.status_code == 404


def test_nobody_else_can_take_back_what_was_applied() -> None:
    tenant = make.tenant()
    batch = _applied(tenant)
    viewer, stranger = make.member(of=tenant, role=Role.VIEWER), make.member()

    answers = [
        _client(viewer).post(_url(tenant, "rule-undo", batch.pk)),
        _client(stranger).post(_url(tenant, "rule-undo", batch.pk)),
        _client(stranger).post(_url(stranger.tenant, "rule-undo", batch.pk)),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert _batch(tenant).state == Batch.State.DONE


def test_batches_of_imports_are_not_taken_back_here() -> None:
    member = make.member()
    batch = make.batch(of=member.tenant)

    answer = _client(member).post(_url(member.tenant, "rule-undo", batch.pk))

    assert answer.status_code == 404
