"""Builders for the tests of imports: a small file, its mapping, and the steps up to a state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cxm.customers.models import Customer
from cxm.tenants.binding import tenant_bound
from cxm.work.engine import drain
from feedback.adapters.mapping import Mapping, from_json
from feedback.models import Import, Rating, Response, Verbatim
from feedback.services import importing
from feedback.services.receiving import look_into, receive_file
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxm.tenants.models import Tenant

HEADS = "id,card,at,nps,checkout,why"
# Line 4 has a score off the scale, line 5 no time, line 6 the id of line 2 with other content.
CONTENT = f"""{HEADS}
r1,c1,2026-10-01,9,5,Quick
r2,c2,2026-10-02,3,6,
r3,c1,2026-10-02,44,4,Fine
r4,c3,,8,4,
r1,c9,2026-10-09,1,1,Other
"""
CLEAN = f"{HEADS}\nr1,c1,2026-10-01,9,5,Quick\nr2,c2,2026-10-02,3,6,\n"


def plain_mapping(**changes: Any) -> dict[str, Any]:
    """Give the mapping of HEADS as JSON, with *changes* to its top fields."""
    plain: dict[str, Any] = {
        "version": 1,
        "survey": {"key": "shop", "title": "Shop survey"},
        "response_id": ["id"],
        "customer": {"columns": [{"column": "card", "kind": "external", "namespace": "crm"}]},
        "answered_at": {"column": "at"},
        "scores": [
            {"column": "nps", "question": "nps", "metric": "nps"},
            {
                "column": "checkout",
                "question": "checkout",
                "metric": "csat_5",
                "touchpoint": {
                    "key": "checkout",
                    "title": "Checkout",
                    "channel": {"key": "web", "title": "Website"},
                },
                "not_applicable": ["6"],
            },
        ],
        "comments": [{"column": "why", "question": "why"}],
    }
    return plain | changes


def shop_mapping(**changes: Any) -> Mapping:
    """Give the mapping of HEADS, with *changes* to its top fields."""
    return from_json(json.dumps(plain_mapping(**changes)))


def many_rows(count: int, *, first: int = 1) -> str:
    """Write a file of *count* good rows; ids count from *first*, every third has a comment."""
    rows = [
        f"r{n},c{n % 40},2026-10-{n % 28 + 1:02},{n % 11},{n % 5 + 1},{'' if n % 3 else 'Word'}"
        for n in range(first, first + count)
    ]
    return "\n".join([HEADS, *rows, ""])


def received(
    content: str | bytes = CONTENT, *, of: Tenant, name: str = "shop.csv", looks: bool = False
) -> Import:
    """Receive a file; *looks* also profiles its columns, as the wizard does."""
    data = content.encode() if isinstance(content, str) else content
    with tenant_bound(of.pk):
        imported = receive_file(tenant=of, name=name, chunks=[data], by=None, now=make.NOW)
        if looks:
            look_into(imported=imported, by=None, now=make.NOW)
    return imported


def mapped(content: str | bytes = CONTENT, *, of: Tenant, by: Mapping | None = None) -> Import:
    """Receive a file and say what its columns mean."""
    imported = received(content, of=of)
    with tenant_bound(of.pk):
        importing.save_mapping(imported=imported, mapping=by or shop_mapping())
    return imported


def begun(imported: Import, start: Callable[..., object]) -> None:
    """Begin a step of an import, and leave it at that."""
    with tenant_bound(imported.tenant_id):
        start(imported=current(imported), by=None, now=make.NOW)


def run(imported: Import, start: Callable[..., object] = importing.start_load) -> Import:
    """Begin a step of an import and see it through; give the import as it is then."""
    begun(imported, start)
    drain(imported.tenant_id)
    return current(imported)


def current(imported: Import) -> Import:
    """Load an import anew."""
    with tenant_bound(imported.tenant_id):
        rows = Import.objects.for_tenant(imported.tenant_id)
        return rows.select_related("tenant", "job", "batch").get(pk=imported.pk)


def loaded(content: str | bytes = CLEAN, *, of: Tenant, by: Mapping | None = None) -> Import:
    """Load a file to its end."""
    return run(mapped(content, of=of, by=by))


def counts(tenant: Tenant) -> dict[str, int]:
    """Count the rows that answers are made of."""
    models = (Response, Rating, Verbatim, Customer)
    with tenant_bound(tenant.pk):
        return {m._meta.model_name or "": m.objects.for_tenant(tenant).count() for m in models}
