"""Telling of alerts: in the product and by mail, and to other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.models import AlertListener
from analytics.rules.alert_wording import figure_told
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.services.notices import tell_of_page
from cxm.kernel.announcing import News, NewsKind, announce

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.models import Alert

RAISED = "alert.raised"
KINDS = (NewsKind(RAISED, "An alert rang", "Figures"),)
FOLDER = "alerts/"


def tell_of_alert(alert: Alert, *, now: datetime) -> None:
    """Tell those who listen to the rule, and whoever hears its news; once, when it is written.

    The alert comes with its rule, and that with the tenant.
    """
    rule = alert.rule
    listeners = AlertListener.objects.for_tenant(rule.tenant_id).filter(rule=rule)
    tell_of_page(
        tenant=rule.tenant,
        kind=NoticeKind.ALERT,
        page=f"{FOLDER}{alert.pk}/",
        about=alert.title,
        to=listeners.values_list("member", flat=True),
        by=None,
        now=now,
        site=rule.site,
    )
    announce(
        News(
            kind=RAISED,
            tenant_id=alert.tenant_id,
            about=alert.pk,
            at=now,
            content=lambda: said_of(alert),
            path=f"{FOLDER}{alert.pk}/",
        )
    )


def said_of(alert: Alert) -> dict[str, Any]:
    """Give what other systems are told of an alert that comes with its rule."""
    return {
        "title": alert.title,
        "rule": {"id": str(alert.rule_id), "title": alert.rule.title, "version": alert.version},
        "kind": alert.rule.kind,
        "rang_on": alert.rang_on.isoformat(),
        "noticed_at": alert.noticed_at.isoformat(),
        "figure": figure_told(alert.figure),
    }
