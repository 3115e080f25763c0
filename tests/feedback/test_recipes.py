"""Mappings kept for the next file."""

from __future__ import annotations

import pytest

from cxm.tenants.binding import tenant_bound
from feedback.errors import RecipeNameTakenError
from feedback.models import ImportRecipe
from feedback.services.receiving import suggest_from
from feedback.services.recipes import delete_recipe, save_recipe
from tests import make
from tests.feedback.import_files import CLEAN, HEADS, plain_mapping, received, shop_mapping

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def kept(of: object, name: str = "Shop") -> ImportRecipe:
    with tenant_bound(of.pk):  # type: ignore[attr-defined]
        return save_recipe(
            tenant=of,  # type: ignore[arg-type]
            name=name,
            mapping=shop_mapping(),
            heads=HEADS.split(","),
            by=None,
            now=make.NOW,
        )


def test_a_recipe_comes_up_for_a_file_with_the_same_heads_in_any_order() -> None:
    tenant = make.tenant()
    kept(tenant)
    shuffled = "why,nps,checkout,at,card,id\nQuick,9,5,2026-10-01,c1,r1\n"

    imported = received(shuffled, of=tenant, looks=True)

    assert imported.preview["recipe"] == "Shop"
    assert imported.preview["suggestion"]["scores"] == plain_mapping()["scores"]


def test_a_recipe_takes_the_way_of_writing_from_the_new_file() -> None:
    tenant = make.tenant()
    kept(tenant)

    imported = received(CLEAN.replace(",", ";"), of=tenant, looks=True)

    assert imported.preview["recipe"] == "Shop"
    assert imported.preview["suggestion"]["dialect"]["delimiter"] == ";"


def test_a_renamed_head_is_never_taken_silently() -> None:
    tenant = make.tenant()
    kept(tenant)

    imported = received(CLEAN.replace("card", "customer"), of=tenant, looks=True)

    assert imported.preview["recipe"] == ""


def test_values_that_a_recipe_does_not_know_are_left_to_be_settled() -> None:
    tenant = make.tenant()
    kept(tenant)

    imported = received(CLEAN.replace(",9,5,", ",99,5,"), of=tenant, looks=True)

    assert imported.preview["suggestion"]["unsettled"] == [
        {"column": "nps", "value": "99", "count": 1}
    ]


def test_a_mapping_can_fill_the_columns_in() -> None:
    imported = received(CLEAN, of=make.tenant(), looks=True)

    with tenant_bound(imported.tenant_id):
        suggest_from(imported=imported, mapping=shop_mapping())

    assert imported.preview["suggestion"]["scores"] == plain_mapping()["scores"]


def test_another_tenants_recipe_is_not_found() -> None:
    kept(make.tenant())

    imported = received(CLEAN, of=make.tenant(), looks=True)

    assert imported.preview["recipe"] == ""


def test_a_name_is_given_once() -> None:
    tenant = make.tenant()
    kept(tenant)

    with pytest.raises(RecipeNameTakenError, match="choose another name"):
        kept(tenant)


def test_a_deleted_recipe_is_gone() -> None:
    recipe = kept(make.tenant())

    with tenant_bound(recipe.tenant_id):
        delete_recipe(recipe=recipe, by=make.member(of=recipe.tenant))
        assert not ImportRecipe.objects.for_tenant(recipe.tenant_id).exists()
