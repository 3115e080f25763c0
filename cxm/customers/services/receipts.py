"""Receipts of erasures: signed, without anything about the person, and checkable later."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.tenants.models import Tenant
    from cxm.work.models import Batch

SALT = "wayfare.erasure-receipt"


def receipt_of(tenant: Tenant, batch: Batch) -> dict[str, Any]:
    """Give the receipt of a finished erasure as JSON: what was done, when, signed by this server.

    *tables* counts rows emptied or removed; *kept* what had to stay; *key* names the key that
    signed, so that a later one can be told from it.
    """
    body = {
        "receipt": str(batch.pk),
        "workspace": tenant.slug,
        "customer": batch.counts["customer"],
        "asked_at": batch.started_at.isoformat(),
        "finished_at": batch.finished_at.isoformat() if batch.finished_at else None,
        "identifiers_kept_out": batch.counts.get("suppressed", 0),
        "tables": batch.counts["tables"],
        "kept": batch.counts["kept"],
        "list_sha256": _sha256(batch.counts["tables"]),
    }
    key = settings.SECRET_KEY
    return {**body, "key": _key_id(key), "signature": _signature(key, body)}


def is_genuine(receipt: Mapping[str, Any]) -> bool:
    """Whether this server signed *receipt*, with its key or one in SECRET_KEY_FALLBACKS."""
    body = {name: value for name, value in receipt.items() if name not in {"key", "signature"}}
    said = str(receipt.get("signature", ""))
    return any(
        hmac.compare_digest(_signature(key, body).encode(), said.encode())
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )


def _signature(key: str, body: Mapping[str, Any]) -> str:
    return hmac.digest(_derived(key), _plain(body), "sha256").hex()


def _key_id(key: str) -> str:
    return hashlib.sha256(_derived(key)).hexdigest()[:8]


def _derived(key: str) -> bytes:
    return hmac.digest(key.encode(), SALT.encode(), "sha256")


def _sha256(counts: Mapping[str, int]) -> str:
    return hashlib.sha256(_plain(counts)).hexdigest()


def _plain(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
