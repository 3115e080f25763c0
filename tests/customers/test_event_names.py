"""Names of events become touchpoints and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxm.customers.errors import NoEventNamesError
from cxm.customers.models import EventName
from cxm.customers.selectors.touchpoint_rules import event_names_chosen, event_names_listed
from cxm.customers.services.event_names import make_touchpoints, send_to_touchpoint
from cxm.tenants.binding import tenant_bound
from cxm.touchpoints.models import Touchpoint
from cxm.touchpoints.selectors import rules_listed
from tests import make
from tests.make import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Iterator[Membership]:
    member = make.member()
    with tenant_bound(member.tenant_id):
        yield member


def _names(by: Membership, *names: str) -> list[EventName]:
    rows = EventName.objects.for_tenant(by.tenant).filter(name__in=names)
    return list(rows.order_by("name", "source"))


def _led(by: Membership) -> list[tuple[str, str, str]]:
    return [
        (rule.interaction_kind, rule.event_name, rule.touchpoint.title)
        for rule in rules_listed(by.tenant)
    ]


def test_a_name_becomes_a_touchpoint_with_a_readable_title(by: Membership) -> None:
    make.events("order_delivered", of=by.tenant)

    make_touchpoints(tenant=by.tenant, names=_names(by, "order_delivered"), by=by)
    [event] = make.events("order_delivered", of=by.tenant)

    assert _led(by) == [("event", "order_delivered", "Order delivered")]
    assert event.touchpoint_id == Touchpoint.objects.for_tenant(by.tenant).get().pk


def test_a_touchpoint_of_that_title_is_taken_instead_of_a_second_one(by: Membership) -> None:
    make.touchpoint(of=by.tenant, title="ORDER DELIVERED")
    make.events("order_delivered", "Order Delivered", of=by.tenant)

    make_touchpoints(
        tenant=by.tenant, names=_names(by, "order_delivered", "Order Delivered"), by=by
    )

    assert sorted(_led(by)) == [
        ("event", "Order Delivered", "ORDER DELIVERED"),
        ("event", "order_delivered", "ORDER DELIVERED"),
    ]


def test_a_name_of_two_sources_needs_one_rule(by: Membership) -> None:
    make.events("opened", of=by.tenant)
    make.events("opened", of=by.tenant, source="events:app")

    made = make_touchpoints(tenant=by.tenant, names=_names(by, "opened"), by=by)
    again = make_touchpoints(tenant=by.tenant, names=_names(by, "opened"), by=by)

    assert (len(made), len(again)) == (1, 0)
    assert _led(by) == [("event", "opened", "Opened")]


def test_several_names_are_sent_to_one_touchpoint(by: Membership) -> None:
    make.events("opened", "closed", "left", of=by.tenant)
    point = make.touchpoint(of=by.tenant, title="App")

    send_to_touchpoint(
        tenant=by.tenant, names=_names(by, "closed", "opened"), touchpoint=point, by=by
    )

    assert _led(by) == [("event", "closed", "App"), ("event", "opened", "App")]


def test_something_must_be_chosen(by: Membership) -> None:
    with pytest.raises(NoEventNamesError):
        make_touchpoints(tenant=by.tenant, names=[], by=by)


def test_names_are_listed_the_most_often_unmatched_first(by: Membership) -> None:
    make.rule("placed", to=make.touchpoint(of=by.tenant))
    make.events("placed", "placed", "placed", "once", "twice", "twice", of=by.tenant)

    def listed(**asked: object) -> list[str]:
        return [row.name for row in event_names_listed(by.tenant, **asked)]  # type: ignore[arg-type]

    assert listed() == ["twice", "once", "placed"]
    assert listed(is_unmatched=True) == ["twice", "once"]
    assert listed(q="WIC") == ["twice"]
    assert listed(q="events:sh") == ["twice", "once", "placed"]


def test_rare_names_that_are_counted_together_and_notes_cannot_be_chosen(by: Membership) -> None:
    make.events("opened", of=by.tenant)
    make.events("remark", of=by.tenant, kind="note")
    EventName.objects.for_tenant(by.tenant).filter(name="opened").update(name="")
    every = [row.pk for row in EventName.objects.for_tenant(by.tenant)]

    assert event_names_chosen(by.tenant, every) == []


def test_a_name_was_seen_when_its_events_happened_not_when_they_were_loaded(
    by: Membership,
) -> None:
    for day in (5, 2, 9):
        make.events("paid", of=by.tenant, day=day)
    make.events("paid", of=by.tenant, day=-1)  # A clock ahead of ours.
    [early] = _names(by, "paid")
    make.events("opened", "opened", of=by.tenant, day=3)
    [opened] = _names(by, "opened")

    days = (NOW - early.first_seen_at, NOW - early.last_seen_at, NOW - opened.last_seen_at)
    assert [one.days for one in days] == [9, 0, 3]
