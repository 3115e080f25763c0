"""The pages and the API of files with maps."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from uuid import UUID

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.models import AuditEntry
from cxm.tenants.rules import Right, Role
from journeys.models import Journey, JourneyMap
from journeys.rules.cxmap_schema import file_schema
from journeys.rules.kinds import Sensitivity
from journeys.rules.templates import BUILT_IN, built_in_templates
from tests import make
from tests.journeys.filing import HEAD, STAGES, drawn, exported, taken_in, the_map, zipped
from tests.journeys.test_map_imports import LANES

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse
    from django.test import Client

    from cxm.tenants.models import Membership

pytestmark = pytest.mark.django_db
SMALL = HEAD + STAGES + LANES


@pytest.fixture
def bea(db: None) -> Membership:
    return make.member()


def url(member: Membership, name: str = "journey-import", *parts: Any) -> str:
    return reverse(f"journeys:{name}", args=[member.tenant.slug, *parts])


def posted(client: Client, member: Membership, **data: Any) -> HttpResponse:
    client.force_login(member.user)
    return client.post(url(member), data)  # type: ignore[return-value]  # the test client's own


def seen_in(answer: HttpResponse) -> str:
    return answer.content.decode().split('name="seen" value="')[1].split('"')[0]


def test_a_file_is_looked_at_then_imported_and_the_map_opens(
    client: Client, bea: Membership
) -> None:
    file = SimpleUploadedFile("1-current.yaml", SMALL.encode())

    looked = posted(client, bea, do="look", file=file)
    answer = posted(client, bea, do="apply", text=SMALL, seen=seen_in(looked))

    assert "This would happen" in looked.content.decode()
    assert answer["Location"] == url(bea, "map-page", the_map(bea).pk)


def test_a_zip_of_a_journey_is_carried_from_the_preview_to_the_import(
    client: Client, bea: Membership
) -> None:
    other = make.member()
    taken_in(other, SMALL)
    content = zipped(other, the_map(other))

    looked = posted(client, bea, do="look", file=SimpleUploadedFile("j.zip", content))
    packed = looked.content.decode().split('name="packed" hidden>\n')[1].split("<")[0]
    posted(client, bea, do="apply", packed=packed, name="j.zip", seen=seen_in(looked))

    assert packed == b64encode(content).decode()
    assert exported(bea, the_map(bea), profile="map") == SMALL


def test_what_is_wrong_is_listed_and_nothing_is_written(client: Client, bea: Membership) -> None:
    answer = posted(client, bea, do="apply", text=SMALL.replace("show-code: 1.2", "nowhere: 1.2"))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "There is no step “nowhere” on this map." in text
    assert "1 thing to correct" in text
    with tenant_bound(bea.tenant_id):
        assert not Journey.objects.for_tenant(bea.tenant).exists()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"packed": "no base64!"}, id="a file that did not arrive whole"),
    ],
)
def test_without_a_file_the_page_asks_for_one(
    client: Client, bea: Membership, data: dict[str, str]
) -> None:
    answer = posted(client, bea, do="look", **data)

    assert answer.status_code == 422
    assert "Choose" in answer.content.decode()


def test_a_file_is_put_on_a_map_and_the_page_says_so(client: Client, bea: Membership) -> None:
    of = drawn(bea)
    client.force_login(bea.user)

    shown = client.get(url(bea), {"onto": str(of.pk)}).content.decode()
    answer = posted(client, bea, do="apply", text=SMALL, onto=str(of.pk))

    assert f'name="onto" value="{of.pk}"' in shown
    assert answer["Location"] == url(bea, "map-page", of.pk)
    with tenant_bound(bea.tenant_id):
        assert JourneyMap.objects.for_tenant(bea.tenant).count() == 1


@pytest.mark.parametrize("name", ["onto", "journey"])
def test_a_map_or_journey_of_another_tenant_is_not_found_whatever_the_file(
    client: Client, bea: Membership, name: str
) -> None:
    of = drawn(make.member())
    theirs = of.pk if name == "onto" else of.journey_id

    answers = [
        posted(client, bea, do="look", text=text, **{name: str(theirs)}) for text in ("", SMALL)
    ]

    assert [one.status_code for one in answers] == [404, 404]


def test_a_viewer_imports_nothing(client: Client, bea: Membership) -> None:
    viewer = make.member(of=bea.tenant, role=Role.VIEWER)

    answer = posted(client, viewer, do="apply", text=SMALL)

    assert answer.status_code == 404
    with tenant_bound(bea.tenant_id):
        assert not Journey.objects.for_tenant(bea.tenant).exists()


@pytest.mark.parametrize(
    ("syntax", "begins"),
    [
        ("yaml", "cxmap: 1\nprofile: bundle\n"),
        ("json", '{\n  "cxmap": 1,'),
        ("mermaid", "journey\n    title As it is\n    section Hand over\n      I show a code: 4\n"),
        ("markdown", "# I send back shoes\n\nAs it is, current\n\n## Hand over\n"),
    ],
)
def test_a_map_comes_as_text_and_the_audit_log_keeps_who_took_it(
    client: Client, bea: Membership, syntax: str, begins: str
) -> None:
    taken_in(bea, SMALL)
    client.force_login(bea.user)

    answer = client.get(url(bea, "map-file", the_map(bea).pk), {"syntax": syntax})

    assert answer.content.decode().startswith(begins)
    with tenant_bound(bea.tenant_id):
        kept = AuditEntry.objects.for_tenant(bea.tenant).filter(action="map-exported")
        assert kept.count() == 1


def test_files_of_a_restricted_journey_are_for_those_who_edit(
    client: Client, bea: Membership
) -> None:
    of = drawn(bea)
    with tenant_bound(bea.tenant_id):
        rows = Journey.objects.for_tenant(bea.tenant)
        rows.update(sensitivity=Sensitivity.RESTRICTED)
    rights = (Right.SEE_JOURNEYS, Right.EXPORT_JOURNEYS)
    paths = (f"/api/v1/journey-maps/{of.pk}/file/", f"/api/v1/journeys/{of.journey_id}/file/")

    told = []
    for allowed in (rights, (*rights, Right.EDIT_JOURNEYS)):
        _, key = make.api_key(of=bea.tenant, rights=allowed)
        headers = {"Authorization": f"Bearer {key}"}
        told.append([client.get(path, headers=headers).status_code for path in paths])

    assert told == [[403, 403], [200, 200]]


def test_the_number_of_queries_of_a_file_does_not_grow_with_the_map(
    client: Client, bea: Membership, django_assert_num_queries: Any
) -> None:
    counts = []
    for text in (HEAD + STAGES, SMALL.replace("return-shoes", "other")):
        taken_in(bea, text)
    client.force_login(bea.user)
    for key in ("return-shoes", "other"):
        of = the_map(bea, journey__key=key)
        with django_assert_num_queries(60, exact=False) as found:
            client.get(url(bea, "map-file", of.pk))
        counts.append(len(found))

    assert counts[0] == counts[1]


# The API


def test_programs_preview_import_and_take_out(client: Client, bea: Membership) -> None:
    _, key = make.api_key(of=bea.tenant)
    headers = {"Authorization": f"Bearer {key}"}

    def post(path: str, **body: Any) -> Any:
        return client.post(path, json.dumps(body), content_type="application/json", headers=headers)

    looked = post("/api/v1/journey-files/preview/", text=SMALL).json()
    done = post("/api/v1/journey-files/", text=SMALL, seen=looked["seen"]).json()
    again = post("/api/v1/journey-files/", text=SMALL, seen=looked["seen"])
    of = the_map(bea)
    text = client.get(
        f"/api/v1/journey-maps/{of.pk}/file/", {"profile": "map"}, headers=headers
    ).content.decode()

    assert [part["becomes"] for part in looked["parts"]] == ["new", "new"]
    assert UUID(done["parts"][1]["id"]) == of.pk
    assert again.status_code == 409
    assert text == SMALL


def test_the_api_wants_text_or_bytes(client: Client, bea: Membership) -> None:
    _, key = make.api_key(of=bea.tenant)

    answer = client.post(
        "/api/v1/journey-files/preview/",
        "{}",
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["text"]


# The schema


def test_the_schema_that_is_served_is_the_one_that_is_kept(client: Client, settings: Any) -> None:
    kept: Path = settings.BASE_DIR / "docs" / "cxmap-1.schema.json"

    served = client.get("/api/v1/schemas/cxmap-1.json").json()

    assert served == json.loads(kept.read_text())
    jsonschema.Draft202012Validator.check_schema(served)


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_schema_takes_what_is_written(name: str) -> None:
    text = next(one.document for one in built_in_templates() if one.key == name)

    jsonschema.validate(yaml.safe_load(text), file_schema())


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    tree = yaml.safe_load(SMALL)
    schema = jsonschema.Draft202012Validator(file_schema())

    assert schema.is_valid(tree)
    assert not schema.is_valid({k: v for k, v in tree.items() if k != "stages"})
    assert not schema.is_valid({**tree, "profile": "library"})
    assert not schema.is_valid({**tree, "lane": []})
