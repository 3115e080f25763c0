"""The example of a workspace: loading it, and removing it in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from cxm.kernel.clock import now
from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from cxm.work.models import Batch
from journeys.selectors.example import EXAMPLE, example_parts, standing_example
from journeys.services.example import load_example, remove_example

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from journeys.selectors.example import ExamplePart


@require_safe
@tenant_page(Right.PUBLISH_JOURNEYS)
def journey_example(request: TenantRequest) -> HttpResponse:
    """Say what the example is; of one that is there, what would go and what would stay."""
    batch = standing_example(request.tenant)
    parts = example_parts(batch) if batch else []
    context = {
        "batch": batch,
        "journey": next((part.row for part in parts if part.kind == "journey"), None),
        "going": [part for part in parts if not part.is_kept],
        "staying": [part for part in parts if part.is_kept],
    }
    return page(request, "journeys/journey_example.html", context)


@require_POST
@tenant_page(Right.PUBLISH_JOURNEYS)
def journey_example_load(request: TenantRequest) -> HttpResponse:
    """Put the example into the workspace; one that is there stays as it is."""
    load_example(tenant=request.tenant, by=request.membership, now=now())
    messages.success(request, "The example is here: a journey with two maps, and what they show.")
    return redirect("journeys:journey-example", request.tenant.slug)


@require_POST
@tenant_page(Right.PUBLISH_JOURNEYS)
def journey_example_remove(request: TenantRequest, batch_id: UUID) -> HttpResponse:
    """Take the example off the lists, apart from what people have changed or linked."""
    rows = Batch.objects.for_tenant(request.tenant).select_related("tenant")
    batch = get_object_or_404(rows, pk=batch_id, kind=EXAMPLE)
    parts = remove_example(batch=batch, by=request.membership, now=now())
    if parts:
        messages.success(request, _words(parts))
    return redirect("journeys:journey-example", request.tenant.slug)


def example_paths() -> list[URLPattern]:
    """Give the routes of the example."""
    return [
        path("journeys/example/", journey_example, name="journey-example"),
        path("journeys/example/load/", journey_example_load, name="journey-example-load"),
        path(
            "journeys/example/<uuid:batch_id>/remove/",
            journey_example_remove,
            name="journey-example-remove",
        ),
    ]


def _words(parts: list[ExamplePart]) -> str:
    kept = [f"“{part.row}”" for part in parts if part.is_kept]
    if not kept:
        return "The example is removed, all of it."
    gone = len(parts) - len(kept)
    told = f"{gone} part{'' if gone == 1 else 's'} of the example removed"
    return f"{told}. What people have changed or linked stays: {', '.join(kept)}."
