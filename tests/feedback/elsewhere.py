"""People who are invited, and sites that embed surveys, for tests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cxm.customers.models import Identity
from feedback.models import Distribution, Invitation
from feedback.rules.embedding import Embedding
from feedback.services.embedding import set_embedding
from tests.feedback.outreach import delivered
from tests.make import NOW

if TYPE_CHECKING:
    from typing import Any

    from cxm.tenants.models import Membership
    from feedback.models import Survey

SHOP = "https://shop.example"
_NEVER = datetime(2099, 1, 1, tzinfo=UTC)


def invited(survey: Survey, *, number: int = 1) -> tuple[Invitation, str]:
    """Invite a customer to *survey* by a link; give the invitation and its token."""
    token = f"invited-{number}".ljust(32, "x")
    email = f"ana{number}@example.com"
    delivered(survey.tenant, email)
    who = Identity.objects.for_tenant(survey.tenant_id).get(kind="email", value=email)
    distribution, _ = Distribution.objects.for_tenant(survey.tenant_id).get_or_create(
        tenant=survey.tenant,
        survey=survey,
        title="By link",
        defaults={"medium": "link", "audience": "segment", "seed": "s", "created_at": NOW},
    )
    invitation = Invitation.objects.create(
        tenant=survey.tenant,
        distribution=distribution,
        survey=survey,
        customer=who.customer,
        natural_key=f"order-{number}",
        medium="link",
        purpose=survey.purpose,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        state="sent",
        state_at=NOW,
        due_at=NOW,
        send_at=NOW,
        sent_at=NOW,
        expires_at=_NEVER,
        closes_at=_NEVER,
        propensity=1,
        created_at=NOW,
    )
    return invitation, token


def embedded(survey: Survey, *, by: Membership, **settings: Any) -> Survey:
    """Let pages of the shop show *survey*."""
    told = Embedding(is_on=True, **{"origins": (SHOP,), **settings})
    set_embedding(survey=survey, embedding=told, by=by)
    return survey
