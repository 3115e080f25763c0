"""What the pages of responses read from their request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.customers.selectors.persons import Reader
from cxm.tenants.rules import Right
from feedback.selectors.registry_names import read_names
from feedback.selectors.response_filter import Asked, read_filter

if TYPE_CHECKING:
    from cxm.tenants.access import TenantRequest

# What the pages read beside the filter.
PAGE_KEYS = frozenset({"after", "before", "row", "count"})


def reader_of(request: TenantRequest) -> Reader:
    """Say who reads, and whether they may see persons."""
    return Reader(request.tenant, sees_persons=request.may(Right.SEE_PERSONS))


def asked_of(request: TenantRequest) -> Asked:
    """Read the filter from the query. Two queries."""
    names = read_names(request.tenant)
    return read_filter(dict(request.GET.lists()), names, others=PAGE_KEYS)
