"""The contact policy by program: rules are made, changed, taken out, and refused by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from feedback.models import ContactRule
from tests import make
from tests.feedback.test_api_sending import sender

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
CAP: dict[str, Any] = {"times": 2, "days": 30, "per": "person"}


@pytest.fixture
def member() -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


def _rules(member: Membership) -> list[ContactRule]:
    with tenant_bound(member.tenant_id):
        return list(ContactRule.objects.for_tenant(member.tenant).order_by("created_at", "pk"))


def test_a_rule_is_made_changed_and_taken_out_and_old_ones_stay(member: Membership) -> None:
    send = sender(member.tenant)
    told = {"kind": "cap", "medium": "email", "params": CAP}
    made, again = (
        send("post", "contact-rules/", told, **{"Idempotency-Key": "one"}) for _ in range(2)
    )
    assert (made.status_code, again.json()) == (201, made.json())
    assert (made.json()["params"], made.json()["medium"]) == (CAP, "email")

    one = f"contact-rules/{made.json()['id']}/"
    assert send("get", one).json() == made.json()
    changed = send("patch", one, {"params": {**CAP, "times": 3}}).json()
    assert (changed["params"]["times"], changed["medium"]) == (3, "email")
    assert send("get", one).status_code == 404
    assert send("patch", one, {}).status_code == 404
    assert send("get", "contact-rules/").json()["results"] == [changed]
    assert len(_rules(member)) == 2

    assert send("delete", f"contact-rules/{changed['id']}/").status_code == 204
    assert send("delete", f"contact-rules/{changed['id']}/").status_code == 404
    assert send("get", "contact-rules/").json()["results"] == []
    assert all(row.ended_at for row in _rules(member))


@pytest.mark.parametrize(
    ("kind", "params", "stored"),
    [
        ("consent", {}, {}),
        ("hours", {"from": "21:00", "to": "08:30"}, {"from": "21:00", "to": "08:30"}),
        ("employees", {"domains": ["@Harbour.example"]}, {"domains": ["harbour.example"]}),
        ("rate", {"per_minute": 10}, {"per_minute": 10}),
        ("age", {"years": 18, "attribute": "birth_date"}, {"years": 18, "attribute": "birth_date"}),
        ("test", {"attribute": "test", "value": "yes"}, {"attribute": "test", "value": "yes"}),
    ],
)
def test_every_kind_keeps_what_its_page_would_keep(
    member: Membership, kind: str, params: dict[str, Any], stored: dict[str, Any]
) -> None:
    sender(member.tenant)("post", "contact-rules/", {"kind": kind, "params": params})

    [row] = _rules(member)
    assert (row.kind, row.params) == (kind, stored)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "weather"}, "kind"),
        ({"params": CAP}, "kind"),
        ({"kind": "cap", "params": {**CAP, "times": 0}}, "params.times"),
        ({"kind": "cap", "params": {"times": 2, "per": "person"}}, "params.days"),
        ({"kind": "cap", "params": {**CAP, "per": "street"}}, "params.per"),
        ({"kind": "cap", "params": {**CAP, "colour": "red"}}, "params.colour"),
        ({"kind": "cap", "params": {**CAP, "days": [30]}}, "params.days"),
        ({"kind": "consent", "params": {"days": 3}}, "params.days"),
        ({"kind": "hours", "params": {"from": "25:00", "to": "08:00"}}, "params.from"),
        ({"kind": "employees", "params": {"domains": "harbour.example"}}, "params.domains"),
        ({"kind": "employees", "params": {"domains": [5]}}, "params.domains"),
        ({"kind": "cap", "params": CAP, "medium": "pigeon"}, "medium"),
        ({"kind": "cap", "params": CAP, "purpose": "fun"}, "purpose"),
        ({"kind": "cap", "params": CAP, "ord": 1}, "ord"),
        ({"kind": "cap", "params": "often"}, "params"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_at_its_field(
    member: Membership, told: dict[str, Any], field: str
) -> None:
    refused = sender(member.tenant)("post", "contact-rules/", told)

    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [field]
    assert _rules(member) == []


def test_only_who_manages_the_workspace_changes_the_policy(member: Membership) -> None:
    made = sender(member.tenant)("post", "contact-rules/", {"kind": "cap", "params": CAP}).json()
    send = sender(member.tenant, Right.SEE_REGISTRIES, Right.EDIT_REGISTRIES)
    one = f"contact-rules/{made['id']}/"

    assert send("get", one).status_code == 200
    assert send("post", "contact-rules/", {"kind": "consent"}).status_code == 403
    assert send("patch", one, {"medium": "sms"}).status_code == 403
    assert send("delete", one).status_code == 403
    stranger = sender(make.tenant(name="Pier"))
    assert [stranger(how, one).status_code for how in ("get", "patch", "delete")] == [404] * 3
    assert [row.ended_at for row in _rules(member)] == [None]
