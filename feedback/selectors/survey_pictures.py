"""Which pictures of a workspace its surveys show to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextField
from django.db.models.functions import Cast

from cxm.collaboration.models import Asset
from feedback.models import SurveyVersion

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.tenants.models import Tenant


def picture_asked(tenant: Tenant, survey_id: UUID, asset_id: UUID) -> Asset | None:
    """Load a picture that a published version of a survey names; None for any other file.

    Two queries. Older versions count: people may be in the middle of one.
    """
    versions = SurveyVersion.objects.for_tenant(tenant).filter(survey=survey_id)
    named = versions.annotate(text=Cast("document", TextField()))
    if not named.filter(text__contains=f'"{asset_id}"').exists():
        return None
    return Asset.objects.for_tenant(tenant).filter(pk=asset_id, width__isnull=False).first()
