"""Writing evidence down, changing it, archiving it; its pages and its API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from cxm.collaboration.models import Asset, Evidence
from cxm.collaboration.rules.evidence_errors import (
    ArchivedEvidenceError,
    EvidenceFieldError,
    TakenEvidenceError,
)
from cxm.collaboration.rules.kinds import EvidenceKind, Polarity
from cxm.collaboration.services import evidence as services
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from tests import make
from tests.personas import editing
from tests.personas.citing import cited, evidence, seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
API = "/api/v1/evidence/"
# What a browser sends of a filled form.
FORM = {
    "kind": "interview",
    "excerpt": "I never read the terms.",
    "source_label": "Interviews in Kiel",
    "observed_on": "2026-09-01",
    "subjects": "6",
    "polarity": "supports",
    "url": "",
    "asset": "",
}


@pytest.fixture
def bea() -> Membership:
    return make.member()


def url(name: str, of: Membership, *args: object) -> str:
    return reverse(f"collaboration:evidence-{name}", args=[of.tenant.slug, *args])


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def rows(of: Membership) -> list[Evidence]:
    with tenant_bound(of.tenant_id):
        found = Evidence.objects.for_tenant(of.tenant).select_related("tenant", "asset")
        return list(found.order_by("pk"))


def asset(of: Membership, name: str = "Report.pdf") -> Asset:
    with tenant_bound(of.tenant_id):
        return Asset.objects.create(
            tenant=of.tenant,
            name=name,
            path="x",
            sha256="0" * 64,
            mime="application/pdf",
            bytes=1,
            created_at=make.NOW,
        )


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("told", "field"),
    [
        pytest.param({"source_label": "  "}, "source_label", id="no source"),
        pytest.param({"source_label": "x" * 201}, "source_label", id="long source"),
        pytest.param({"excerpt": ""}, "excerpt", id="a quote without words"),
        pytest.param({"excerpt": "x" * 2_001}, "excerpt", id="long excerpt"),
        pytest.param({"days": -1}, "observed_on", id="tomorrow"),
        pytest.param({"observed_on": date(1969, 12, 31)}, "observed_on", id="long ago"),
        pytest.param({"subjects": 0}, "subjects", id="of nobody"),
        pytest.param({"subjects": 1_000_001}, "subjects", id="of too many"),
        pytest.param({"url": "https://example.com"}, "url", id="an address of a quote"),
        pytest.param({"kind": EvidenceKind.URL}, "url", id="a page without an address"),
        pytest.param({"kind": EvidenceKind.FILE}, "asset", id="a file without one"),
        pytest.param({"kind": EvidenceKind.METRIC}, "kind", id="a figure by hand"),
        pytest.param({"kind": EvidenceKind.SURVEY_ANSWER}, "kind", id="an answer by hand"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    bea: Membership, told: dict[str, Any], field: str
) -> None:
    with tenant_bound(bea.tenant_id), pytest.raises(EvidenceFieldError) as refused:
        services.write_evidence(tenant=bea.tenant, seen=seen(**told), by=bea, now=make.NOW)

    assert refused.value.field == field
    assert rows(bea) == []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "ftp://example.com",
        "//example.com",
        "example.com",
        "https://",
        "https://exa mple.com",
        "https://[::1",
        "https://example.com/\\x",
    ],
)
def test_an_address_is_one_of_the_web(bea: Membership, address: str) -> None:
    page = seen(kind=EvidenceKind.URL, url=address)
    with tenant_bound(bea.tenant_id), pytest.raises(EvidenceFieldError) as refused:
        services.write_evidence(tenant=bea.tenant, seen=page, by=bea, now=make.NOW)

    assert refused.value.field == "url"


def test_what_is_written_down_is_kept_and_noted(bea: Membership) -> None:
    told = seen(kind=EvidenceKind.URL, url="https://example.com/study", excerpt="", subjects=40)
    with tenant_bound(bea.tenant_id):
        services.write_evidence(tenant=bea.tenant, seen=told, by=bea, now=make.NOW)
        [entry] = AuditEntry.objects.for_tenant(bea.tenant).filter(action="evidence-added")

    [row] = rows(bea)
    assert services.observed(row) == told
    assert (row.by_id, row.created_at, entry.object_id) == (bea.pk, make.NOW, row.pk)


def test_a_day_is_one_where_the_tenant_is() -> None:
    ana = make.member(of=make.tenant(time_zone="Pacific/Kiritimati"))
    tomorrow = make.NOW.date() + timedelta(days=1)
    there = seen(observed_on=tomorrow)
    with tenant_bound(ana.tenant_id):
        services.write_evidence(tenant=ana.tenant, seen=there, by=ana, now=make.NOW)

    assert [row.observed_on for row in rows(ana)] == [tomorrow]


def test_a_change_changes_what_was_sent_and_says_what_without_its_words(bea: Membership) -> None:
    evidence(bea)
    [row] = rows(bea)
    with tenant_bound(bea.tenant_id):
        services.change_evidence(
            evidence=row,
            seen=seen(excerpt="I read them once.", polarity=Polarity.CONTRADICTS),
            by=bea,
            now=make.NOW,
        )
        [entry] = AuditEntry.objects.for_tenant(bea.tenant).filter(action="evidence-changed")

    [changed] = rows(bea)
    assert (changed.excerpt, changed.polarity) == ("I read them once.", "contradicts")
    assert entry.changes == {"fields": ["excerpt", "polarity"]}


@pytest.mark.parametrize("kind", [EvidenceKind.METRIC, EvidenceKind.SURVEY_ANSWER])
def test_what_was_taken_from_an_answer_or_figure_stays_as_it_was(
    bea: Membership, kind: EvidenceKind
) -> None:
    evidence(bea, kind=kind, subjects=40)
    [row] = rows(bea)

    changed = seen(kind=kind, subjects=4_000)
    with tenant_bound(bea.tenant_id), pytest.raises(TakenEvidenceError):
        services.change_evidence(evidence=row, seen=changed, by=bea, now=make.NOW)


def test_archived_evidence_is_not_changed_until_it_is_restored(bea: Membership) -> None:
    evidence(bea)
    with tenant_bound(bea.tenant_id):
        archived = services.archive_evidence(evidence=rows(bea)[0], by=bea, now=make.NOW)
        with pytest.raises(ArchivedEvidenceError):
            services.change_evidence(evidence=archived, seen=seen(), by=bea, now=make.NOW)
        services.restore_evidence(evidence=archived, by=bea)
        services.change_evidence(evidence=archived, seen=seen(subjects=2), by=bea, now=make.NOW)

    [row] = rows(bea)
    assert (row.archived_at, row.subjects) == (None, 2)


def test_a_form_writes_evidence_down(bea: Membership) -> None:
    answer = client_of(bea).post(url("create", bea), FORM)

    [row] = rows(bea)
    assert (answer.status_code, answer["Location"]) == (302, url("list", bea))
    assert (row.kind, row.subjects, row.source_label) == ("interview", 6, "Interviews in Kiel")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"observed_on": "2999-01-01"}, "This day is still to come"),
        ({"excerpt": ""}, "This field is required."),
        ({"kind": "url"}, "This field is required."),
        ({"kind": "file"}, "This field is required."),
        ({"excerpt": "x" * 2_001}, "at most 2000 characters"),
        ({"source_label": "\x00"}, "Null characters are not allowed."),
        ({"subjects": "0"}, "greater than or equal to 1"),
        ({"kind": "metric"}, "is not one of the available choices"),
        ({"kind": "url", "url": "javascript:alert(1)"}, "Begin the address with"),
        (
            {"kind": "file", "asset": "018f0000-0000-7000-8000-000000000000"},
            "is not one of the available choices",
        ),
        ({"polarity": ""}, "This field is required."),
    ],
)
def test_a_form_that_cannot_be_read_says_why_and_keeps_what_was_typed(
    bea: Membership, sent: dict[str, str], words: str
) -> None:
    answer = client_of(bea).post(url("create", bea), FORM | sent)

    assert answer.status_code == 422
    assert words in text(answer)
    assert "Interviews in Kiel" in text(answer) or "source_label" in sent
    assert rows(bea) == []


def test_a_file_of_another_tenant_cannot_be_named(bea: Membership) -> None:
    own, foreign = asset(bea), asset(make.member())
    client = client_of(bea)
    sent = [FORM | {"kind": "file", "asset": str(one.pk)} for one in (foreign, own)]

    assert [client.post(url("create", bea), one).status_code for one in sent] == [422, 302]
    assert [row.asset for row in rows(bea)] == [own]


def test_evidence_is_changed_archived_and_restored_on_its_pages(bea: Membership) -> None:
    pk, client = evidence(bea).pk, client_of(bea)
    changed = FORM | {"kind": "quote", "subjects": "7"}

    assert client.post(url("edit", bea, pk), changed).status_code == 302
    assert rows(bea)[0].subjects == 7
    assert client.post(url("archive", bea, pk)).status_code == 302
    assert "Interviews in Kiel" not in text(client.get(url("list", bea)))
    assert "Interviews in Kiel" in text(client.get(url("list", bea) + "?archived=1"))
    assert client.post(url("edit", bea, pk), changed).status_code == 422
    assert client.post(url("restore", bea, pk)).status_code == 302
    assert rows(bea)[0].archived_at is None


def test_archiving_shows_first_where_it_is_cited(bea: Membership) -> None:
    persona = editing.persona(bea)
    statement = editing.fact(bea, persona, editing.section(bea, persona), "Reads nothing")
    cited(bea, persona, statement)
    [row] = rows(bea)

    shown = text(client_of(bea).get(url("archive", bea, row.pk)))

    assert ("Reads nothing" in shown, "Busy Bea" in shown) == (True, True)
    assert row.archived_at is None


def test_the_list_is_filtered(bea: Membership) -> None:
    evidence(bea, source_label="Alpha", kind=EvidenceKind.INTERVIEW, excerpt="Said one")
    evidence(bea, source_label="Beta", polarity=Polarity.CONTRADICTS, excerpt="Said two")
    client = client_of(bea)

    def shown(query: str) -> list[str]:
        page = text(client.get(url("list", bea) + query))
        return [name for name in ("Alpha", "Beta") if name in page]

    assert {query: shown(query) for query in ("", "?q=alp", "?q=TWO", "?kind=interview")} == {
        "": ["Alpha", "Beta"],
        "?q=alp": ["Alpha"],
        "?q=TWO": ["Beta"],
        "?kind=interview": ["Alpha"],
    }
    assert (shown("?polarity=contradicts"), shown("?kind=wizard")) == (["Beta"], ["Alpha", "Beta"])


def test_others_see_kind_day_and_number_and_find_nothing_by_words(bea: Membership) -> None:
    row = evidence(bea, source_label="PLANTED-source", excerpt="PLANTED-words", subjects=9)
    viewer = client_of(make.member(of=bea.tenant, role=Role.VIEWER))

    shown = text(viewer.get(url("list", bea)))
    found = text(viewer.get(url("list", bea) + "?q=PLANTED-words"))

    assert "PLANTED" not in shown
    assert ("9 people" in shown, "20 Nov 2026" in shown) == (True, True)
    assert str(row.pk) not in found


@pytest.mark.parametrize("name", ["create", "edit", "archive", "restore"])
def test_a_viewer_changes_nothing(bea: Membership, name: str) -> None:
    row = evidence(bea)
    viewer = client_of(make.member(of=bea.tenant, role=Role.VIEWER))
    address = url(name, bea, *([] if name == "create" else [row.pk]))

    assert viewer.post(address, FORM).status_code == 404
    assert rows(bea) == [row]


@pytest.mark.parametrize("name", ["edit", "archive", "restore"])
def test_evidence_of_another_tenant_is_not_there(bea: Membership, name: str) -> None:
    foreign = evidence(make.member())

    assert client_of(bea).post(url(name, bea, foreign.pk), {}).status_code == 404


def test_the_list_asks_as_often_for_three_as_for_one(
    bea: Membership, django_assert_num_queries: Callable[[int], AbstractContextManager[Any]]
) -> None:
    client, persona = client_of(bea), editing.persona(bea)
    within = editing.section(bea, persona)
    for count in (1, 2):
        for number in range(count):
            cited(bea, persona, editing.fact(bea, persona, within, f"{count}.{number}"))
        with django_assert_num_queries(14):
            client.get(url("list", bea))


def test_a_program_writes_reads_changes_and_archives(bea: Membership) -> None:
    program = key(bea, Right.SEE_JOURNEYS, Right.EDIT_JOURNEYS, Right.SEE_EXCERPTS)
    body = {name: FORM[name] for name in ("kind", "excerpt", "source_label", "polarity")}
    made = program("post", API, body | {"observed_on": "2026-09-01", "subjects": 6})
    pk = made.json()["id"]

    assert made.status_code == 201
    assert {name: made.json()[name] for name in body} == body
    assert program("get", f"{API}{pk}/").json() == made.json()
    assert program("get", API).json()["results"] == [made.json()]
    changed = program("patch", f"{API}{pk}/", {"subjects": 2}).json()
    assert changed == made.json() | {"subjects": 2}
    archived = program("post", f"{API}{pk}/archive/", {}).json()
    assert archived["archived_at"] is not None
    assert program("get", API).json()["results"] == []
    assert program("post", f"{API}{pk}/restore/", {}).json() == changed


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"kind": "metric"}, "kind", id="a figure"),
        pytest.param({"observed_on": "2999-01-01"}, "observed_on", id="still to come"),
        pytest.param({"url": "https://example.com"}, "url", id="an address of an interview"),
        pytest.param({"excerpt": "\x00"}, "excerpt", id="a sign that cannot be stored"),
        pytest.param({"grade": "strong"}, "grade", id="a field that there is not"),
    ],
)
def test_a_program_is_told_what_is_wrong(bea: Membership, body: dict[str, Any], field: str) -> None:
    program = key(bea, Right.EDIT_JOURNEYS)
    whole = {name: FORM[name] for name in ("kind", "excerpt", "source_label", "polarity")}

    answer = program("post", API, whole | {"observed_on": "2026-09-01"} | body)

    assert answer.status_code == 422
    assert field in text(answer)
    assert rows(bea) == []


def test_a_program_without_the_right_gets_no_excerpt(bea: Membership) -> None:
    evidence(bea, source_label="PLANTED-source", excerpt="PLANTED-words", subjects=9)
    program = key(bea, Right.SEE_JOURNEYS)

    [listed] = program("get", API).json()["results"]

    hidden = {name: listed[name] for name in ("excerpt", "source_label", "url", "asset")}
    assert hidden == dict.fromkeys(hidden)
    assert (listed["subjects"], listed["kind"]) == (9, "quote")
    assert program("get", f"{API}{listed['id']}/").json() == listed
    assert program("get", f"{API}?q=PLANTED").json()["results"] == []


def test_a_program_names_no_file_of_another_tenant(bea: Membership) -> None:
    body = {"kind": "file", "source_label": "x", "polarity": "supports", "excerpt": ""}
    body |= {"observed_on": "2026-09-01", "asset": str(asset(make.member()).pk)}

    assert key(bea, Right.EDIT_JOURNEYS)("post", API, body).status_code == 404


def key(of: Membership, *rights: Right) -> Callable[..., Any]:
    _, secret = make.api_key(of=of.tenant, rights=rights)

    def ask(method: str, address: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"X-Api-Key": secret}
        if body is None:
            return Client().get(address, headers=headers)
        send = getattr(Client(), method)
        return send(address, body, content_type="application/json", headers=headers)

    return ask
