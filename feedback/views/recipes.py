"""Recipes of the import wizard: mappings kept, exported and brought in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.errors import DomainError
from cxm.kernel.htmx import page
from cxm.kernel.pages import page_of
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from feedback.adapters.mapping import to_json
from feedback.forms.imports import RecipeFileForm, RecipeForm
from feedback.models import ImportRecipe
from feedback.selectors.imports import recipes_listed
from feedback.services import recipes
from feedback.services.preparing import mapping_of, readable_mapping
from feedback.views.imports import import_of

if TYPE_CHECKING:
    from uuid import UUID

    from feedback.adapters.event_mapping import FileMapping

LIST = "feedback/recipe_list.html"


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page(Right.IMPORT_FEEDBACK)
def recipe_list(request: TenantRequest) -> HttpResponse:
    """List the recipes, and take one in from a mapping file."""
    form = RecipeFileForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            recipe = recipes.save_recipe(
                tenant=request.tenant, by=request.membership, now=now(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, f"The recipe “{recipe}” is kept.")
            return redirect("feedback:recipes", request.tenant.slug)
    context = {"form": form, "page": page_of(recipes_listed(request.tenant), request)}
    return page(request, LIST, context, status=422 if form.errors else 200)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def recipe_save(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Keep the mapping of an import under a name."""
    imported = import_of(request, import_id)
    form = RecipeForm(request.POST)
    if form.is_valid():
        try:
            recipes.save_recipe(
                tenant=request.tenant,
                name=form.cleaned_data["name"],
                mapping=mapping_of(imported),
                heads=imported.preview["heads"],
                by=request.membership,
                now=now(),
            )
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "The recipe is kept. The next file like this finds it.")
            return redirect("feedback:import", request.tenant.slug, imported.pk)
    context = {"form": form, "imported": imported}
    return page(request, "feedback/recipe_save.html", context, status=422)


@require_POST
@tenant_page(Right.IMPORT_FEEDBACK)
def recipe_delete(request: TenantRequest, recipe_id: UUID) -> HttpResponse:
    """Forget a recipe."""
    recipe = _recipe(request, recipe_id)
    recipes.delete_recipe(recipe=recipe, by=request.membership)
    messages.success(request, f"The recipe “{recipe}” is gone.")
    return redirect("feedback:recipes", request.tenant.slug)


@require_safe
@tenant_page(Right.IMPORT_FEEDBACK)
def recipe_file(request: TenantRequest, recipe_id: UUID) -> HttpResponse:
    """Send a recipe as a mapping file."""
    recipe = _recipe(request, recipe_id)
    return _as_file(readable_mapping(recipe.mapping), recipe.name)


@require_safe
@tenant_page(Right.IMPORT_FEEDBACK)
def import_mapping_file(request: TenantRequest, import_id: UUID) -> HttpResponse:
    """Send the mapping of an import, or what is suggested so far, as a mapping file."""
    imported = import_of(request, import_id)
    plain = imported.mapping or imported.preview.get("suggestion")
    if plain is None:
        return redirect("feedback:import-file", request.tenant.slug, imported.pk)
    return _as_file(readable_mapping(plain), imported.file_name.rpartition(".")[0])


def _recipe(request: TenantRequest, recipe_id: UUID) -> ImportRecipe:
    rows = ImportRecipe.objects.for_tenant(request.tenant).select_related("tenant")
    return get_object_or_404(rows, pk=recipe_id)


def _as_file(mapping: FileMapping, name: str) -> HttpResponse:
    file_name = f"{slugify(name) or 'mapping'}.json"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return HttpResponse(to_json(mapping), content_type="application/json", headers=headers)
