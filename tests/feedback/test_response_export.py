"""The file of responses: what its columns say."""

from __future__ import annotations

import csv
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Role
from feedback.views import response_export
from tests import make
from tests.feedback.text.topics import topic, wrote

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db


def exported(client: Client, tenant: Tenant, query: str = "") -> list[dict[str, str]]:
    """Read the rows of the file."""
    answer: Any = client.get(f"{reverse('feedback:response-export', args=[tenant.slug])}?{query}")
    lines = list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))
    return [dict(zip(lines[4], line, strict=True)) for line in lines[5:-1]]


@pytest.mark.parametrize("query", ["", "metric=nps"], ids=["responses", "ratings"])
def test_each_row_names_the_topics_of_its_texts(client: Client, query: str) -> None:
    member = make.member(role=Role.MANAGER)
    client.force_login(member.user)
    topic(member, "Waiting", "late")
    topic(member, "Staff", "friendly")
    wrote(member.tenant, "Late, but friendly", "Just late", "Fine")

    rows = exported(client, member.tenant, query)

    assert {row["comments"]: row["topics"] for row in rows} == {
        "Late, but friendly": "Staff; Waiting",
        "Just late": "Waiting",
        "Fine": "",
    }


def test_topics_of_others_are_not_named(client: Client) -> None:
    member, other = make.member(role=Role.MANAGER), make.member(role=Role.MANAGER)
    client.force_login(member.user)
    topic(other, "Waiting", "late")
    wrote(other.tenant, "Late")
    wrote(member.tenant, "Late")

    rows = exported(client, member.tenant)

    assert [(row["comments"], row["topics"]) for row in rows] == [("Late", "")]


def workbook_of(client: Client, tenant: Tenant, query: str = "") -> Any:
    """Open the file that spreadsheet programs read."""
    answer = client.get(f"{reverse('feedback:response-workbook', args=[tenant.slug])}?{query}")
    assert answer.status_code == 200
    return load_workbook(BytesIO(answer.content))


def test_a_workbook_has_the_rows_of_the_file_and_says_what_it_is(client: Client) -> None:
    member = make.member(role=Role.MANAGER)
    client.force_login(member.user)
    make.load(
        make.record(9, touchpoint="shop", comment="Good"),
        make.record(3),
        make.record(3, metric="csat_5"),
        of=member.tenant,
    )

    book = workbook_of(client, member.tenant, "metric=nps")

    heads, *rows = book["Ratings"].iter_rows(values_only=True)
    named = [dict(zip(heads, row, strict=True)) for row in rows]
    assert {(row["score"], row["class"], row["comments"]) for row in named} == {
        (9, "favourable", "Good"),
        (3, "unfavourable", None),
    }
    about = dict(list(book["About"].iter_rows(values_only=True))[1:])
    assert (about["what"], about["filter"], about["rows"]) == ("ratings", "metric=nps", 2)
    with tenant_bound(member.tenant_id):
        [entry] = AuditEntry.objects.for_tenant(member.tenant).filter(action="ratings-exported")
    assert entry.changes["kind"] == "xlsx"


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_no_cell_of_a_workbook_is_a_formula(client: Client, text: str) -> None:
    member = make.member(role=Role.MANAGER)
    client.force_login(member.user)
    make.load(make.record(9, comment=text), of=member.tenant)

    cells = [cell for row in workbook_of(client, member.tenant)["Responses"] for cell in row]

    assert not [cell for cell in cells if cell.data_type == "f"]
    [comment] = [cell for cell in cells if cell.value == text]
    assert (comment.data_type, comment.quotePrefix) == ("s", True)


def test_too_many_rows_for_a_workbook_lead_back_to_the_list(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_export, "MOST_IN_WORKBOOK", 1)
    member = make.member(role=Role.MANAGER)
    client.force_login(member.user)
    make.load(make.record(9), make.record(3), of=member.tenant)
    url = reverse("feedback:response-workbook", args=[member.tenant.slug])

    answer = client.get(f"{url}?metric=nps", follow=True)

    assert "narrow the filter, or take the CSV file" in answer.content.decode()
    assert answer.redirect_chain == [(f"/t/{member.tenant.slug}/responses/?metric=nps", 302)]


def test_a_workbook_is_of_one_tenant(client: Client) -> None:
    member, other = make.member(role=Role.VIEWER), make.member()
    client.force_login(member.user)
    make.load(make.record(9, comment="Elsewhere"), of=other.tenant)

    assert workbook_of(client, member.tenant)["Responses"].max_row == 1
    answer = client.get(reverse("feedback:response-workbook", args=[other.tenant.slug]))
    assert answer.status_code == 404
