"""Mappings kept under a name, for the next file of their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from cxm.tenants.audit import record
from cxm.tenants.models import ApiKey
from feedback.adapters.event_mapping import EventMapping, event_columns_in
from feedback.adapters.mapping import columns_in
from feedback.errors import RecipeNameTakenError
from feedback.models import ImportRecipe
from feedback.services.preparing import plain_mapping
from feedback.services.previewing import signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant
    from feedback.adapters.event_mapping import FileMapping


def save_recipe(
    *,
    tenant: Tenant,
    name: str,
    mapping: FileMapping,
    heads: Sequence[str] = (),
    by: Membership | ApiKey | None,
    now: datetime,
) -> ImportRecipe:
    """Keep *mapping* as *name*; a file with the same *heads* brings it up by itself.

    Without heads, those that the mapping names count. Raises RecipeNameTakenError.
    """
    named = heads or sorted({column for column in _columns(mapping) if column})
    try:
        with transaction.atomic():
            recipe = ImportRecipe.objects.create(
                tenant=tenant,
                name=name,
                mapping=plain_mapping(mapping),
                signature=signature(named),
                by=None if isinstance(by, ApiKey) else by,
                created_at=now,
            )
            record(tenant=tenant, action="recipe-saved", by=by, about=recipe)
    except IntegrityError as error:
        raise RecipeNameTakenError(name) from error
    return recipe


@transaction.atomic
def delete_recipe(*, recipe: ImportRecipe, by: Membership | ApiKey) -> None:
    """Forget a recipe; imports made with it stay as they are."""
    record(tenant=recipe.tenant, action="recipe-deleted", by=by, about=recipe)
    recipe.delete()


def _columns(mapping: FileMapping) -> Iterator[str]:
    pairs = event_columns_in(mapping) if isinstance(mapping, EventMapping) else columns_in(mapping)
    return (column for _, column in pairs)
