"""Bringing lists of people by page and by API: what is typed stays, and what is wrong is said."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Right, Role
from feedback.models import AskList, AskListRow, Distribution, Invitation
from feedback.services.distribution.lists import ask_stretch
from tests import make
from tests.feedback import outreach
from tests.feedback.drafting import asked_survey

if TYPE_CHECKING:
    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
PEOPLE = [["email", "order"], ["ana@example.com", "A-1"], ["=2+5@example.com", "<b>x</b>"]]


@pytest.fixture
def member() -> Membership:
    return make.member(of=make.tenant(name="Harbour"), role=Role.ADMIN)


@pytest.fixture
def by_list(member: Membership) -> Distribution:
    with tenant_bound(member.tenant_id):
        row = outreach.distribution(
            asked_survey(member), by=member, title="By list", audience="list"
        )
        row.tenant = member.tenant
        return row


@pytest.fixture
def client(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def bring(client: Client, row: Distribution, **told: Any) -> Any:
    return client.post(f"/t/{row.tenant.slug}/sending/{row.pk}/lists/new/", told)


def rows_of(member: Membership) -> list[AskListRow]:
    with tenant_bound(member.tenant_id):
        return list(AskListRow.objects.for_tenant(member.tenant).order_by("number"))


def test_pasted_rows_are_looked_at_then_asked(
    client: Client, by_list: Distribution, member: Membership
) -> None:
    pasted = "\n".join("\t".join(row) for row in PEOPLE)

    page = client.get(bring(client, by_list, pasted=pasted).url)
    said = page.content.decode()
    asked = client.post(f"{page.request['PATH_INFO']}ask/", follow=True).content.decode()

    assert "Ask 2 people" in said
    assert "&lt;b&gt;x&lt;/b&gt;" in said
    assert "They are asked now." in asked
    assert "Ask 2 people" not in asked
    with tenant_bound(member.tenant_id):
        row = AskList.objects.for_tenant(member.tenant).get()
        ask_stretch(tenant_id=member.tenant_id, now=make.NOW, list_id=str(row.pk))
        assert Invitation.objects.for_tenant(member.tenant).count() == 2
    assert "2 of 2" in " ".join(client.get(page.request["PATH_INFO"]).content.decode().split())


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_is_read_whatever_its_kind(
    client: Client, by_list: Distribution, member: Membership, kind: str
) -> None:
    content = "\n".join(";".join(row) for row in PEOPLE).encode("utf-16")
    if kind == "xlsx":
        book, stream = Workbook(), BytesIO()
        sheet: Any = book.active
        for row in PEOPLE:
            sheet.append(row)
        sheet["A3"].data_type = "s"
        book.save(stream)
        content = stream.getvalue()

    bring(client, by_list, file=SimpleUploadedFile(f"May.{kind}", content))

    assert [one.told["facts"] for one in rows_of(member)] == [
        {"order": "A-1"},
        {"order": "<b>x</b>"},
    ]
    with tenant_bound(member.tenant_id):
        assert AskList.objects.for_tenant(member.tenant).get().title == f"May.{kind}"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"pasted": " "}, "Choose a file, or paste the rows."),
        ({"pasted": "Ana\tReis"}, "Name the columns in the first row"),
        ({"pasted": "email\nana@example.com\x00"}, "Null characters are not allowed."),
        (
            {"pasted": "kept", "file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken")},
            "Name the columns",
        ),
    ],
)
def test_what_cannot_be_read_is_said_and_stays_typed(
    client: Client, by_list: Distribution, member: Membership, told: dict[str, Any], words: str
) -> None:
    answer = bring(client, by_list, **told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert told["pasted"].strip("\x00") in answer.content.decode().replace("&#x27;", "'")
    assert rows_of(member) == []


def test_a_distribution_that_asks_no_list_takes_none(client: Client, member: Membership) -> None:
    with tenant_bound(member.tenant_id):
        row = outreach.distribution(asked_survey(member), by=member)
        row.tenant = member.tenant

    assert bring(client, row, pasted="ana@example.com").status_code == 404


def test_who_may_not_see_persons_sees_masked_addresses(
    by_list: Distribution, member: Membership, client: Client
) -> None:
    page = bring(client, by_list, pasted="email\torder\nana@example.com\tA-1024").url
    analyst = Client()
    analyst.force_login(make.member(of=member.tenant, role=Role.ANALYST).user)

    shown = analyst.get(page).content.decode()

    assert "ana@example.com" in client.get(page).content.decode()
    assert "a…@…" in shown
    assert "ana@example.com" not in shown
    assert "A-1024" not in shown


def test_a_list_has_no_past_to_be_tried_on(client: Client, by_list: Distribution) -> None:
    home = f"/t/{by_list.tenant.slug}/sending/{by_list.pk}/"
    client.post(f"{home}pause/")

    said = client.post(f"{home}try/", {"past_days": "30"}, follow=True).content.decode()

    assert "there is no past to try it on" in said
    assert "Try it on the past" not in client.get(home).content.decode()


def test_who_sees_no_customers_brings_none(by_list: Distribution, member: Membership) -> None:
    contributor = Client()
    contributor.force_login(make.member(of=member.tenant, role=Role.CONTRIBUTOR).user)

    assert bring(contributor, by_list, pasted="ana@example.com").status_code == 403
    assert rows_of(member) == []


def test_the_api_brings_asks_and_tells_of_each_row(
    by_list: Distribution, member: Membership
) -> None:
    _, key = make.api_key(of=member.tenant, rights=tuple(Right))
    head = {"Authorization": f"Bearer {key}"}
    client, api = Client(headers=head), "/api/v1/"
    body = {"title": "May", "rows": [*PEOPLE, ["no address", ""]]}

    made = client.post(
        f"{api}distributions/{by_list.pk}/lists/", json.dumps(body), "application/json"
    )
    one = f"{api}ask-lists/{made.json()['id']}/"
    asked = client.post(f"{one}ask/", "{}", "application/json").json()
    with tenant_bound(member.tenant_id):
        ask_stretch(tenant_id=member.tenant_id, now=make.NOW, list_id=asked["id"])
    rows = client.get(f"{one}rows/").json()["results"]

    assert (made.status_code, made.json()["faulty"], asked["state"]) == (201, 1, "asking")
    assert [(row["number"], row["state"]) for row in rows] == [
        (2, "queued"),
        (3, "queued"),
        (4, ""),
    ]
    assert rows[2]["fault"] == "email: “no address” is no e-mail address."
    assert client.get(one).json()["settled"] == 2
    assert client.get(f"{api}distributions/{by_list.pk}/lists/").json()["results"][0]["rows"] == 3
    assert client.delete(one).status_code == 422
    _, weak = make.api_key(of=member.tenant, rights=(Right.EDIT_REGISTRIES,))
    hidden = Client(headers={"Authorization": f"Bearer {weak}"})
    for path in (f"distributions/{by_list.pk}/lists/", f"ask-lists/{asked['id']}/ask/"):
        answer = hidden.post(f"{api}{path}", json.dumps(body), "application/json")
        assert answer.status_code == 403
    refused = client.post(
        f"{api}distributions/{by_list.pk}/lists/",
        json.dumps({"title": "x", "rows": [["Ana"]]}),
        "application/json",
    )
    assert "Name the columns" in json.dumps(refused.json(), ensure_ascii=False)
