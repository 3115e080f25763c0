"""The import wizard in the browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cxm.tenants.binding import tenant_bound
from cxm.tenants.rules import Role
from cxm.work.engine import drain
from feedback.models import Import, ImportRecipe
from feedback.services import importing
from feedback.services.recipes import save_recipe
from tests import make
from tests.feedback.import_files import (
    CLEAN,
    CONTENT,
    HEADS,
    current,
    loaded,
    mapped,
    plain_mapping,
    received,
    shop_mapping,
)

if TYPE_CHECKING:
    from cxm.tenants.models import Membership, Tenant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

LIST_QUERIES = 10
POSTS = ("look", "columns", "check", "load", "undo", "cancel", "again", "recipe-save")
GETS = ("", "file", "columns", "mapping-file", "refused", "refused-file")


def signed_in(of: Tenant, role: Role = Role.MANAGER) -> Client:
    client = Client()
    client.force_login(make.member(of=of, role=role).user)
    return client


def url(name: str, tenant: Tenant, *args: Any) -> str:
    return reverse(f"feedback:{name}", args=[tenant.slug, *args])


def route(name: str) -> str:
    return name if name.startswith("recipe") else f"import-{name}".removesuffix("-")


def upload(content: bytes = CLEAN.encode(), name: str = "shop.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


def text_of(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def sent_form(answer: Any) -> dict[str, str]:
    """Give what the browser would send of the columns form, as it is filled in."""
    form = answer.context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value not in (None, False, ""):
            sent[field.html_name] = "on" if value is True else str(value)
    for number, choice in enumerate(form.choices):
        sent[f"c{number}-was"] = str(choice.role)
    return sent


@pytest.mark.parametrize("name", GETS)
def test_pages_are_not_found_for_viewers_and_strangers(name: str) -> None:
    imported = loaded(CLEAN, of=make.tenant())
    address = url(route(name), imported.tenant, imported.pk)

    viewer = signed_in(imported.tenant, Role.VIEWER).get(address)
    stranger = signed_in(make.tenant()).get(address)

    assert (viewer.status_code, stranger.status_code) == (404, 404)


@pytest.mark.parametrize("name", POSTS)
def test_actions_are_not_found_for_viewers_strangers_and_other_tenants(name: str) -> None:
    imported, other = mapped(CLEAN, of=make.tenant()), make.tenant()
    address = url(route(name), imported.tenant, imported.pk)

    viewer = signed_in(imported.tenant, Role.VIEWER).post(address)
    stranger = signed_in(other).post(address)
    borrowed = signed_in(other).post(url(route(name), other, imported.pk))

    assert [a.status_code for a in (viewer, stranger, borrowed)] == [404] * 3
    assert current(imported).state == Import.State.UPLOADED


def test_the_list_shows_state_and_counts() -> None:
    tenant = make.tenant()
    loaded(CONTENT, of=tenant)

    answer = signed_in(tenant).get(url("imports", tenant))

    assert "shop.csv" in text_of(answer)
    [row] = answer.context["page"].rows
    assert (row.state, row.report["loaded"], row.report["rows_refused"]) == ("done", 3, 2)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    rows: int, django_assert_num_queries: Any
) -> None:
    tenant = make.tenant()
    client = signed_in(tenant)
    for _ in range(rows):
        received(CLEAN, of=tenant)

    with django_assert_num_queries(LIST_QUERIES):
        client.get(url("imports", tenant))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_recipes_take_the_same_queries_for_any_number_of_rows(
    rows: int, django_assert_num_queries: Any
) -> None:
    tenant = make.tenant()
    client = signed_in(tenant)
    for number in range(rows):
        keep_recipe(tenant, f"Shop {number}")

    with django_assert_num_queries(LIST_QUERIES):
        client.get(url("recipes", tenant))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_refusals_take_the_same_queries_for_any_number_of_rows(
    rows: int, django_assert_num_queries: Any
) -> None:
    tenant = make.tenant()
    bad = "\n".join(f"r{n},c1,,9,5," for n in range(rows))
    imported = loaded(f"{HEADS}\n{bad}\n", of=tenant)
    client = signed_in(tenant)

    with django_assert_num_queries(LIST_QUERIES + 1):
        client.get(url("import-refused", tenant, imported.pk))


def test_an_empty_list_offers_the_sample_file() -> None:
    tenant = make.tenant()
    client = signed_in(tenant)
    assert "Load the sample file" in text_of(client.get(url("imports", tenant)))

    answer = client.post(url("import-sample", tenant), follow=True)

    imported = answer.context["imported"]
    assert imported.preview["row_count"] == 240
    suggestion = imported.preview["suggestion"]
    assert [score["metric"] for score in suggestion["scores"]] == ["nps"] + ["csat_5"] * 3
    assert suggestion["comments"][0]["column"] == "Why did you give this score?"


def test_an_uploaded_file_shows_its_first_rows() -> None:
    tenant = make.tenant()

    answer = signed_in(tenant).post(url("import-new", tenant), upload(), follow=True)

    assert answer.redirect_chain[-1][0].endswith("/file/")
    assert "<td>2026-10-01</td>" in text_of(answer)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "Choose a file first."),
        (upload(b""), "The file is empty."),
        (upload(b"\xd0\xcf\x11\xe0 old"), "This is an old Excel file"),
    ],
    ids=["none", "empty", "old-workbook"],
)
def test_a_bad_upload_is_refused_in_words_at_the_field(files: dict[str, Any], words: str) -> None:
    tenant = make.tenant()

    answer = signed_in(tenant).post(url("import-new", tenant), files)

    assert answer.status_code == 422
    assert words in text_of(answer)
    with tenant_bound(tenant.pk):
        assert not Import.objects.for_tenant(tenant).exists()


def test_a_file_can_be_read_another_way() -> None:
    imported = received("a;b\n1;2\n", of=make.tenant(), looks=True)
    form = {"encoding": "utf-8", "delimiter": ",", "skip_rows": 0, "head_rows": 0, "footer_rows": 0}

    signed_in(imported.tenant).post(url("import-file", imported.tenant, imported.pk), form)

    preview = current(imported).preview
    assert (preview["heads"], preview["row_count"]) == (["column_1"], 2)


def test_a_way_of_reading_that_does_not_fit_is_refused() -> None:
    imported = received("a;b\n1;2\n", of=make.tenant(), looks=True)
    form = {"encoding": "utf-8", "delimiter": ";", "skip_rows": 9, "head_rows": 1, "footer_rows": 0}

    answer = signed_in(imported.tenant).post(url("import-file", imported.tenant, imported.pk), form)

    assert answer.status_code == 422
    assert current(imported).preview["heads"] == ["a", "b"]


def test_a_large_file_is_looked_into_by_a_job_while_the_page_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feedback.services.receiving.AT_ONCE_BYTES", 10)
    tenant = make.tenant()
    client = signed_in(tenant)

    waiting = client.post(url("import-new", tenant), upload(), follow=True)
    drain(tenant.pk)
    ready = client.get(waiting.request["PATH_INFO"], headers={"HX-Request": "true"})

    assert "Looking at what is in each column" in text_of(waiting)
    assert text_of(ready).strip().startswith('<div class="form-actions" id="import-columns-found"')
    assert "Yes, go on" in text_of(ready)


def test_a_file_sent_by_a_program_is_looked_into_when_somebody_asks() -> None:
    imported = mapped(CLEAN, of=make.tenant())
    client = signed_in(imported.tenant)
    asked = client.get(url("import-columns", imported.tenant, imported.pk), follow=True)
    assert "look into the columns" in text_of(asked)

    answer = client.post(url("import-look", imported.tenant, imported.pk), follow=True)

    assert "Yes, go on" in text_of(answer)


def test_the_columns_are_filled_in_and_saved() -> None:
    imported = received(CLEAN, of=make.tenant(), looks=True)
    with tenant_bound(imported.tenant_id):
        importing.save_mapping(imported=imported, mapping=shop_mapping())
    client = signed_in(imported.tenant)
    address = url("import-columns", imported.tenant, imported.pk)

    answer = client.post(address, sent_form(client.get(address)))

    assert answer.status_code == 302
    saved = current(imported).mapping
    assert saved is not None
    assert saved == plain_mapping()


@pytest.mark.slow
def test_values_that_are_no_scores_must_be_settled_at_their_field() -> None:
    rows = "\n".join(f"r{n},c{n},2026-10-01,{n % 11},{n % 5 + 1}," for n in range(40))
    content = f"{HEADS}\n{rows}\nr98,c1,2026-10-01,99,5,\nr99,c1,2026-10-01,99,5,\n"
    imported = received(content, of=make.tenant(), looks=True)
    client = signed_in(imported.tenant)
    address = url("import-columns", imported.tenant, imported.pk)
    form = sent_form(client.get(address)) | {"c1-role": "kept", "c1-was": "kept"}

    refused = client.post(address, form)

    assert refused.status_code == 422
    assert "Say what “99” means: 2 rows hold it, and it is no score." in text_of(refused)
    form = sent_form(refused)
    [name] = [f.html_name for f in refused.context["form"] if f.label == "“99” means"]
    assert client.post(address, form | {name: "blank"}).status_code == 302
    saved = current(imported).mapping
    assert saved is not None
    assert saved["scores"][0]["blank"] == ["99"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "This field is required."),
        ({"zone": "Mars"}, "“Mars” is no time zone"),
        ({"c2-role": "kept", "c2-was": "kept"}, "Say which column holds the time of the answer"),
        ({"c1-namespace": ""}, "Say whose numbers these are"),
        ({"c4-metric": "nonsense"}, "Select a valid choice"),
        ({"c4-role": "time", "c4-was": "time"}, "Only one column can be “When they answered”."),
        (
            {f"c{n}-{part}": "kept" for n in (3, 4, 5) for part in ("role", "was")},
            "Make at least one column a score or a comment.",
        ),
    ],
    ids=[
        "no-title",
        "no-zone",
        "no-time",
        "no-namespace",
        "no-such-metric",
        "two-times",
        "nothing",
    ],
)
def test_what_is_missing_is_said_at_its_field(changes: dict[str, str], words: str) -> None:
    imported = mapped_and_looked(make.tenant())
    client = signed_in(imported.tenant)
    address = url("import-columns", imported.tenant, imported.pk)

    answer = client.post(address, sent_form(client.get(address)) | changes)

    assert answer.status_code == 422
    assert words in text_of(answer)


@pytest.mark.slow
def test_a_new_role_brings_its_questions_and_saves_nothing() -> None:
    imported = mapped_and_looked(make.tenant())
    client = signed_in(imported.tenant)
    address = url("import-columns", imported.tenant, imported.pk)
    form = sent_form(client.get(address)) | {"c5-role": "score"}

    answer = client.post(address, form | {"act": "look"}, headers={"HX-Request": "true"})
    plain = client.post(address, form)

    assert text_of(answer).strip().startswith('<form class="form" id="import-columns-form"')
    assert 'name="c5-metric"' in text_of(answer)
    assert 'name="c5-metric"' in text_of(plain)
    saved = current(imported).mapping
    assert saved is not None
    assert [score["column"] for score in saved["scores"]] == ["nps", "checkout"]


def test_columns_of_one_kind_are_treated_alike() -> None:
    heads = "id,at,Q7ART,Q7FOOD,Q7SHOP"
    rows = "\n".join(f"r{n},2026-10-01,{n % 5 + 1},{n % 5 + 1},{n % 7}" for n in range(30))
    imported = received(f"{heads}\n{rows}\n", of=make.tenant(), looks=True)
    client = signed_in(imported.tenant)
    address = url("import-columns", imported.tenant, imported.pk)
    form = sent_form(client.get(address)) | {
        "c2-role": "score",
        "c2-was": "score",
        "c2-metric": "csat_5",
        "c2-channel": "Terminal",
        "c2-touchpoint": "Art",
    }

    answer = client.post(address, form | {"act": "like-2"})

    choices = answer.context["form"].choices[2:]
    assert [(c.role, c.metric, c.channel, c.touchpoint) for c in choices] == [
        ("score", "csat_5", "Terminal", "Art"),
        ("score", "csat_5", "Terminal", "Food"),
        ("score", "csat_5", "Terminal", "Shop"),
    ]
    assert choices[2].values == {"0": "", "6": ""}


def test_a_mapping_file_fills_the_columns_in() -> None:
    imported = received(CLEAN, of=make.tenant(), looks=True)
    file = SimpleUploadedFile("mapping.json", json.dumps(plain_mapping()).encode())

    answer = signed_in(imported.tenant).post(
        url("import-mapping-use", imported.tenant, imported.pk), {"mapping": file}, follow=True
    )

    assert answer.context["form"]["c4-metric"].value() == "csat_5"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose a recipe or a mapping file."),
        ({"mapping": SimpleUploadedFile("m.json", b'{"version": 1}')}, "mapping: "),
    ],
    ids=["nothing", "no-mapping"],
)
def test_a_bad_mapping_file_is_refused(sent: dict[str, Any], words: str) -> None:
    imported = received(CLEAN, of=make.tenant(), looks=True)

    answer = signed_in(imported.tenant).post(
        url("import-mapping-use", imported.tenant, imported.pk), sent
    )

    assert answer.status_code == 422
    assert words in text_of(answer)


def mapped_and_looked(tenant: Tenant) -> Import:
    imported = received(CLEAN, of=tenant, looks=True)
    with tenant_bound(tenant.pk):
        importing.save_mapping(imported=imported, mapping=shop_mapping())
    return imported


def keep_recipe(tenant: Tenant, name: str = "Shop", by: Membership | None = None) -> ImportRecipe:
    with tenant_bound(tenant.pk):
        return save_recipe(tenant=tenant, name=name, mapping=shop_mapping(), by=by, now=make.NOW)
