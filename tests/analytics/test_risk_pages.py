"""The pages of risk, the line on the agent's page, the JSON API, and who sees what."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from analytics.models import RiskRun, RiskScore
from analytics.services.risk_settings import COUNT_RISK, show_risk_to_agents
from cxm.customers.models import Customer, SegmentMember
from cxm.kernel.clock import now
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from cxm.work.engine import drain
from cxm.work.models import Job
from tests import make
from tests.analytics.purchasing import loaded
from tests.analytics.risking import event, leavers, run_of, story

if TYPE_CHECKING:
    from analytics.models import ChurnDefinition
    from cxm.tenants.models import Membership, Tenant

pytestmark = pytest.mark.django_db
API = "/api/v1/risks/"


@pytest.fixture
def acme() -> Tenant:
    return make.tenant()


@pytest.fixture
def ann(acme: Tenant) -> Membership:
    return make.member(of=acme, role=Role.MANAGER)


@pytest.fixture
def offered(acme: Tenant) -> ChurnDefinition:
    story(600, of=acme)
    made = leavers(acme)
    assert run_of(made).is_offered
    return made


@pytest.fixture
def refused(acme: Tenant) -> ChurnDefinition:
    story(30, of=acme)
    made = leavers(acme)
    assert not run_of(made).is_offered
    return made


def got(member: Membership, path: str = "risk/") -> Any:
    client = Client()
    client.force_login(member.user)
    return client.get(f"/t/{member.tenant.slug}/{path}")


def text(member: Membership, path: str = "risk/") -> str:
    return " ".join(got(member, path).content.decode().split())


def posted(member: Membership, path: str, **data: object) -> Any:
    client = Client()
    client.force_login(member.user)
    return client.post(f"/t/{member.tenant.slug}/{path}", data)


def call(tenant: Tenant, path: str = API, **more: Any) -> Any:
    _, secret = make.api_key(of=tenant, rights=more.get("rights", tuple(Right)))
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"})


def riskiest(definition: ChurnDefinition) -> RiskScore:
    with tenant_bound(definition.tenant_id):
        rows = RiskScore.objects.for_tenant(definition.tenant_id)
        return rows.order_by("-within_90", "pk")[0]


def test_an_offered_model_shows_its_trial_beside_it(
    ann: Membership, offered: ChurnDefinition
) -> None:
    shown = text(ann)

    assert "Risks are told of" in shown
    assert "Was it right before?" in shown
    assert "10 (highest)" in shown
    assert "Only days silent" in shown
    assert "Contacts in 30 days" in shown
    assert "Known of 0 of" not in shown
    assert "Last rating, from worst to best</b>: known of 0 of" in shown


def test_a_refused_model_says_why_and_lists_nobody(
    ann: Membership, refused: ChurnDefinition
) -> None:
    shown = text(ann)
    answer = got(ann, "risk/customers/")

    assert "No risks are told." in shown
    assert "Too few losses to learn from" in shown
    assert "at least 50 are needed" in shown
    assert answer.status_code == 404
    with tenant_bound(ann.tenant_id):
        assert not RiskScore.objects.for_tenant(ann.tenant).exists()


def test_without_a_definition_the_page_leads_to_churn(ann: Membership) -> None:
    assert "When is a customer gone?" in text(ann)


def test_the_list_tells_chance_reasons_and_coverage(
    ann: Membership, offered: ChurnDefinition
) -> None:
    first = riskiest(offered)

    shown = text(ann, "risk/customers/?sort=within_90")

    with tenant_bound(ann.tenant_id):
        people = RiskScore.objects.for_tenant(ann.tenant).count()
    assert f"{people} customers, as of 20 Nov 2026" in shown
    assert shown.index(str(first.customer_id)) < shown.index("</tr>", shown.index("<tbody>"))
    assert "points: 1 contacts in 30 days (usual 0)" in shown
    assert "Learned until 22 Aug 2026" in shown


def test_the_list_may_be_that_of_a_segment(ann: Membership, offered: ChurnDefinition) -> None:
    made, first = make.segment(of=ann.tenant, key="vip"), riskiest(offered)
    with tenant_bound(ann.tenant_id):
        SegmentMember.objects.for_tenant(ann.tenant).delete()
        SegmentMember.objects.create(
            tenant=ann.tenant, segment=made, customer=first.customer, from_at=make.NOW
        )

    shown = text(ann, "risk/customers/?segment=vip")

    assert "1 customer in" in shown
    assert str(first.customer_id) in shown
    assert got(ann, "risk/customers/?segment=nobody").status_code == 404


def test_the_list_asks_as_often_for_one_as_for_many(
    ann: Membership, offered: ChurnDefinition
) -> None:
    client = Client()
    client.force_login(ann.user)
    counts = []
    for kept in (30, 1):
        with tenant_bound(ann.tenant_id):
            rows = RiskScore.objects.for_tenant(ann.tenant)
            some = list(rows.order_by("pk").values_list("pk", flat=True)[:kept])
            rows.exclude(pk__in=some).delete()
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/t/{ann.tenant.slug}/risk/customers/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_file_has_all_lines_and_is_noted(ann: Membership, offered: ChurnDefinition) -> None:
    answer = got(ann, "risk/customers/export.csv?sort=within_90")

    lines = list(csv.reader(StringIO(answer.getvalue().decode())))
    with tenant_bound(ann.tenant_id):
        people = RiskScore.objects.for_tenant(ann.tenant).count()
        noted = AuditEntry.objects.for_tenant(ann.tenant).filter(action="risks-exported").count()
    assert lines[4][0] == "# trial"
    assert lines[5][:2] == ["customer", "name"]
    assert len(lines) == people + 7
    assert lines[-1] == ["# customers", str(people)]
    assert lines[6][0] == str(riskiest(offered).customer_id)
    assert noted == 1


def test_a_file_of_many_goes_on_in_order_and_runs_no_formulas(
    ann: Membership, offered: ChurnDefinition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analytics.views.risk_export.ROWS_AT_ONCE", 7)
    with tenant_bound(ann.tenant_id):
        rows = RiskScore.objects.for_tenant(ann.tenant).order_by("-within_90", "pk")
        [gone, first] = [one.customer_id for one in rows[:2]]
        Customer.objects.for_tenant(ann.tenant).filter(pk=first).update(display_name="=1+1")
        ordered = [str(one.customer_id) for one in rows]
    answer = got(ann, "risk/customers/export.csv?sort=within_90")
    with tenant_bound(ann.tenant_id):
        Customer.objects.for_tenant(ann.tenant).filter(pk=gone).update(erased_at=now())

    lines = list(csv.reader(StringIO(answer.getvalue().decode())))[6:]

    assert [line[0] for line in lines[:-1]] == ordered[1:]
    assert lines[0][1] == "'=1+1"
    assert lines[-1] == ["# customers", str(len(ordered) - 1)]


def test_counting_anew_is_a_job_once(ann: Membership, refused: ChurnDefinition) -> None:
    path = f"risk/definitions/{refused.pk}/count/"

    posted(ann, path)
    posted(ann, path)
    drain(ann.tenant_id)

    with tenant_bound(ann.tenant_id):
        job = Job.objects.for_tenant(ann.tenant).get(kind=COUNT_RISK)
    assert job.message.startswith("Not offered. Too few losses")


def test_a_new_definition_is_counted_with_its_risks(ann: Membership) -> None:
    leavers(ann.tenant)

    drain(ann.tenant_id)

    with tenant_bound(ann.tenant_id):
        assert RiskRun.objects.for_tenant(ann.tenant).count() == 1


def test_agents_see_the_risk_with_its_reasons_until_it_is_hidden(
    ann: Membership, offered: ChurnDefinition
) -> None:
    agent = make.member(of=ann.tenant, role=Role.AGENT)
    page = f"customers/{riskiest(offered).customer_id}/parts/"

    before = text(agent, page)
    hidden = posted(ann, "risk/visibility/", hide="1")
    after = text(agent, page)

    assert "Risk to leave within 90 days, by “Left”" in before
    assert "of the inputs are known" in before
    assert "tenths as expected" in before
    assert hidden.status_code == 302
    assert "Risk to leave within 90 days" not in after
    assert got(agent, "risk/customers/").status_code == 404
    assert "Risk to leave within 90 days" in text(ann, page)


def test_a_refused_model_flags_nobody(ann: Membership, refused: ChurnDefinition) -> None:
    with tenant_bound(ann.tenant_id):
        customer = Customer.objects.for_tenant(ann.tenant).order_by("pk")[0]

    assert "Risk to leave" not in text(ann, f"customers/{customer.pk}/parts/")


def test_only_a_change_of_who_sees_risks_is_noted(ann: Membership) -> None:
    for hide in ("1", "1", "0"):
        posted(ann, "risk/visibility/", hide=hide)

    with tenant_bound(ann.tenant_id):
        rows = AuditEntry.objects.for_tenant(ann.tenant).filter(action="risk-visibility-changed")
        assert rows.count() == 2


def test_a_viewer_neither_counts_nor_lists(acme: Tenant, offered: ChurnDefinition) -> None:
    viewer = make.member(of=acme, role=Role.VIEWER)

    assert got(viewer).status_code == 200
    assert got(viewer, "risk/customers/").status_code == 404
    assert posted(viewer, f"risk/definitions/{offered.pk}/count/").status_code == 404
    assert posted(viewer, "risk/visibility/", hide="1").status_code == 404


def test_a_definition_of_another_tenant_is_not_counted(offered: ChurnDefinition) -> None:
    other = make.member(role=Role.MANAGER)

    assert posted(other, f"risk/definitions/{offered.pk}/count/").status_code == 404


def test_the_api_lists_risks_and_those_of_one(acme: Tenant, offered: ChurnDefinition) -> None:
    first = riskiest(offered)

    listed = call(acme, f"{API}?sort=within_90&definition={offered.key}").json()["results"]
    own = call(acme, f"/api/v1/customers/{first.customer_id}/risks/").json()["risks"]
    context = call(acme, f"/api/v1/customer-context?customer={first.customer_id}&fields=risk")

    assert listed[0] == own[0]
    assert listed[0]["customer_id"] == str(first.customer_id)
    assert listed[0]["within_90"] == first.within_90
    assert listed[0]["reasons"][0]["words"].startswith("+")
    assert listed[0]["run_id"] == str(first.run_id)
    assert context.json()["risk"]["within_90"] == first.within_90


@pytest.mark.parametrize("query", ["definition=nothing", "segment=nothing"])
def test_the_api_knows_no_others(acme: Tenant, offered: ChurnDefinition, query: str) -> None:
    assert call(acme, f"{API}?{query}").status_code == 404


def test_the_api_refuses_what_it_does_not_know(acme: Tenant, offered: ChurnDefinition) -> None:
    assert call(acme, f"{API}?sort=name").status_code == 422


def test_the_api_gives_nothing_to_others(offered: ChurnDefinition) -> None:
    other, first = make.tenant(), riskiest(offered)

    assert call(other).status_code == 404
    assert call(other, f"/api/v1/customers/{first.customer_id}/risks/").status_code == 404


def test_the_api_hides_risks_from_keys_that_only_serve(
    acme: Tenant, ann: Membership, offered: ChurnDefinition
) -> None:
    with tenant_bound(acme.pk):
        show_risk_to_agents(tenant=acme, is_hidden=True, by=ann, now=make.NOW)

    assert call(acme, rights=(Right.SEE_CUSTOMERS,)).status_code == 404
    assert call(acme, rights=(Right.SEE_CUSTOMERS, Right.EDIT_SEGMENTS)).status_code == 200


def test_erased_and_joined_people_are_on_no_list(ann: Membership, offered: ChurnDefinition) -> None:
    with tenant_bound(ann.tenant_id):
        rows = RiskScore.objects.for_tenant(ann.tenant).order_by("-within_90", "pk")
        gone, joined, root = (row.customer_id for row in rows[:3])
        people = Customer.objects.for_tenant(ann.tenant)
        people.filter(pk=gone).update(erased_at=make.NOW)
        people.filter(pk=joined).update(root=root)

    shown = text(ann, "risk/customers/?sort=within_90")

    assert str(gone) not in shown
    assert str(joined) not in shown
    assert str(root) in shown


def test_a_late_event_changes_the_run(acme: Tenant, refused: ChurnDefinition) -> None:
    before = run_of(refused).data_hash
    loaded([event("used", "person-1", 1)], of=acme, now=make.NOW)

    assert run_of(refused).data_hash != before
    assert run_of(refused).data_hash == run_of(refused).data_hash
