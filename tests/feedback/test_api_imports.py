"""Imports over the JSON API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cxm.tenants.rules import Right
from cxm.work.engine import drain
from feedback.models import Import
from tests import make
from tests.feedback.event_files import ORDERS, plain_orders
from tests.feedback.import_files import (
    CLEAN,
    CONTENT,
    counts,
    current,
    loaded,
    many_rows,
    mapped,
    plain_mapping,
)
from tests.feedback.test_views_imports import keep_recipe

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

API = "/api/v1/imports/"
RIGHTS = (Right.IMPORT_FEEDBACK,)


def headers(of: Tenant, rights: tuple[Right, ...] = RIGHTS) -> dict[str, str]:
    _, text = make.api_key(of=of, rights=rights)
    return {"Authorization": f"Bearer {text}"}


def got(path: str, of: Tenant, **query: str) -> Any:
    return Client().get(path, query, headers=headers(of))


def posted(path: str, of: Tenant, **body: Any) -> Any:
    return Client().post(path, body, headers=headers(of))


def file(content: str = CLEAN) -> SimpleUploadedFile:
    return SimpleUploadedFile("shop.csv", content.encode())


def test_a_file_with_its_mapping_is_loaded() -> None:
    tenant = make.tenant()

    begun = posted(API, tenant, file=file(CONTENT), mapping=json.dumps(plain_mapping()))
    drain(tenant.pk)
    read = got(f"{API}{begun.json()['id']}/", tenant).json()

    assert (begun.status_code, begun.json()["state"]) == (202, "loading")
    assert (read["state"], read["report"]["loaded"]) == ("done", 3)
    assert read["job"] == {
        "state": "done",
        "done": 5,
        "total": None,
        "message": "3 loaded, 2 refused",
    }
    assert counts(tenant)["response"] == 3


def test_a_file_of_orders_is_loaded_by_its_mapping() -> None:
    tenant = make.tenant()

    begun = posted(API, tenant, file=file(ORDERS), mapping=json.dumps(plain_orders()))
    drain(tenant.pk)
    read = got(f"{API}{begun.json()['id']}/", tenant).json()

    assert (read["state"], read["mapping"]["line"]) == ("done", "order")
    assert read["report"]["events"] == [
        {"name": "order placed", "count": 3},
        {"name": "order shipped", "count": 2},
    ]


def test_a_mapping_of_orders_that_does_not_fit_names_its_field() -> None:
    tenant = make.tenant()

    refused = posted(API, tenant, file=file(ORDERS), mapping=json.dumps(plain_orders(row_id=[])))

    assert refused.status_code == 422
    assert "mapping.row_id" in refused.content.decode()


def test_a_mapping_may_come_as_a_file_or_by_the_name_of_a_recipe() -> None:
    tenant = make.tenant()
    keep_recipe(tenant)
    mapping = SimpleUploadedFile("mapping.json", json.dumps(plain_mapping()).encode())

    by_file = posted(API, tenant, file=file(), mapping=mapping)
    by_recipe = posted(API, tenant, file=file(), recipe="Shop")

    assert (by_file.status_code, by_recipe.status_code) == (202, 202)
    assert by_file.json()["mapping"] == by_recipe.json()["mapping"] == plain_mapping()


def test_a_dry_run_writes_a_report_and_the_load_can_follow() -> None:
    tenant = make.tenant()

    begun = posted(f"{API}?dry_run=true", tenant, file=file(), mapping=json.dumps(plain_mapping()))
    drain(tenant.pk)
    address = f"{API}{begun.json()['id']}/"
    checked = got(address, tenant).json()
    assert (checked["state"], checked["check_report"]["loaded"]) == ("checked", 2)
    assert counts(tenant)["response"] == 0

    posted(f"{address}load/", tenant)
    drain(tenant.pk)
    assert got(address, tenant).json()["state"] == "done"


def test_an_import_is_undone() -> None:
    imported = loaded(CLEAN, of=make.tenant())

    answer = posted(f"{API}{imported.pk}/undo/", imported.tenant)
    drain(imported.tenant_id)

    assert (answer.status_code, answer.json()["state"]) == (202, "undoing")
    assert (current(imported).state, counts(imported.tenant)["response"]) == ("undone", 0)


def test_a_loaded_file_is_read_again_without_counting_twice() -> None:
    imported = loaded(CLEAN, of=make.tenant())
    before = counts(imported.tenant)

    again = posted(f"{API}{imported.pk}/again/", imported.tenant).json()
    posted(f"{API}{again['id']}/load/", imported.tenant)
    drain(imported.tenant_id)

    report = got(f"{API}{again['id']}/", imported.tenant).json()["report"]
    assert (report["loaded"], report["unchanged"]) == (0, 2)
    assert counts(imported.tenant)["response"] == before["response"]


def test_a_running_import_is_stopped() -> None:
    tenant = make.tenant()
    begun = posted(API, tenant, file=file(), mapping=json.dumps(plain_mapping())).json()

    answer = posted(f"{API}{begun['id']}/cancel/", tenant)
    drain(tenant.pk)

    assert answer.status_code == 202
    assert counts(tenant)["response"] == 0


def test_imports_are_listed_newest_first_page_by_page() -> None:
    tenant = make.tenant()
    newest = [str(mapped(CLEAN, of=tenant).pk) for _ in range(3)][::-1]

    first = got(API, tenant, limit="2").json()
    rest = Client().get(first["next"], headers=headers(tenant)).json()

    assert [row["id"] for row in first["results"] + rest["results"]] == newest
    assert rest["next"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    rows: int, django_assert_num_queries: Any
) -> None:
    tenant = make.tenant()
    for _ in range(rows):
        mapped(CLEAN, of=tenant)
    key = headers(tenant)

    with django_assert_num_queries(6):
        Client().get(API, headers=key)


def test_refusals_are_listed_by_line() -> None:
    imported = loaded(CONTENT, of=make.tenant())

    found = got(f"{API}{imported.pk}/refusals/", imported.tenant).json()["results"]

    assert [(row["line"], row["code"]) for row in found] == [
        (4, "off_scale"),
        (5, "bad_time"),
        (6, "conflict"),
    ]
    assert found[1]["raw"] == ["r4", "c3", "", "8", "4", ""]


def test_recipes_are_listed() -> None:
    tenant = make.tenant()
    keep_recipe(tenant)

    [recipe] = got("/api/v1/recipes/", tenant).json()["results"]

    assert (recipe["name"], recipe["mapping"]) == ("Shop", plain_mapping())


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mapping": json.dumps(plain_mapping())}, "file"),
        ({"file": CLEAN}, "mapping"),
        ({"file": CLEAN, "mapping": "{"}, "mapping"),
        ({"file": CLEAN, "recipe": "nobody"}, "recipe"),
        ({"file": CLEAN, "mapping": json.dumps(plain_mapping(response_id=["nr"]))}, None),
        ({"file": CLEAN, "mapping": "{}", "survey": "x"}, "survey"),
        ({"file": "\x00\x01", "mapping": json.dumps(plain_mapping())}, "file"),
    ],
    ids=["no-file", "no-mapping", "no-json", "no-recipe", "no-column", "unknown", "no-table"],
)
def test_bad_input_names_its_field_and_keeps_nothing(
    body: dict[str, Any], field: str | None
) -> None:
    tenant = make.tenant()
    sent = {k: file(v) if k == "file" else v for k, v in body.items()}

    answer = posted(API, tenant, **sent)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == (field or "mapping.response_id[0]")
    assert got(API, tenant).json()["results"] == []


def test_what_cannot_be_done_now_is_said_in_words() -> None:
    imported = loaded(CLEAN, of=make.tenant())

    answer = posted(f"{API}{imported.pk}/load/", imported.tenant)

    assert answer.status_code == 422
    assert answer.json()["detail"] == "This cannot be done now: the file is “loaded”."


@pytest.mark.parametrize("path", ["", "load/", "undo/", "cancel/", "again/", "refusals/"])
def test_keys_without_the_right_and_other_tenants_get_nothing(path: str) -> None:
    imported = mapped(many_rows(3), of=make.tenant())
    address = f"{API}{imported.pk}/{path}"
    send = Client().get if path in {"", "refusals/"} else Client().post

    unfit = send(address, headers=headers(imported.tenant, (Right.SEE_FIGURES,)))
    other = send(address, headers=headers(make.tenant()))

    assert (unfit.status_code, other.status_code) == (403, 404)
    assert current(imported).state == Import.State.UPLOADED
