"""Templates that people make of their maps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from journeys.models import JourneyMap, MapTemplate
from journeys.rules.templates import BUILT_IN, built_in_templates
from journeys.selectors.templates import templates
from journeys.services.map_templates import archive_template, create_map, save_template
from tests import make
from tests.journeys.filing import HEAD, STAGES, exported, taken_in, the_map
from tests.journeys.test_map_imports import LANES

if TYPE_CHECKING:
    from django.test import Client

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
SMALL = HEAD + STAGES + LANES


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def saved(member: Membership, title: str = "Returns") -> MapTemplate:
    taken_in(member, SMALL)
    with tenant_bound(member.tenant_id):
        return save_template(of=the_map(member), title=title, by=member, now=make.NOW)


def page(member: Membership, name: str, *parts: Any) -> str:
    return reverse(f"journeys:{name}", args=[member.tenant.slug, *parts])


def test_a_map_begins_as_a_template_of_ones_own(bea: Membership) -> None:
    kept = saved(bea)
    of = the_map(bea)

    with tenant_bound(bea.tenant_id):
        made = create_map(
            journey=of.journey, name="Another", by=bea, now=make.NOW, template=kept.key
        )

    wanted = SMALL.replace("name: As it is", "name: Another")
    assert exported(bea, made, profile="map") == wanted
    assert made.template == kept.key


def test_built_in_templates_come_first_and_archived_ones_not_at_all(bea: Membership) -> None:
    kept = saved(bea)

    with tenant_bound(bea.tenant_id):
        before = [one.key for one in templates(bea.tenant)]
        archive_template(template=kept, by=bea, now=make.NOW)
        after = [one.key for one in templates(bea.tenant)]

    assert before == [*BUILT_IN, "returns"]
    assert after == list(BUILT_IN)


def test_a_key_of_a_built_in_template_is_not_taken(bea: Membership) -> None:
    assert saved(bea, "Customer").key == "customer-2"


@pytest.mark.parametrize("one", built_in_templates(), ids=lambda one: one.key)
def test_a_built_in_template_is_worth_beginning_with(one: Any) -> None:
    kinds = [kind for _, kind in one.lanes]

    assert one.purpose.endswith((".", "?"))
    if one.key != "blank":
        assert one.step_count >= 8
        assert len(one.lanes) >= 8
        assert kinds.count("emotion") == 1
        assert all(title for title, _ in one.lanes)


def test_the_pages_save_list_and_archive(client: Client, bea: Membership) -> None:
    taken_in(bea, SMALL)
    client.force_login(bea.user)
    save = page(bea, "map-template-save", the_map(bea).pk)

    refused = client.post(save, {"title": ""})
    client.post(save, {"title": "Returns", "purpose": "For what comes back."})
    listed = client.get(page(bea, "template-list")).content.decode()
    with tenant_bound(bea.tenant_id):
        kept = MapTemplate.objects.for_tenant(bea.tenant).get()
    told = []
    for data in ({}, {"restore": "1"}):
        client.post(page(bea, "template-archive", kept.pk), data)
        with tenant_bound(bea.tenant_id):
            kept.refresh_from_db()
            told.append(kept.archived_at is not None)

    assert refused.status_code == 422
    assert "For what comes back." in listed
    assert told == [True, False]


def test_a_viewer_sees_templates_and_changes_none(client: Client, bea: Membership) -> None:
    kept = saved(bea)
    client.force_login(make.member(of=bea.tenant, role=Role.VIEWER).user)

    answers = [
        client.get(page(bea, "template-list")).status_code,
        client.post(page(bea, "template-archive", kept.pk)).status_code,
        client.post(page(bea, "map-template-save", the_map(bea).pk), {"title": "x"}).status_code,
    ]

    assert answers == [200, 404, 404]


def test_a_contributor_proposes_templates_and_takes_none_away(
    client: Client, bea: Membership
) -> None:
    kept = saved(bea)
    contributor = make.member(of=bea.tenant, role=Role.CONTRIBUTOR)
    client.force_login(contributor.user)

    for name in ("template-archive", "template-parts"):
        assert client.post(page(bea, name, kept.pk)).status_code in (403, 404)
    listed = client.get(page(bea, "template-list")).content.decode()
    made = client.post(page(bea, "map-template-save", the_map(bea).pk), {"title": "Proposed"})

    assert "Archive" not in listed
    assert (made.status_code, made["Location"]) == (302, page(bea, "template-list"))
    with tenant_bound(bea.tenant_id):
        rows = MapTemplate.objects.for_tenant(bea.tenant).order_by("title")
        assert [(row.title, row.archived_at) for row in rows] == [
            ("Proposed", None),
            (kept.title, None),
        ]


def test_templates_of_another_tenant_are_not_found(client: Client, bea: Membership) -> None:
    kept = saved(make.member())
    client.force_login(bea.user)

    answer = client.post(page(bea, "template-archive", kept.pk))

    assert answer.status_code == 404


def test_programs_list_and_save_templates(client: Client, bea: Membership) -> None:
    taken_in(bea, SMALL)
    _, key = make.api_key(of=bea.tenant)
    headers = {"Authorization": f"Bearer {key}"}

    made = client.post(
        f"/api/v1/journey-maps/{the_map(bea).pk}/template/",
        json.dumps({"title": "Returns"}),
        content_type="application/json",
        headers=headers,
    )
    listed = client.get("/api/v1/map-templates/", headers=headers).json()

    assert made.json() == {
        "key": "returns",
        "title": "Returns",
        "purpose": "",
        "is_built_in": False,
        "stages": 1,
        "steps": 2,
        "lanes": 2,
        "locked": [],
        "required": [],
    }
    assert [one["key"] for one in listed] == [*BUILT_IN, "returns"]


def test_an_unknown_template_is_refused_in_words(client: Client, bea: Membership) -> None:
    taken_in(bea, SMALL)
    _, key = make.api_key(of=bea.tenant)

    answer = client.post(
        f"/api/v1/journeys/{the_map(bea).journey_id}/maps/",
        json.dumps({"name": "x", "template": "none-such"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["template"]
    with tenant_bound(bea.tenant_id):
        assert JourneyMap.objects.for_tenant(bea.tenant).count() == 1
