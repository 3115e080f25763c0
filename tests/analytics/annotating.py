"""What tests of annotations stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.rules.annotations import AnnotationKind
from analytics.selectors.happenings import Happened, happened
from analytics.services.annotations import write_annotation
from cxm.tenants.binding import tenant_bound
from tests import make

if TYPE_CHECKING:
    from analytics.models import Annotation
    from cxm.tenants.models import Membership

TODAY = make.NOW.date()


def annotation(by: Membership, **fields: Any) -> Annotation:
    """Write down a release of today."""
    told = {
        "kind": AnnotationKind.RELEASE,
        "title": "Checkout 2.0",
        "day": TODAY,
        "now": make.NOW,
        **fields,
    }
    with tenant_bound(by.tenant_id):
        return write_annotation(tenant=by.tenant, by=by, **told)[0]


def seen(by: Membership, **asked: Any) -> Happened:
    """Read what *by* sees of what happened, of all days unless asked otherwise."""
    with tenant_bound(by.tenant_id):
        return happened(by.tenant, by, **{"start_on": None, "end_on": None, **asked})
