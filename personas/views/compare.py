"""The page that shows personas side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.views.decorators.http import require_safe

from cxm.kernel.htmx import page
from cxm.tenants.access import TenantRequest, tenant_page
from cxm.tenants.rules import Right
from personas.selectors.comparison import (
    MOST_COMPARED,
    kind_rows,
    persona_options,
    personas_compared,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse


@require_safe
@tenant_page(Right.SEE_JOURNEYS)
def persona_compare(request: TenantRequest) -> HttpResponse:
    """Show up to five personas side by side: `?p=<id>` once for each, in that order."""
    asked = _ids(request.GET.getlist("p"))
    found = personas_compared(request.tenant, asked[:MOST_COMPARED])
    chosen = {one.pk for one in found}
    context = {
        "personas": found,
        "rows": kind_rows(request.tenant, found) if found else [],
        "options": [(one, one.pk in chosen) for one in persona_options(request.tenant)],
        "most": MOST_COMPARED,
        "is_cut": len(asked) > MOST_COMPARED,
    }
    return page(request, "personas/persona_compare.html", context)


def _ids(texts: Sequence[str]) -> list[UUID]:
    """Read ids, each once; what is none is left out."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))
