"""Telling those who look after webhooks that one does not get through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxm.collaboration.models import Notice
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.services.notices import tell_of_page
from cxm.integrations.selectors.sights import page_of_webhook
from cxm.tenants.models import Membership
from cxm.tenants.rules import Right, Role, may

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.integrations.models import Webhook


def tell_of_stop(webhook: Webhook, *, now: datetime) -> int:
    """Tell everybody with the right to manage webhooks; gives how many were told.

    The webhook comes with its tenant. Who has an unread notice of it hears nothing more: a
    receiver that is away for a night is one notice.
    """
    tenant, page = webhook.tenant, page_of_webhook(webhook.pk)
    roles = [role.value for role in Role if may(role, Right.MANAGE_KEYS)]
    unread = Notice.objects.for_tenant(tenant).filter(page=page, read_at=None)
    people = Membership.objects.for_tenant(tenant).filter(role__in=roles)
    return tell_of_page(
        tenant=tenant,
        kind=NoticeKind.STOPPED,
        page=page,
        about=webhook.title,
        to=people.exclude(pk__in=unread.values("member")).values_list("pk", flat=True),
        by=None,
        now=now,
        site=webhook.site,
    )
