"""The churn page, its rows, its definitions, and who may change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from analytics.models import ChurnDefinition, ChurnDefinitionVersion
from cxm.customers.rules.records import Ref
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.churning import counted, definition, did

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


@pytest.fixture
def ann(acme: Tenant) -> Membership:
    return make.member(of=acme, role=Role.MANAGER)


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def got(client: Client, member: Membership, path: str = "churn/") -> Any:
    return client.get(f"/t/{member.tenant.slug}/{path}")


def posted(client: Client, member: Membership, path: str, **data: object) -> Any:
    return client.post(f"/t/{member.tenant.slug}/{path}", data)


def the_definition(tenant: Tenant) -> ChurnDefinition:
    with tenant_bound(tenant.pk):
        return ChurnDefinition.objects.for_tenant(tenant).select_related("tenant").get()


def test_a_definition_is_made_counted_and_shown(ann: Membership) -> None:
    did("ana", "bought", 100, of=ann.tenant)
    did("ben", "bought", 100, 75, 50, 25, 5, of=ann.tenant)
    client = signed_in(ann)

    empty = got(client, ann).content.decode()
    made = posted(
        client, ann, "churn/definitions/new/?kind=inactivity", title="Silent a month", days=30
    )
    waiting = got(client, ann).content.decode()
    drain(ann.tenant_id)
    page = got(client, ann).content.decode()

    assert "When is a customer gone?" in empty
    assert made.status_code == 302
    assert "Being counted" in waiting
    assert "Silent a month" in page
    assert "Inactive for 30 days" in page
    assert "How long they stay" in page
    assert 'class="step-line persona-c1"' in page


@pytest.mark.parametrize(
    ("kind", "data", "field", "words"),
    [
        ("inactivity", {"title": "", "days": 30}, "title", "This field is required"),
        ("inactivity", {"title": "A", "days": 0}, "days", "greater than or equal to 1"),
        ("inactivity", {"title": "A", "days": "x" * 99}, "days", "whole number"),
        ("event", {"title": "A", "grace_days": 3}, "ends", "Choose at least one event"),
        (
            "event",
            {"title": "A", "grace_days": 3, "ends_others": "gone", "starts_others": "gone"},
            "starts",
            "cannot begin it too",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    ann: Membership, kind: str, data: dict[str, object], field: str, words: str
) -> None:
    answer = posted(signed_in(ann), ann, f"churn/definitions/new/?kind={kind}", **data)

    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    for value in data.values():
        assert str(value) in answer.content.decode()


def test_names_that_came_are_offered_and_others_can_be_written(ann: Membership) -> None:
    did("ana", "signed up", 100, of=ann.tenant)
    client = signed_in(ann)

    form = got(client, ann, "churn/definitions/new/?kind=event").content.decode()
    posted(
        client,
        ann,
        "churn/definitions/new/?kind=event",
        title="Left",
        starts=["signed up"],
        ends_others="account closed\n\n contract ended ",
        grace_days=7,
    )

    assert 'value="signed up"' in form
    with tenant_bound(ann.tenant_id):
        version = ChurnDefinitionVersion.objects.for_tenant(ann.tenant).get()
    assert version.config == {
        "ends": ["account closed", "contract ended"],
        "starts": ["signed up"],
        "grace_days": 7,
    }


def test_another_rule_is_a_new_version_and_the_same_rule_is_none(ann: Membership) -> None:
    found = definition(of=ann.tenant, days=30)
    client, path = signed_in(ann), f"churn/definitions/{found.pk}/edit/"

    shown = got(client, ann, path).content.decode()
    posted(client, ann, path, title="Churn", days=30)
    same = the_definition(ann.tenant).version
    posted(client, ann, path, title="Silent", days=45)
    changed = the_definition(ann.tenant)

    assert 'value="30"' in shown
    assert same == 1
    assert (changed.version, changed.title) == (2, "Silent")


def test_one_definition_leads_and_another_takes_over_when_it_is_archived(ann: Membership) -> None:
    first, second = (definition(of=ann.tenant, title=title) for title in ("First", "Second"))
    client = signed_in(ann)

    posted(client, ann, f"churn/definitions/{second.pk}/lead/")
    leads = heads(ann.tenant)
    posted(client, ann, f"churn/definitions/{second.pk}/archive/")
    after = heads(ann.tenant)
    archived = got(client, ann).content.decode()
    posted(client, ann, f"churn/definitions/{second.pk}/archive/", restore="1")

    assert leads == [second.pk]
    assert "Bring back Second" in archived
    assert after == heads(ann.tenant) == [first.pk]


def heads(tenant: Tenant) -> list[object]:
    with tenant_bound(tenant.pk):
        rows = ChurnDefinition.objects.for_tenant(tenant).filter(is_headline=True)
        return list(rows.values_list("pk", flat=True))


def test_the_number_of_a_month_opens_to_its_customers(ann: Membership) -> None:
    did("ana", "bought", 90, of=ann.tenant)
    found = definition(of=ann.tenant, days=30)
    counted(found)
    client, path = signed_in(ann), f"churn/definitions/{found.pk}/customers/"

    lost = got(client, ann, f"{path}?what=lost&month=2026-09-01")
    there = got(client, ann, f"{path}?what=there")

    assert "Customers lost in Sep 2026" in lost.content.decode()
    assert lost.context["page"].total == 1
    assert there.context["page"].total == 0


@pytest.mark.parametrize(
    "query",
    ["", "?what=lost", "?what=lost&month=2031-01-01", "?what=there&month=2026-09-01", "?what=x"],
)
def test_rows_of_no_number_are_not_found(ann: Membership, query: str) -> None:
    did("ana", "bought", 90, of=ann.tenant)
    found = definition(of=ann.tenant, days=30)
    counted(found)

    answer = got(signed_in(ann), ann, f"churn/definitions/{found.pk}/customers/{query}")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("role", "shown", "rows", "edit"),
    [(Role.VIEWER, 200, 404, 404), (Role.ANALYST, 200, 200, 404), (Role.MANAGER, 200, 200, 200)],
)
def test_roles_see_and_change_what_they_may(
    acme: Tenant, role: Role, shown: int, rows: int, edit: int
) -> None:
    did("ana", "bought", 90, of=acme)
    found = definition(of=acme, days=30)
    counted(found)
    member = make.member(of=acme, role=role)
    client, path = signed_in(member), f"churn/definitions/{found.pk}/"

    answers = [
        got(client, member, where).status_code
        for where in ("churn/", f"{path}customers/?what=gone", f"{path}edit/")
    ]

    assert answers == [shown, rows, edit]
    links = got(client, member).content.decode().count(f"{path}customers/")
    assert (links > 0) is (rows == 200)


def test_names_are_masked_for_those_who_may_not_see_persons(acme: Tenant) -> None:
    make.events(
        "bought",
        of=acme,
        day=90,
        refs=(Ref("email", "", "ana@example.com"),),
    )
    found = definition(of=acme, days=30)
    counted(found)
    analyst = make.member(of=acme, role=Role.ANALYST)
    path = f"churn/definitions/{found.pk}/customers/?what=gone"

    page = got(signed_in(analyst), analyst, path).content.decode()

    assert "ana@example.com" not in page
    assert "Customer " in page


def test_queries_do_not_grow_with_definitions(
    ann: Membership, django_assert_max_num_queries: object
) -> None:
    did("ana", "bought", 90, 40, 10, of=ann.tenant)
    for number in range(4):
        counted(definition(of=ann.tenant, days=30, title=f"Churn {number}"))
    client = signed_in(ann)
    got(client, ann)

    with django_assert_max_num_queries(16):  # type: ignore[operator]
        got(client, ann)


def test_the_overview_shows_who_left_once_it_was_counted(ann: Membership) -> None:
    did("ana", "bought", 100, of=ann.tenant)
    did("ben", "bought", 100, 75, 50, 25, 5, of=ann.tenant)
    client = signed_in(ann)
    before = got(client, ann, "churn-card/")
    counted(definition(of=ann.tenant, title="Silent", days=60))

    card = got(client, ann, "churn-card/").content.decode()

    assert (before.status_code, before.content) == (204, b"")
    assert "Who left" in card
    assert "Churn in Oct 2026" in card
    assert f'hx-get="/t/{ann.tenant.slug}/churn-card/"' in got(client, ann, "").content.decode()
