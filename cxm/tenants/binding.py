"""The tenant of the running request, task or command: one transaction, one tenant."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, cast

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from cxm.tenants.postgresql.base import DatabaseWrapper

_bound: ContextVar[UUID | None] = ContextVar("bound_tenant_id", default=None)


class TenantSwitchError(RuntimeError):
    """A transaction that works for one tenant, or for none, was asked to work for another."""


def bound_tenant_id() -> UUID | None:
    """Say which tenant this context works for; None outside every `tenant_bound` block."""
    return _bound.get()


@contextmanager
def tenant_bound(tenant_id: UUID) -> Iterator[None]:
    """Run the block in one transaction that sees the rows of *tenant_id* and no others.

    Nested blocks of the same tenant join the outer one. Raises TenantSwitchError for another
    tenant, and inside a transaction that began without one: the tenant travels with BEGIN.
    Threads and streamed bodies run outside: they see no rows until they open a block.
    """
    if _bound.get() == tenant_id:
        with transaction.atomic():
            yield
        return
    if _bound.get() is not None:
        message = f"bound to {_bound.get()}, asked for {tenant_id}"
        raise TenantSwitchError(message)
    if not connection.in_atomic_block:
        with _named(tenant_id), transaction.atomic():
            yield
    elif _is_test_transaction():
        with _named(tenant_id), _set_inside(tenant_id), transaction.atomic():
            yield
    else:
        message = "a transaction without a tenant is open: bind before it begins"
        raise TenantSwitchError(message)


@contextmanager
def _named(tenant_id: UUID) -> Iterator[None]:
    token = _bound.set(tenant_id)
    try:
        yield
    finally:
        _bound.reset(token)


def _is_test_transaction() -> bool:
    # A TestCase opens transactions around the code under test; requests never see those.
    return all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


@contextmanager
def _set_inside(tenant_id: UUID) -> Iterator[None]:
    wrapper = cast("DatabaseWrapper", connection)
    wrapper.bind_tenant(tenant_id)
    try:
        yield
    finally:
        if wrapper.connection is not None and not wrapper.connection.closed:
            wrapper.bind_tenant(None)
