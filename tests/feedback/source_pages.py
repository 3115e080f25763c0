"""What the tests of the pages of event sources share: addresses, and reading answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from feedback.models import EventSource

if TYPE_CHECKING:
    from cxm.tenants.models import Membership


def url(of: EventSource | Membership, name: str, *args: Any) -> str:
    """Give the address of a page of a source, or of all sources of a member."""
    before = [of.pk] if isinstance(of, EventSource) else []
    return reverse(f"feedback:{name}", args=[of.tenant.slug, *before, *args])


def html(response: Any) -> str:
    """Give the markup of an answer with single blanks."""
    return " ".join(response.content.decode().split())
