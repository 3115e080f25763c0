"""Pages of touchpoint rules, through the browser's door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.touchpoints.models import TouchpointRule
from feedback.models import EventSource
from feedback.services.event_sources import create_source
from tests import make
from tests.make import NOW

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DEEDS = ["edit", "earlier", "later", "enable", "disable", "remove"]


def _url(of: Tenant, name: str, *args: Any) -> str:
    return reverse(f"touchpoints:rule-{name}", args=[of.slug, *args])


def _tight(page: str) -> str:
    """Leave out the blanks around tags."""
    return re.sub(r"\s*(<[^>]*?)\s*>\s*", r"\1>", page)


def _client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def _rules(of: Tenant) -> list[TouchpointRule]:
    with tenant_bound(of.pk):
        return list(TouchpointRule.objects.for_tenant(of).order_by("priority", "pk"))


def _form(
    rule_for: str = "order_paid", *rows: tuple[str, str, str], **fields: str
) -> dict[str, Any]:
    """What a browser sends: the fields and *rows* of conditions (path, op, value)."""
    sent = {
        "event_name": rule_for,
        "conditions-TOTAL_FORMS": str(len(rows)),
        "conditions-INITIAL_FORMS": "0",
        **fields,
    }
    for number, row in enumerate(rows):
        for name, value in zip(("path", "op", "value"), row, strict=True):
            sent[f"conditions-{number}-{name}"] = value
    return sent


def test_the_list_costs_the_same_for_one_rule_and_for_three() -> None:
    member = make.member()
    client, counts = _client(member), []

    for more in (1, 2):
        for number in range(more):
            make.rule(f"name-{more}{number}", to=make.touchpoint(of=member.tenant))
        with CaptureQueriesContext(connection) as queries:
            client.get(_url(member.tenant, "list"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_list_names_the_source_of_a_rule_by_its_title() -> None:
    member = make.member()
    with tenant_bound(member.tenant_id):
        create_source(tenant=member.tenant, title="Shop", by=member, now=NOW)
        EventSource.objects.for_tenant(member.tenant).update(title="Harbour <b>shop</b>")
    client, pages, counts = _client(member), [], []

    for source in ("events:shop", "events:shop", "events:gone-by"):
        make.rule(to=make.touchpoint(of=member.tenant), source=source)
        with CaptureQueriesContext(connection) as queries:
            pages.append(client.get(_url(member.tenant, "list")).content.decode())
        counts.append(len(queries))

    named = re.findall(r'class="sub">\s*from (.*?)</span>', _tight(pages[-1]))
    title = "Harbour &lt;b&gt;shop&lt;/b&gt;"
    assert [words.strip() for words in named] == [title, title, "Gone by"]
    assert len(set(counts)) == 1


def test_an_empty_list_says_what_rules_are_for() -> None:
    member = make.member()

    shown = _client(member).get(_url(member.tenant, "list")).content.decode()

    assert "No rules yet" in shown
    assert reverse("customers:event-name-list", args=[member.tenant.slug]) in shown


def test_a_rule_is_read_in_words() -> None:
    member = make.member()
    condition = {"path": "plan", "op": "in", "value": ["pro", 5]}
    point = make.touchpoint(of=member.tenant, title="Pay here")
    make.rule("order_*", to=point, interaction_kind="page", source="shop", conditions=[condition])

    shown = _client(member).get(_url(member.tenant, "list")).content.decode()

    words = " ".join(shown.split())
    assert "order_*" in words
    assert "plan is one of pro or 5" in words
    assert "Page view, from Shop" in words
    assert "Pay here" in words


def test_a_viewer_reads_rules_and_finds_no_buttons() -> None:
    tenant = make.tenant()
    viewer = make.member(of=tenant, role=Role.VIEWER)
    make.rule(to=make.touchpoint(of=tenant))

    shown = _client(viewer).get(_url(tenant, "list")).content.decode()

    assert "order_paid" in shown
    assert "/earlier/" not in shown
    assert "Add a rule" not in shown


def test_a_rule_is_made_with_its_conditions() -> None:
    member = make.member(of=make.tenant(time_zone="Europe/Berlin"))
    point = make.touchpoint(of=member.tenant)
    sent = _form(
        "order_*",
        ("plan", "in", 'pro, "a, b"'),
        ("", "eq", ""),
        ("seats", "gt", "12345678901234567"),
        ("share", "lt", "0.5"),
        ("size", "gt", "nan"),
        ("day", "lt", "2026-12-01"),
        ("trial", "absent", ""),
        touchpoint=str(point.pk),
        interaction_kind="event",
        source="events:shop",
        first_on="2026-11-01",
        last_on="2026-11-30",
    )

    answer = _client(member).post(_url(member.tenant, "add"), sent, follow=True)

    [rule] = _rules(member.tenant)
    assert "The rule is saved." in answer.content.decode()
    assert (rule.event_name, rule.interaction_kind, rule.source) == (
        "order_*",
        "event",
        "events:shop",
    )
    assert rule.conditions == [
        {"path": "plan", "op": "in", "value": ["pro", "a, b"]},
        {"path": "seats", "op": "gt", "value": 12345678901234567},
        {"path": "share", "op": "lt", "value": 0.5},
        {"path": "size", "op": "gt", "value": "nan"},
        {"path": "day", "op": "lt", "value": "2026-12-01"},
        {"path": "trial", "op": "exists", "value": False},
    ]
    assert rule.valid_from
    assert rule.valid_to
    assert rule.valid_from.isoformat() == "2026-10-31T23:00:00+00:00"
    assert rule.valid_to.isoformat() == "2026-11-30T23:00:00+00:00"


def test_a_rule_comes_back_from_its_form_as_it_was() -> None:
    member = make.member()
    conditions = [
        {"path": "plan", "op": "in", "value": ["pro", "a, b"]},
        {"path": "seats", "op": "gt", "value": 1.5},
        {"path": "trial", "op": "exists", "value": True},
    ]
    rule = make.rule(
        "order_*",
        to=make.touchpoint(of=member.tenant),
        conditions=conditions,
        valid_from=NOW,
        valid_to=NOW.replace(day=29),
    )
    client, url = _client(member), _url(member.tenant, "edit", rule.pk)
    shown = client.get(url).context["form"]

    fields = [*shown, *(field for row in shown.conditions for field in row)]
    fields += list(shown.conditions.management_form)
    sent = {field.html_name: field.value() for field in fields}
    sent = {name: getattr(value, "pk", value) for name, value in sent.items() if value is not None}
    answer = client.post(url, sent)

    [after] = _rules(member.tenant)
    assert answer.status_code == 302
    assert (after.conditions, after.valid_from, after.valid_to, after.event_name) == (
        conditions,
        NOW,
        NOW.replace(day=29),
        "order_*",
    )


def test_the_form_is_filled_by_the_address() -> None:
    member = make.member()
    asked = {"event_name": "opened", "kind": "page", "source": "events:app"}

    form = _client(member).get(_url(member.tenant, "add"), asked).context["form"]

    assert [form[name].value() for name in ("event_name", "interaction_kind", "source")] == [
        "opened",
        "page",
        "events:app",
    ]


@pytest.mark.parametrize(
    ("rows", "fields", "words"),
    [
        ([], {"touchpoint": ""}, "This field is required."),
        ([], {"touchpoint": "019a0000-0000-7000-8000-000000000000"}, "Select a valid choice."),
        ([], {"interaction_kind": "note"}, "Select a valid choice."),
        (
            [],
            {"first_on": "2026-11-02", "last_on": "2026-11-01"},
            "Choose the first day or a later",
        ),
        ([], {"last_on": "9999-12-31"}, "Choose an earlier day"),
        ([], {"first_on": "soon"}, "Enter a valid date."),
        ([], {"event_name": "x" * 201}, "at most 200 characters"),
        ([("", "eq", "pro")], {}, "Name the property that is tested."),
        ([("plan", "eq", "")], {}, "Say what to compare with."),
        ([("plan", "like", "pro")], {}, "Select a valid choice."),
        ([("plan", "in", ",")], {}, "Condition 1: “in” takes a list"),
        ([("p" * 201, "eq", "x")], {}, "at most 200 characters"),
        ([("plan", "eq", "x" * 300)], {}, "Condition 1: use at most 200"),
        ([("plan", "eq", "x")] * 21, {}, "at most 20 forms"),
    ],
)
def test_what_cannot_be_is_said_where_it_stands(
    rows: list[tuple[str, str, str]], fields: dict[str, str], words: str
) -> None:
    member = make.member()
    point = make.touchpoint(of=member.tenant)
    sent = {"touchpoint": str(point.pk), **_form("order_paid", *rows), **fields}

    answer = _client(member).post(_url(member.tenant, "add"), sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert _rules(member.tenant) == []


def test_a_form_without_its_rows_is_refused() -> None:
    member = make.member()

    answer = _client(member).post(_url(member.tenant, "add"), {"event_name": "x"})

    assert answer.status_code == 422


def test_a_rule_is_tried_before_it_is_saved() -> None:
    member = make.member()
    point = make.touchpoint(of=member.tenant, title="Pay here")
    make.events("order_paid", "opened", of=member.tenant)
    sent = _form("order_paid", touchpoint=str(point.pk), deed="try")

    answer = _client(member).post(_url(member.tenant, "add"), sent)

    words = _tight(answer.content.decode())
    assert answer.status_code == 200
    assert "<dt>This rule takes</dt><dd>1</dd>" in words
    assert "<strong>Pay here</strong>" in words
    assert _rules(member.tenant) == []


def test_a_change_is_tried_in_the_place_of_the_rule() -> None:
    member = make.member()
    point = make.touchpoint(of=member.tenant, title="Pay here")
    rule = make.rule("order_paid", to=point)
    make.rule("", to=point)
    make.events("order_paid", "opened", "opened", of=member.tenant)
    sent = _form("opened", touchpoint=str(point.pk), deed="try")

    answer = _client(member).post(_url(member.tenant, "edit", rule.pk), sent)

    assert "<dt>This rule takes</dt><dd>2</dd>" in _tight(answer.content.decode())
    assert _rules(member.tenant)[0].event_name == "order_paid"


def test_a_draft_that_fits_nothing_says_why() -> None:
    member = make.member()
    point = make.touchpoint(of=member.tenant)
    client, url = _client(member), _url(member.tenant, "add")
    sent = _form("Order_Paid", touchpoint=str(point.pk), deed="try")

    before_any = client.post(url, sent).content.decode()
    make.events("order_paid", of=member.tenant)
    afterwards = client.post(url, sent).content.decode()

    assert "No events have come yet." in before_any
    assert "None of the last events fits this rule first." in afterwards


def test_rules_change_places() -> None:
    member = make.member()
    point = make.touchpoint(of=member.tenant)
    first, _second = make.rule("a", to=point), make.rule("b", to=point)
    client = _client(member)

    down = client.post(_url(member.tenant, "later", first.pk), headers=HTMX)
    after_down = [rule.event_name for rule in _rules(member.tenant)]
    up = client.post(_url(member.tenant, "earlier", first.pk))

    assert down.content.decode().lstrip().startswith('<div id="rule-rows"')
    assert after_down == ["b", "a"]
    assert up.status_code == 302
    assert [rule.event_name for rule in _rules(member.tenant)] == ["a", "b"]


def test_a_rule_is_turned_off_and_on() -> None:
    member = make.member()
    rule = make.rule(to=make.touchpoint(of=member.tenant))
    client = _client(member)

    off = client.post(_url(member.tenant, "disable", rule.pk), headers=HTMX)
    is_off = not _rules(member.tenant)[0].is_enabled
    client.post(_url(member.tenant, "enable", rule.pk))

    assert is_off
    assert "The rule is off." in off.headers["HX-Trigger"]
    assert _rules(member.tenant)[0].is_enabled


def test_a_rule_is_removed_unless_events_owe_it_their_touchpoint() -> None:
    member = make.member()
    point = make.touchpoint(of=member.tenant)
    used, free = make.rule("used", to=point), make.rule("free", to=point)
    make.events("used", of=member.tenant)
    client = _client(member)

    refused = client.post(_url(member.tenant, "remove", used.pk), headers=HTMX)
    removed = client.post(_url(member.tenant, "remove", free.pk), follow=True)

    assert refused.status_code == 422
    assert "Turn it off and apply the rules to the" in refused.content.decode()
    assert "The rule is removed." in removed.content.decode()
    assert [rule.event_name for rule in _rules(member.tenant)] == ["used"]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_viewer_cannot_change_rules(deed: str) -> None:
    tenant = make.tenant()
    rule = make.rule(to=make.touchpoint(of=tenant))

    answer = _client(make.member(of=tenant, role=Role.VIEWER)).post(_url(tenant, deed, rule.pk))

    assert answer.status_code == 404
    assert _rules(tenant)[0].is_enabled


def test_a_viewer_cannot_add_rules() -> None:
    tenant = make.tenant()

    answer = _client(make.member(of=tenant, role=Role.VIEWER)).post(_url(tenant, "add"), _form())

    assert answer.status_code == 404


@pytest.mark.parametrize("deed", DEEDS)
def test_rules_of_another_tenant_are_not_found(deed: str) -> None:
    member, other = make.member(), make.tenant()
    rule = make.rule(to=make.touchpoint(of=other))

    through_mine = _client(member).post(_url(member.tenant, deed, rule.pk))
    through_theirs = _client(member).post(_url(other, deed, rule.pk))

    assert (through_mine.status_code, through_theirs.status_code) == (404, 404)
    assert len(_rules(other)) == 1


def test_a_touchpoint_of_another_tenant_cannot_be_chosen() -> None:
    member = make.member()
    foreign = make.touchpoint(of=make.tenant())

    answer = _client(member).post(
        _url(member.tenant, "add"), _form("x", touchpoint=str(foreign.pk))
    )

    assert answer.status_code == 422
