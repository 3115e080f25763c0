"""Files of maps that are made in the background, and those that programs take."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from cxm.kernel.effects import registered
from cxm.kernel.ids import new_id
from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from cxm.work import engine
from cxm.work.models import Job
from journeys.models import Journey
from journeys.selectors.exports import EXPORT, KEPT
from journeys.services.exports import sweep_exports
from journeys.tasks import export_map
from tests import make
from tests.journeys import charting as m
from tests.journeys.exporting import full_map, url
from tests.personas.mapping import client_of

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Membership
    from tests.journeys.exporting import Full

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # each draws a map by operations


def test_making_files_is_work_that_can_be_promised() -> None:
    assert registered(EXPORT).run.__self__.step is export_map  # type: ignore[attr-defined]


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


@pytest.fixture
def on(bea: Membership) -> Full:
    return full_map(bea)


@pytest.fixture
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journeys.services.exports.LARGE", 1)


def _ask(member: Membership, pk: UUID, **sent: Any) -> Any:
    return client_of(member).post(url(member, "map-export", pk), {"kind": "pdf", **sent})


def _job(member: Membership) -> Job:
    with tenant_bound(member.tenant_id):
        return Job.objects.for_tenant(member.tenant).get()


def _fetch(member: Membership, pk: UUID, job: Job) -> Any:
    return client_of(member).get(url(member, "map-export-file", pk, job.pk))


def _call(of: Any, method: str, path: str, *rights: Right, **body: Any) -> Any:
    _, secret = make.api_key(of=of, rights=rights or tuple(Right))
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    told = {"data": body, "content_type": "application/json"} if method == "post" else {}
    return getattr(client, method)(f"/api/v1/journey-maps/{path}", **told)


@pytest.mark.usefixtures("_all_are_large")
def test_a_large_file_is_made_in_the_background(bea: Membership, on: Full) -> None:
    asked = _ask(bea, on.pk)
    waiting = _job(bea)
    before = _fetch(bea, on.pk, waiting)
    engine.drain(bea.tenant_id)

    done = _job(bea)
    answer = _fetch(bea, on.pk, done)
    page = client_of(bea).get(url(bea, "map-export", on.pk)).content.decode()
    assert asked.status_code == 302
    assert before.status_code == 409
    assert (done.state, done.done, done.total, done.message) == ("done", 2, 2, "2 pages")
    assert answer["Content-Disposition"] == 'attachment; filename="I send back shoes, As it is.pdf"'
    assert "I look for the slip" in PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert url(bea, "map-export-file", on.pk, done.pk) in page


@pytest.mark.usefixtures("_all_are_large")
def test_a_file_is_for_who_asked_for_it(bea: Membership, on: Full) -> None:
    _ask(bea, on.pk)
    engine.drain(bea.tenant_id)
    job, ana = _job(bea), make.member(of=bea.tenant)
    other = m.blank_map(bea, m.journey(bea))

    answers = [
        _fetch(ana, on.pk, job),
        _fetch(bea, other, job),
        _fetch(bea, on.pk, Job(pk=new_id())),
        client_of(make.member()).get(url(bea, "map-export-file", on.pk, job.pk)),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert _fetch(bea, on.pk, job).status_code == 200


@pytest.mark.usefixtures("_all_are_large")
def test_who_may_no_longer_see_a_map_does_not_get_its_file(bea: Membership, on: Full) -> None:
    ana = make.member(of=bea.tenant, role=Role.ANALYST)
    _ask(ana, on.pk)
    engine.drain(bea.tenant_id)
    with tenant_bound(bea.tenant_id):
        ana.role = Role.VIEWER
        ana.save(update_fields=["role"])

    assert _fetch(ana, on.pk, _job(bea)).status_code == 404


@pytest.mark.usefixtures("_all_are_large")
def test_a_file_is_kept_for_seven_days(bea: Membership, on: Full) -> None:
    _ask(bea, on.pk)
    engine.drain(bea.tenant_id)
    job = _job(bea)
    assert job.finished_at
    folder = Path(settings.MEDIA_ROOT) / str(bea.tenant_id) / "exports" / str(on.pk) / str(job.pk)
    with tenant_bound(bea.tenant_id):
        early = sweep_exports(tenant=bea.tenant, now=job.finished_at + KEPT - timedelta(hours=1))
        there = folder.is_dir()
        removed = sweep_exports(tenant=bea.tenant, now=job.finished_at + KEPT)

    assert (early, there, removed, folder.is_dir()) == (0, True, 1, False)
    gone = _fetch(bea, on.pk, job)
    assert gone.status_code == 410
    assert "files are kept for 7 days" in gone.content.decode()


@pytest.mark.usefixtures("_all_are_large")
def test_a_file_that_cannot_be_made_says_why(
    bea: Membership, on: Full, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeys.services.exports.MOST_SIGNS", 10)
    _ask(bea, on.pk)

    engine.drain(bea.tenant_id)

    job = _job(bea)
    assert (job.state, job.message) == (
        "failed",
        "This is too long to be set as one file. Shorten it, or split it in two.",
    )
    page = client_of(bea).get(url(bea, "map-exports", on.pk)).content.decode()
    assert "Failed: This is too long" in page


def test_programs_take_maps_out(bea: Membership, on: Full) -> None:
    found = {
        ending: _call(bea.tenant, "get", f"{on.pk}/map.{ending}")
        for ending in ("pdf", "pptx", "png", "svg", "xlsx", "zip")
    }

    assert {ending: answer.status_code for ending, answer in found.items()} == dict.fromkeys(
        found, 200
    )
    assert found["pdf"].content.startswith(b"%PDF")
    assert found["pptx"].content.startswith(b"PK")
    with tenant_bound(bea.tenant_id):
        entries = AuditEntry.objects.for_tenant(bea.tenant).filter(action="map-exported")
        assert entries.count() == 6


@pytest.mark.usefixtures("_all_are_large")
def test_programs_have_large_files_made(bea: Membership, on: Full) -> None:
    refused = _call(bea.tenant, "get", f"{on.pk}/map.pdf")
    asked = _call(bea.tenant, "post", f"{on.pk}/exports/", kind="pdf", pages="slides")
    path = asked.json()["file"].removeprefix("/api/v1/journey-maps/")
    early = _call(bea.tenant, "get", path)
    engine.drain(bea.tenant_id)
    answer = _call(bea.tenant, "get", path)

    assert (refused.status_code, asked.status_code, early.status_code) == (422, 201, 409)
    assert len(PdfReader(BytesIO(answer.content)).pages) == 5


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("pages=rolled", "pages"),
        ("pages=tiled&paper=a1", "paper"),
        ("scale=9", "scale"),
        ("x=1", "x"),
    ],
)
def test_programs_are_told_what_is_wrong(bea: Membership, on: Full, query: str, name: str) -> None:
    answer = _call(bea.tenant, "get", f"{on.pk}/map.pdf?{query}")

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [name]


def test_a_part_is_named_by_its_ids(bea: Membership, on: Full) -> None:
    answer = _call(
        bea.tenant, "get", f"{on.pk}/map.svg?stages={on.stages[1]}&lanes={on.lanes['time']}"
    )

    text = answer.content.decode()
    assert "3 days" in text
    assert "Hand over" not in text


@pytest.mark.parametrize("name", ["stages", "lanes"])
def test_a_part_of_another_map_is_refused(bea: Membership, on: Full, name: str) -> None:
    answer = _call(bea.tenant, "get", f"{on.pk}/map.svg?{name}={new_id()}")

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [name]


def test_keys_need_the_right_and_their_own_tenant(bea: Membership, on: Full) -> None:
    other = make.tenant()

    answers = [
        _call(bea.tenant, "get", f"{on.pk}/map.pdf", Right.SEE_JOURNEYS),
        _call(other, "get", f"{on.pk}/map.pdf"),
        _call(other, "post", f"{on.pk}/exports/", kind="nonsense"),
        _call(bea.tenant, "get", f"{on.pk}/exports/{new_id()}/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 404, 404, 404]


def test_a_hidden_journey_is_taken_out_by_its_owner_alone(bea: Membership) -> None:
    journey = m.journey(bea)
    on = full_map(bea, journey)
    ana = make.member(of=bea.tenant)
    with tenant_bound(bea.tenant_id):
        Journey.objects.for_tenant(bea.tenant).filter(pk=journey).update(
            visibility="hidden", owner=bea
        )

    answers = [_ask(member, on.pk, kind="svg") for member in (bea, ana)]

    assert [answer.status_code for answer in answers] == [200, 404]
