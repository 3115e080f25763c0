"""What somebody at a made-up company wrote down while its figures moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from analytics.rules.annotations import AnnotationKind
from analytics.selectors.figures import Viewer
from analytics.selectors.happenings import annotations_of
from analytics.services.annotations import write_annotation
from cxm.embedded.sign_ins import DEMO_SIGN_INS
from cxm.metrics.models import Metric
from cxm.tenants.models import Membership

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class _Told:
    """What was written down: *age* in weeks before this Monday, *days* how long it lasted."""

    age: float
    kind: AnnotationKind
    title: str
    text: str = ""
    days: int = 1
    metric: str = ""


_TOLD = (
    _Told(
        30,
        AnnotationKind.RELEASE,
        "New layout of the invoice",
        "Amounts by service instead of by line; sent to everybody at once.",
    ),
    _Told(
        20,
        AnnotationKind.RELEASE,
        "Invoice repaired",
        "The sum stands at the top again, and what is new since last month.",
    ),
    _Told(
        18,
        AnnotationKind.NOTE,
        "Invitations by text message",
        "Three in ten people of the pulse are asked by text message from now on.",
        metric="nps",
    ),
    _Told(
        8.3,
        AnnotationKind.INCIDENT,
        "Fibre down at the coast and at the lakes",
        "A cut cable; everybody was back on the second Sunday.",
        days=9,
    ),
    _Told(
        5,
        AnnotationKind.NOTE,
        "Most invitations by text message",
        "More than half of the pulse is asked by text message now.",
        metric="nps",
    ),
    _Told(2, AnnotationKind.CAMPAIGN, "Winter offer for fibre", days=28),
)


def write_what_happened(tenant: Tenant, *, now: datetime) -> None:
    """Write down what moved the figures; nothing where something is written down."""
    if annotations_of(tenant).exists():
        return
    members = Membership.objects.for_tenant(tenant).select_related("user", "tenant")
    manager = members.get(user__email=DEMO_SIGN_INS["manager"])
    today = Viewer(tenant, sees_rows=True, now=now).today
    monday = today - timedelta(days=today.weekday())
    metrics = {one.key: one for one in Metric.objects.for_tenant(tenant).filter(archived_at=None)}
    for one in _TOLD:
        day = monday - timedelta(days=round(7 * one.age))
        write_annotation(
            tenant=tenant,
            kind=one.kind,
            title=one.title,
            text=one.text,
            day=day,
            last_on=day + timedelta(days=one.days - 1) if one.days > 1 else None,
            metric=metrics.get(one.metric),
            by=manager,
            now=now,
        )
