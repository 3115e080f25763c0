"""Keeping out who was erased: keyed hashes of identifiers, which outlive the identifiers."""

from __future__ import annotations

import hmac
from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import connection

from cxm.customers.models import Suppression
from cxm.customers.rules.identifiers import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from cxm.customers.rules.records import Ref
    from cxm.tenants.models import Tenant

_SIDE_BY_SIDE = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 719))"
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 719))"


def value_hash(tenant: Tenant | UUID, kind: str, value: str, *, namespace: str = "") -> str:
    """Hash an identifier so that it can be recognised, but not read back: 64 hex digits.

    The hash is keyed with SECRET_KEY and the tenant's id: nobody without the key can try values
    out, and no two tenants can compare theirs. *value* may be in any spelling that folds alike.
    """
    tenant_id = tenant if isinstance(tenant, UUID) else tenant.pk
    return _hash(settings.SECRET_KEY, tenant_id, kind, value, namespace)


def hashes_of(tenant: Tenant, kind: str, value: str) -> list[str]:
    """Give every hash under which an identifier may stand: of the key now, and of former ones."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_hash(key, tenant.pk, kind, value, "") for key in keys]


def load_before_erasing(tenant: Tenant) -> None:
    """Let no erasure begin until this transaction, which takes records in, has ended.

    What is taken in before an erasure is there to be emptied; what comes after it finds its names
    kept out. Without that, a load that had looked before would name the person after it. To be
    called before `suppressed`; any number of loads may run side by side.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SIDE_BY_SIDE, [str(tenant.pk)])


def erase_after_loads(tenant: Tenant) -> None:
    """Wait for the loads that run, and let none begin until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [str(tenant.pk)])


def anybody_erased(tenant: Tenant) -> bool:
    """Whether *tenant* ever erased anybody. One query."""
    return _erased(tenant).exists()


def suppressed(tenant: Tenant, refs: Collection[Ref]) -> set[Ref]:
    """Tell which of *refs* belong to erased people, and so must not name anybody again.

    An address is theirs whatever it is sent as: clients send it as a customer number, too. Hashes
    made with a key in SECRET_KEY_FALLBACKS count as well. One query where nobody was ever erased,
    two where somebody was, none for no refs.
    """
    erased = _erased(tenant)
    # Hashing thousands of identifiers takes longer than asking whether there is a need to.
    if not refs or not erased.exists():
        return set()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    by_hash: dict[tuple[str, str], set[Ref]] = defaultdict(set)
    for ref in refs:
        for kind, namespace in _readings(ref):
            for key in keys:
                hashed = _hash(key, tenant.pk, kind, ref.value, namespace)
                by_hash[kind, hashed].add(ref)
    rows = erased.filter(value_hash__in=[hashed for _, hashed in by_hash])
    found = rows.values_list("kind", "value_hash")
    return {ref for pair in found for ref in by_hash.get(pair, ())}


def suppress(*, tenant: Tenant, refs: Iterable[Ref], now: datetime) -> int:
    """Keep *refs* out from now on, as those of an erased person; give how many there are.

    What is kept out already stays so. One query.
    """
    rows = {
        (ref.kind, value_hash(tenant, ref.kind, ref.value, namespace=ref.namespace)) for ref in refs
    }
    Suppression.objects.bulk_create(
        (
            Suppression(
                tenant=tenant,
                kind=kind,
                value_hash=hashed,
                reason=Suppression.Reason.ERASED,
                at=now,
            )
            for kind, hashed in sorted(rows)
        ),
        ignore_conflicts=True,
    )
    return len(rows)


def _erased(tenant: Tenant) -> QuerySet[Suppression]:
    return Suppression.objects.for_tenant(tenant).filter(reason=Suppression.Reason.ERASED)


def _readings(ref: Ref) -> list[tuple[str, str]]:
    """Give kind and namespace of all that an identifier may be."""
    own = (ref.kind, ref.namespace)
    return [own, ("email", "")] if "@" in ref.value and ref.kind != "email" else [own]


def _hash(key: str, tenant_id: UUID, kind: str, value: str, namespace: str) -> str:
    # No identifier holds the sign NUL, so no two of them read alike.
    said = "\0".join((str(tenant_id), kind, namespace, fold(kind, value)))
    return hmac.digest(key.encode(), said.encode(), "sha256").hex()
