"""Who answered is told to those who may see persons, and to nobody else, wherever one looks."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.customers.models import Customer, IngestKey
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import RIGHTS, Right, Role
from feedback.models import Response
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxm.tenants.models import Tenant

pytestmark = pytest.mark.django_db
NAME, EMAIL, NUMBER, RECORD = "Maya Lindt", "maya.lindt@example.com", "C-77001", "R-99001"
SECRETS = ("maya", "lindt", EMAIL, NUMBER.lower(), RECORD.lower(), "0171 555", "red bicycle")
MASKED = [Role.ANALYST, Role.CONTRIBUTOR, Role.VIEWER]
SEEING = [Role.OWNER, Role.ADMIN, Role.MANAGER, Role.AGENT]


def _response(tenant: Tenant) -> Response:
    """Load an answer that names its author everywhere a source can."""
    comment = f"{NAME} here ({EMAIL}, {NUMBER.lower()}, call 0171 555 23 23): maya waited"
    [response] = make.load(make.record(2, customer=NUMBER, comment=comment, key=RECORD), of=tenant)
    with tenant_bound(tenant.pk):
        rows = Customer.objects.for_tenant(tenant)
        rows.update(display_name=NAME, email=EMAIL)
        Response.objects.for_tenant(tenant).update(answers={"owns": "red bicycle", "who": NAME})
    return response


def _everywhere(tenant: Tenant, response: Response, client: Client, key: str) -> Iterator[str]:
    pages = ["response-list", "response-export"]
    for name in pages:
        for query in ("", "metric=nps", "q=waited"):
            yield _read(client.get(f"{reverse(f'feedback:{name}', args=[tenant.slug])}?{query}"))
    panel = reverse("feedback:response-panel", args=[tenant.slug, response.pk])
    yield _read(client.get(panel))
    yield _read(client.get(panel, headers={"HX-Request": "true"}))
    for path in ("responses/", "ratings/?metric=nps", f"responses/{response.pk}/"):
        yield _read(Client().get(f"/api/v1/{path}", headers={"X-Api-Key": key}))


def _read(answer: Any) -> str:
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text: str = body.decode()
    assert "waited" in text
    return text


@pytest.mark.parametrize("role", MASKED)
def test_no_name_address_or_number_leaves_to_those_who_may_not_see_persons(
    client: Client, role: Role
) -> None:
    member = make.member(role=role)
    client.force_login(member.user)
    response = _response(member.tenant)
    _, key = make.api_key(of=member.tenant, rights=sorted(RIGHTS[role]))

    texts = list(_everywhere(member.tenant, response, client, key))

    leaks = [
        (n, secret) for n, text in enumerate(texts) for secret in SECRETS if secret in text.lower()
    ]
    assert leaks == []
    assert all(f"Customer {str(response.customer_id)[-4:]}" in text for text in texts)


@pytest.mark.parametrize("role", SEEING)
def test_those_who_may_see_persons_read_names(client: Client, role: Role) -> None:
    member = make.member(role=role)
    client.force_login(member.user)
    response = _response(member.tenant)
    _, key = make.api_key(of=member.tenant, rights=sorted(RIGHTS[role]))

    texts = list(_everywhere(member.tenant, response, client, key))

    assert all(NAME in text for text in texts)


def test_every_role_is_in_one_of_the_two_groups() -> None:
    sees = {role for role in Role if Right.SEE_PERSONS in RIGHTS[role]}
    reads = {role for role in Role if Right.SEE_RESPONSES in RIGHTS[role]}

    assert (set(SEEING), set(MASKED)) == (sees, reads - sees)


def _export(client: Client, tenant: Tenant, query: str = "") -> list[list[str]]:
    url = reverse("feedback:response-export", args=[tenant.slug])
    answer: Any = client.get(f"{url}?{query}")
    text = b"".join(answer.streaming_content).decode()
    return list(csv.reader(text.splitlines(keepends=True)))


def test_an_export_says_what_it_is_and_counts_its_rows(client: Client) -> None:
    member = make.member()
    client.force_login(member.user)
    make.load(
        make.record(9, touchpoint="shop", channel="web", comment="Good"),
        make.record(3),
        make.record(3, metric="csat_5"),
        of=member.tenant,
    )

    lines = _export(client, member.tenant, "metric=nps")

    assert lines[:3] == [["# what", "ratings"], ["# filter", "metric=nps"], ["# time zone", "UTC"]]
    rows = [dict(zip(lines[4], line, strict=True)) for line in lines[5:-1]]
    assert {(row["score"], row["class"], row["touchpoint"], row["comments"]) for row in rows} == {
        ("9", "favourable", "shop", "Good"),
        ("3", "unfavourable", "", ""),
    }
    assert lines[-1] == ["# rows", "2"]


def test_an_export_reads_on_beyond_one_chunk(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = make.member()
    client.force_login(member.user)
    make.load(*[make.record(9, day=i % 2) for i in range(5)], of=member.tenant)
    monkeypatch.setattr("feedback.views.response_export.ROWS_AT_ONCE", 2)

    exports = [_export(client, member.tenant, query) for query in ("metric=nps", "")]

    assert [lines[-1] for lines in exports] == [["# rows", "5"], ["# rows", "5"]]
    assert [len({line[0] for line in lines[5:-1]}) for lines in exports] == [5, 5]


def test_an_export_runs_no_formula(client: Client) -> None:
    member = make.member()
    client.force_login(member.user)
    make.load(make.record(9, comment='=HYPERLINK("http://x.example")'), of=member.tenant)

    lines = _export(client, member.tenant, "q=hyperlink")

    assert lines[5][-2] == '\'=HYPERLINK("http://x.example")'


def test_an_export_is_written_down(client: Client) -> None:
    member = make.member()
    client.force_login(member.user)

    _export(client, member.tenant, "metric=nps")

    with tenant_bound(member.tenant.pk):
        entries = AuditEntry.objects.for_tenant(member.tenant).filter(action="ratings-exported")
        assert [entry.changes for entry in entries] == [{"filter": "metric=nps", "kind": "csv"}]


def test_the_record_of_the_source_is_the_key_it_was_taken_in_by() -> None:
    tenant = make.tenant()
    [response] = make.load(make.record(9, key=RECORD), of=tenant)

    with tenant_bound(tenant.pk):
        key = IngestKey.objects.for_tenant(tenant).get()

    assert (key.pk, key.key) == (response.interaction_id, RECORD)
