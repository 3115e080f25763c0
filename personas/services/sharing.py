"""Showing personas and stakeholder maps to people outside: making links, and revoking them."""

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
from cxm.collaboration.services.links import make_link, revoke_link
from personas.models import Persona, PersonaShare, StakeholderMap, StakeholderMapShare
from personas.rules.shared import LAYOUTS, SECTIONS, USUAL_SECTIONS
from personas.selectors.shares import live_links_to

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.collaboration.models import ShareLink
    from cxm.collaboration.rules.links import Terms
    from cxm.tenants.models import ApiKey, Membership
    from personas.selectors.shares import Shared

MOST_LIVE = 100


def shareable_kinds(of: Shared) -> list[tuple[str, str]]:
    """List what of a persona (kinds of sections) or a map (layouts) may be shown: word, label."""
    kinds = SECTIONS if isinstance(of, Persona) else LAYOUTS
    return [(kind.value, kind.words) for kind in kinds]


def usual_kinds(of: Shared) -> tuple[str, ...]:
    """Give what is shown unless somebody chooses: all that can hold no words of customers."""
    kinds = USUAL_SECTIONS if isinstance(of, Persona) else LAYOUTS
    return tuple(kind.value for kind in kinds)


@transaction.atomic
def share(
    *, of: Shared, terms: Terms, by: Membership | ApiKey | None, now: datetime
) -> tuple[ShareLink, str]:
    """Make a link that shows a persona or a map (loaded with its tenant) to people outside.

    Gives the link and its token, which is kept nowhere. Raises ArchivedSharedError,
    LinkKindsError, LinkMomentError, TooManyLinksError, and what `make_link` raises.
    """
    # Two that make links at once take turns, so that the count holds.
    rows = Persona.objects if isinstance(of, Persona) else StakeholderMap.objects
    row = rows.for_tenant(of.tenant_id).select_for_update().get(pk=of.pk)
    if row.archived_at is not None or row.deleted_at is not None:
        raise ArchivedSharedError
    known = dict(shareable_kinds(of))
    if not terms.kinds or not known.keys() >= set(terms.kinds):
        raise LinkKindsError(", ".join(known))
    if terms.freeze_seq is not None and not 0 < terms.freeze_seq <= row.head_seq:
        raise LinkMomentError(row.head_seq)
    if live_links_to(of, now=now) >= MOST_LIVE:
        raise TooManyLinksError(MOST_LIVE)
    kept = replace(terms, kinds=tuple(kind for kind in known if kind in terms.kinds))
    link, token = make_link(tenant=of.tenant, about=of, terms=kept, by=by, now=now)
    if isinstance(of, Persona):
        PersonaShare.objects.create(tenant=of.tenant, link=link, persona=of)
    else:
        StakeholderMapShare.objects.create(tenant=of.tenant, link=link, map=of)
    return link, token


def unshare(*, of: Shared, link: ShareLink, by: Membership | ApiKey | None, now: datetime) -> None:
    """Make a link to a persona or a map show nothing, at once."""
    revoke_link(link=link, about=of, by=by, now=now)
