"""The import wizard in the browser, from the check to the undo; and recipes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.adapters.mapping import from_json
from feedback.models import Import, ImportRecipe
from feedback.services import importing
from tests import make
from tests.feedback.import_files import (
    CLEAN,
    CONTENT,
    begun,
    counts,
    current,
    loaded,
    mapped,
    plain_mapping,
    received,
    run,
    shop_mapping,
)
from tests.feedback.test_views_imports import keep_recipe, signed_in, text_of, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def pressed(imported: Import, button: str, /, **data: Any) -> Any:
    """Press a button of an import's page, and go where it leads."""
    client = signed_in(imported.tenant)
    return client.post(url(button, imported.tenant, imported.pk), data, follow=True)


def test_a_mapped_file_asks_for_the_dry_run() -> None:
    imported = mapped(CLEAN, of=make.tenant())

    answer = signed_in(imported.tenant).get(url("import", imported.tenant, imported.pk))

    assert "Check the file" in text_of(answer)


@pytest.mark.parametrize("number", ["99", "x", "-1", "9" * 5_000])
def test_a_button_of_no_column_changes_nothing(number: str) -> None:
    imported = received(CLEAN, of=make.tenant(), looks=True)
    address = url("import-columns", imported.tenant, imported.pk)

    answer = signed_in(imported.tenant).post(address, {"act": f"like-{number}"})

    assert answer.status_code == 200
    assert current(imported).mapping is None


def test_an_unmapped_file_leads_back_to_its_first_step() -> None:
    imported = received(CLEAN, of=make.tenant())

    answer = signed_in(imported.tenant).get(url("import", imported.tenant, imported.pk))

    assert answer["Location"] == url("import-file", imported.tenant, imported.pk)


@pytest.mark.slow
def test_check_load_and_undo_by_their_buttons() -> None:
    imported = mapped(CONTENT, of=make.tenant())

    checking = pressed(imported, "import-check")
    drain(imported.tenant_id)
    checked = signed_in(imported.tenant).get(url("import", imported.tenant, imported.pk))
    pressed(imported, "import-load")
    drain(imported.tenant_id)
    done = signed_in(imported.tenant).get(url("import", imported.tenant, imported.pk))
    pressed(imported, "import-undo")
    drain(imported.tenant_id)
    undone = signed_in(imported.tenant).get(url("import", imported.tenant, imported.pk))

    assert "Reading every line" in text_of(checking)
    assert "Load 3 answers" in text_of(checked)
    assert "What would be made" in text_of(checked)
    assert "The file is loaded" in text_of(done)
    assert "The import was taken back" in text_of(undone)
    assert counts(imported.tenant)["response"] == 0


def test_progress_is_polled_until_the_step_is_over() -> None:
    imported = mapped(CLEAN, of=make.tenant())
    begun(imported, importing.start_load)
    client = signed_in(imported.tenant)
    address = url("import", imported.tenant, imported.pk)

    running = text_of(client.get(address, headers={"HX-Request": "true"}))
    drain(imported.tenant_id)
    over = text_of(client.get(address, headers={"HX-Request": "true"}))

    assert running.strip().startswith('<div class="stack import-standing" id="import-standing">')
    assert ("every 1s" in running, "every 1s" in over) == (True, False)


def test_load_pressed_twice_says_why_nothing_was_begun() -> None:
    imported = mapped(CLEAN, of=make.tenant())
    pressed(imported, "import-load")

    answer = pressed(imported, "import-load")

    assert answer.status_code == 422
    assert "This cannot be done now: the file is “loading”." in text_of(answer)


def test_a_running_step_is_stopped_by_its_button() -> None:
    imported = mapped(CLEAN, of=make.tenant())
    begun(imported, importing.start_load)

    answer = pressed(imported, "import-cancel")

    assert "Stopping" in text_of(answer)
    drain(imported.tenant_id)
    assert current(imported).state == Import.State.UPLOADED


@pytest.mark.slow
def test_an_undone_file_is_used_again_by_its_button() -> None:
    imported = run(loaded(CLEAN, of=make.tenant()), importing.start_undo)

    answer = pressed(imported, "import-again")

    assert answer.context["imported"].pk != imported.pk
    assert "Check the file" in text_of(answer)


def test_refusals_are_listed_with_line_and_reason() -> None:
    imported = loaded(CONTENT, of=make.tenant())

    answer = signed_in(imported.tenant).get(url("import-refused", imported.tenant, imported.pk))

    assert [row.line for row in answer.context["page"].rows] == [4, 5, 6]
    assert "Line 5, at: is empty." in text_of(answer)


def test_refused_rows_are_sent_as_a_file() -> None:
    imported = loaded(CONTENT, of=make.tenant())

    answer: Any = signed_in(imported.tenant).get(
        url("import-refused-file", imported.tenant, imported.pk)
    )

    assert answer["Content-Disposition"] == 'attachment; filename="shop-refused.csv"'
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[1] == '5,"Line 5, at: is empty.",r4,c3,,8,4,'


def test_the_mapping_is_sent_as_a_file_that_comes_back_the_same() -> None:
    imported = mapped(CLEAN, of=make.tenant())

    answer = signed_in(imported.tenant).get(
        url("import-mapping-file", imported.tenant, imported.pk)
    )

    assert from_json(answer.content) == shop_mapping()


def test_a_mapping_is_kept_as_a_recipe() -> None:
    imported = loaded(CLEAN, of=make.tenant())

    pressed(imported, "recipe-save", name="Shop")

    with tenant_bound(imported.tenant_id):
        [recipe] = ImportRecipe.objects.for_tenant(imported.tenant_id)
    assert (recipe.name, recipe.mapping["scores"]) == ("Shop", plain_mapping()["scores"])


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "This field is required."), ("Shop", "There is a recipe “Shop” already")],
)
def test_a_recipe_needs_a_name_of_its_own(name: str, words: str) -> None:
    imported = loaded(CLEAN, of=make.tenant())
    keep_recipe(imported.tenant)

    answer = pressed(imported, "recipe-save", name=name)

    assert answer.status_code == 422
    assert words in text_of(answer)


def test_recipes_are_brought_in_listed_and_sent() -> None:
    tenant = make.tenant()
    client = signed_in(tenant)
    file = SimpleUploadedFile("m.json", json.dumps(plain_mapping()).encode())

    listed = client.post(url("recipes", tenant), {"name": "Shop", "mapping": file}, follow=True)

    [recipe] = listed.context["page"].rows
    sent = client.get(url("recipe-file", tenant, recipe.pk))
    assert sent["Content-Disposition"] == 'attachment; filename="shop.json"'
    assert json.loads(text_of(sent))["scores"] == plain_mapping()["scores"]


def test_a_mapping_file_with_an_unknown_field_is_refused_as_a_recipe() -> None:
    tenant = make.tenant()
    file = SimpleUploadedFile("m.json", json.dumps(plain_mapping(scroes=[])).encode())

    answer = signed_in(tenant).post(url("recipes", tenant), {"name": "Shop", "mapping": file})

    assert answer.status_code == 422
    assert "scroes" in text_of(answer)


def test_a_recipe_is_deleted_and_not_by_strangers() -> None:
    recipe = keep_recipe(make.tenant())
    other = make.tenant()

    borrowed = signed_in(other).post(url("recipe-delete", other, recipe.pk))
    signed_in(recipe.tenant).post(url("recipe-delete", recipe.tenant, recipe.pk))

    assert borrowed.status_code == 404
    with tenant_bound(recipe.tenant_id):
        assert not ImportRecipe.objects.for_tenant(recipe.tenant_id).exists()
