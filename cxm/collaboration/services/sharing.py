"""Showing documents to people outside: making links to them, and revoking them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from cxm.collaboration.rules.link_errors import (
    ArchivedSharedError,
    LinkKindsError,
    LinkMomentError,
    TooManyLinksError,
)
from cxm.collaboration.selectors.shareable import live_links_to
from cxm.collaboration.services.links import make_link, revoke_link

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.collaboration.models import ShareLink
    from cxm.collaboration.rules.links import Terms
    from cxm.collaboration.selectors.shareable import Shareable
    from cxm.tenants.models import ApiKey, Membership

MOST_LIVE = 100


@transaction.atomic
def share(
    *, of: Shareable, terms: Terms, by: Membership | ApiKey | None, now: datetime
) -> tuple[ShareLink, str]:
    """Make a link that shows a document to people outside.

    Gives the link and its token, which is kept nowhere. Raises ArchivedSharedError,
    LinkKindsError, LinkMomentError, TooManyLinksError, what `make_link` raises and what the
    document refuses with.
    """
    # Two that make links at once take turns, so that the count holds.
    rows = type(of.document).objects.for_tenant(of.tenant).select_for_update()
    row = rows.get(pk=of.document.pk)
    if row.archived_at is not None or getattr(row, "deleted_at", None) is not None:
        raise ArchivedSharedError
    of.refuse(row)
    known = dict(of.kinds)
    if not terms.kinds or not known.keys() >= set(terms.kinds):
        raise LinkKindsError(", ".join(known))
    if terms.freeze_seq is not None and not 0 < terms.freeze_seq <= of.head(row):
        raise LinkMomentError(of.head(row))
    if live_links_to(of, now=now) >= MOST_LIVE:
        raise TooManyLinksError(MOST_LIVE)
    kept = replace(terms, kinds=tuple(kind for kind in known if kind in terms.kinds))
    link, token = make_link(tenant=of.tenant, about=of.document, terms=kept, by=by, now=now)
    of.joined(link).save(force_insert=True)
    return link, token


def unshare(
    *, of: Shareable, link: ShareLink, by: Membership | ApiKey | None, now: datetime
) -> None:
    """Make a link to a document show nothing, at once."""
    revoke_link(link=link, about=of.document, by=by, now=now)
