"""The way of somebody from outside to a survey: its tenant is found, and worked for."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.http import Http404

from cxm.tenants.binding import tenant_bound
from cxm.tenants.selectors import likely_tenant_ids
from feedback.services.answering import survey_asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedback.selectors.survey_door import SurveyFound


@contextmanager
def survey_door(slug: str, public_id: str, token: str) -> Iterator[SurveyFound]:
    """Run the block for the survey *public_id* of the tenant called *slug*, bound to that tenant.

    Raises Http404 where there is none.
    """
    for tenant_id in likely_tenant_ids(slug):
        with tenant_bound(tenant_id):
            found = survey_asked(tenant_id, slug, public_id, token)
            if found is not None:
                yield found
                return
    raise Http404
