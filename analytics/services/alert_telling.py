"""Telling of alerts: in the product and by mail, and to other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.models import AlertListener
from analytics.rules.alert_wording import figure_told
from cxm.collaboration.rules.kinds import NoticeKind
from cxm.collaboration.services.notices import tell_of_page
from cxm.kernel.announcing import News, NewsKind, announce

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from analytics.models import Alert
    from cxm.tenants.models import Membership

RAISED = "alert.raised"
KINDS = (NewsKind(RAISED, "An alert rang", "Figures"),)
FOLDER = "alerts/"


def tell_of_alert(alert: Alert, *, now: datetime) -> None:
    """Tell those who listen to the rule, and whoever hears its news; once, when it is written.

    The alert comes with its rule, and that with the tenant.
    """
    rule = alert.rule
    listeners = AlertListener.objects.for_tenant(rule.tenant_id).filter(rule=rule)
    to = set(listeners.values_list("member", flat=True))
    _tell(alert, NoticeKind.ALERT, to, by=None, now=now)
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


def tell_of_owner(alert: Alert, *, by: Membership | None, now: datetime) -> None:
    """Tell the owner of an alert that it is theirs; nobody is told what they did themselves."""
    _tell(alert, NoticeKind.ASSIGNED, {alert.owner_id}, by=by, now=now)


def tell_of_waking(alert: Alert, *, now: datetime) -> None:
    """Remind the owner of an alert, and those who listen to its rule, that it waits no more."""
    rows = AlertListener.objects.for_tenant(alert.tenant_id).filter(rule=alert.rule)
    to = {*rows.values_list("member", flat=True), alert.owner_id}
    _tell(alert, NoticeKind.AWAKE, to, by=None, now=now)


def _tell(
    alert: Alert,
    kind: NoticeKind,
    to: Iterable[UUID | None],
    *,
    by: Membership | None,
    now: datetime,
) -> None:
    tell_of_page(
        tenant=alert.rule.tenant,
        kind=kind,
        page=f"{FOLDER}{alert.pk}/",
        about=alert.title,
        to={one for one in to if one},
        by=by,
        now=now,
        site=alert.rule.site,
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
