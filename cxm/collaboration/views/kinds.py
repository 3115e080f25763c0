"""Kinds of documents that people edit together, as the editing routes know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cxm.kernel.errors import DomainError
from cxm.kernel.operations.store import commit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from cxm.kernel.operations.documents import Request, Store
    from cxm.kernel.operations.records import Asked
    from cxm.kernel.operations.store import Outcome
    from cxm.tenants.access import TenantRequest
    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: where it lies, who may do what with it, and where its pages are.

    Its routes are called after *namespace* and *name*, as `personas:persona-change`; *page* is the
    one that shows a document, named likewise. *may_change* and *may_read_log* answer for who asks
    and the document's own row; whoever may not finds nothing (404), so that they are about whether
    somebody knows of it; *related* names rows that they look at besides. That a document is closed
    for everybody, as an archived or published one is, its store's guard says. Where more follows
    from an operation than the store does by itself, *change* does it all.
    """

    name: str
    namespace: str
    store: Store
    page: str
    may_change: Callable[[Any, TenantRequest], bool]
    may_read_log: Callable[[Any, TenantRequest], bool]
    related: tuple[str, ...] = ()
    change: Callable[[Request, Sequence[Asked]], Outcome] | None = None

    def do(self, request: Request, asked: Sequence[Asked]) -> Outcome:
        """Do *asked* operations, all or none. Raises what `commit` raises."""
        return self.change(request, asked) if self.change else commit(self.store, request, asked)

    def rows(self, tenant: Tenant) -> QuerySet[Any]:
        """Give the documents of *tenant*, each with its *related* rows."""
        found: QuerySet[Any] = self.store.root.model.objects.for_tenant(tenant)
        return found.select_related(*self.related) if self.related else found

    def address(self, slug: str, document_id: UUID) -> str:
        """Give the address of a document's page."""
        return reverse(f"{self.namespace}:{self.page}", args=[slug, document_id])

    def route(self, deed: str) -> str:
        """Give the name of the route for *deed*, as `change` or `go-back`."""
        return f"{self.namespace}:{self.name}-{deed}"

    def is_open(self, document: Any) -> bool:
        """Whether *document* takes changes at all: not archived, and let through by the guard."""
        if document.archived_at is not None:
            return False
        try:
            if self.store.guard:
                self.store.guard(document)
        except DomainError:
            return False
        return True
