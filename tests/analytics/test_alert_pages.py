"""The pages of alerts and their rules, and who may do what there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from analytics.models import AlertRule
from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from tests import make
from tests.analytics.alerting import again, alerts, answers, rule, volume_rule, watch

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_one_moment")]
NEW = {"title": "NPS falls", "metric": "nps", "side": "below", "target": "20.5"}


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


@pytest.fixture
def ann(acme: Tenant) -> Membership:
    return make.member(of=acme, role=Role.ANALYST)


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def got(client: Client, member: Membership, path: str = "") -> Any:
    return client.get(f"/t/{member.tenant.slug}/alerts/{path}")


def posted(client: Client, member: Membership, path: str, **data: object) -> Any:
    return client.post(f"/t/{member.tenant.slug}/alerts/{path}", data)


def the_rule(tenant: Tenant) -> AlertRule:
    with tenant_bound(tenant.pk):
        return AlertRule.objects.for_tenant(tenant).select_related("tenant", "metric").get()


def test_a_rule_is_made_tried_on_the_year_switched_on_and_rings(ann: Membership) -> None:
    answers([0] * 20, of=ann.tenant, day=100)
    client = signed_in(ann)
    empty = got(client, ann).content.decode()

    made = posted(client, ann, "rules/new/?kind=level", **NEW, listeners=[str(ann.pk)])
    waiting = client.get(made["Location"]).content.decode()
    drain(ann.tenant_id)
    tried = client.get(made["Location"]).content.decode()
    found = the_rule(ann.tenant)
    posted(client, ann, f"rules/{found.pk}/switch/", on="1")
    on = client.get(made["Location"]).content.decode()

    assert "Nothing is watched yet" in empty
    assert "Being tried on the answers of the last year" in waiting
    assert "It would have rung 1 time</strong>, with 20 answers" in tried
    assert "12 Aug 2026" in tried
    assert "It is off" in tried
    assert "counts answers from 21 Nov 2026 on" in on
    assert f"Told: {ann.user.get_full_name()}" in on


@pytest.mark.parametrize(
    ("kind", "data", "field", "words"),
    [
        ("level", {**NEW, "title": ""}, "title", "required"),
        ("level", {**NEW, "target": "101"}, "target", "from -100 to 100"),
        ("level", {**NEW, "target": "nan"}, "target", "Enter a number"),
        ("level", {**NEW, "side": "left"}, "side", "valid choice"),
        ("level", {**NEW, "metric": "gone"}, "metric", "valid choice"),
        ("answer", {**NEW, "target": "11"}, "target", "from 0 to 10"),
        ("answer", {**NEW, "side": "either", "target": "1"}, "side", "valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    ann: Membership, kind: str, data: dict[str, object], field: str, words: str
) -> None:
    answer = posted(signed_in(ann), ann, f"rules/new/?kind={kind}", **data)

    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])


def test_an_alert_opens_its_answers_and_is_acknowledged_and_closed(ann: Membership) -> None:
    rule(of=ann.tenant, title="NPS falls")
    answers([0] * 30, of=ann.tenant)
    watch(ann.tenant)
    [alert] = alerts(ann.tenant)
    client = signed_in(ann)

    listed = got(client, ann).content.decode()
    page = got(client, ann, f"{alert.pk}/")
    rows = client.get(page.context["rows_url"])
    posted(client, ann, f"{alert.pk}/acknowledge/")
    posted(client, ann, f"{alert.pk}/close/", note="Called the shop.")
    after = got(client, ann, f"{alert.pk}/").content.decode()

    assert "NPS falls: −100.0" in listed
    assert "outside the limits" in page.content.decode()
    assert "30 " in rows.content.decode()
    assert rows.status_code == 200
    assert "“Called the shop.”" in after
    assert "Nothing is open" in got(client, ann).content.decode()
    assert "NPS falls" in got(client, ann, "?show=all").content.decode()


def test_a_single_answer_opens_from_its_alert(ann: Membership) -> None:
    rule(of=ann.tenant, kind="answer", target=2)
    answers([1], of=ann.tenant)
    watch(ann.tenant)
    client = signed_in(ann)

    page = got(client, ann, f"{alerts(ann.tenant)[0].pk}/")

    [url] = page.context["answer_urls"]
    assert "Answer 1: 1" in page.content.decode()
    assert client.get(url).status_code == 200


def test_a_changed_condition_is_a_new_version_that_counts_from_tomorrow(ann: Membership) -> None:
    made = rule(of=ann.tenant)
    client, path = signed_in(ann), f"rules/{made.pk}/edit/"
    same = {"title": "Watched", "metric": "nps", "side": "below", "target": "0"}

    shown = got(client, ann, path).content.decode()
    posted(client, ann, path, **same)
    kept = again(made)
    posted(client, ann, path, **{**same, "target": "5", "title": "Higher"})
    changed = again(made)

    assert 'value="0.0"' in shown
    assert (kept.version, kept.since_on) == (1, made.since_on)
    assert (changed.version, changed.title) == (2, "Higher")
    assert changed.since_on == date(2026, 11, 21)


def test_an_archived_rule_is_off_and_its_alerts_stay(ann: Membership) -> None:
    made = rule(of=ann.tenant)
    answers([0] * 30, of=ann.tenant)
    watch(ann.tenant)
    client = signed_in(ann)

    posted(client, ann, f"rules/{made.pk}/archive/")
    again_ = posted(client, ann, f"rules/{made.pk}/switch/", on="1")

    assert again(made).is_on is False
    assert again_.status_code == 302
    assert got(client, ann, f"rules/{made.pk}/").status_code == 404
    assert got(client, ann, f"rules/{made.pk}/edit/").status_code == 404
    assert got(client, ann, f"{alerts(ann.tenant)[0].pk}/").status_code == 200


def test_the_chance_of_false_alerts_is_told(ann: Membership) -> None:
    for number in range(3):
        rule(of=ann.tenant, title=f"Level {number}")
    rule(of=ann.tenant, kind="answer", target=2)
    volume_rule(ann.tenant)

    page = got(signed_in(ann), ann, "rules/").content.decode()

    assert "4 rules about a level or a number of answers are on" in page
    assert "0.40 alerts a quarter" in page


@pytest.mark.parametrize(
    ("role", "seen", "edited", "noted"),
    [
        (Role.GUEST, 404, 404, 404),
        (Role.VIEWER, 200, 404, 302),
        (Role.AGENT, 200, 404, 302),
        (Role.ANALYST, 200, 200, 302),
    ],
)
def test_roles_see_make_and_note_what_they_may(
    acme: Tenant, role: Role, seen: int, edited: int, noted: int
) -> None:
    made = rule(of=acme)
    answers([0] * 30, of=acme)
    watch(acme)
    member, path = make.member(of=acme, role=role), f"{alerts(acme)[0].pk}/"
    client = signed_in(member)

    pages = [got(client, member, one).status_code for one in ("", path, f"rules/{made.pk}/")]

    assert pages == [seen] * 3
    assert got(client, member, f"rules/{made.pk}/edit/").status_code == edited
    assert posted(client, member, f"{path}acknowledge/").status_code == noted


def test_queries_do_not_grow_with_rules_and_alerts(
    ann: Membership, django_assert_max_num_queries: Any
) -> None:
    answers([0] * 30, of=ann.tenant)
    for number in range(3):
        rule(of=ann.tenant, title=f"Level {number}")
    watch(ann.tenant)
    client = signed_in(ann)
    got(client, ann)

    for path in ("", "rules/"):
        with django_assert_max_num_queries(16):
            got(client, ann, path)
