"""What needs the product itself: `python -m cxm.web.nemesis.stage set|recount`, one JSON object."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from cxm.tenants.models import Tenant

SLUG = "nemesis"
SURVEY_ID, SCORE, NOTE = "nemesis", "score", "note"
METRIC = "nps"


def main(words: list[str]) -> None:
    """Set the stage in a migrated database, or compare the rollups with a recount."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxm.settings")
    django.setup()
    told = {"set": set_stage, "recount": recount}[words[0]]()
    sys.stdout.write(f"{json.dumps(told)}\n")


def set_stage() -> dict[str, Any]:
    """Open a tenant with an event source, a survey with a score, and keys; give their texts."""
    from cxm.kernel.clock import now  # noqa: PLC0415 - Django is set up by now
    from cxm.tenants.binding import tenant_bound  # noqa: PLC0415
    from cxm.tenants.rules import Right  # noqa: PLC0415
    from cxm.tenants.services import create_api_key  # noqa: PLC0415
    from cxm.web.services import open_tenant  # noqa: PLC0415
    from feedback.services.event_sources import create_source  # noqa: PLC0415

    tenant = open_tenant(slug=SLUG, name="Nemesis", now=now())
    rights = (
        Right.EDIT_REGISTRIES,
        Right.SEE_REGISTRIES,
        Right.SEE_FIGURES,
        Right.SEE_RESPONSES,
        Right.MANAGE_SOURCES,
    )
    with tenant_bound(tenant.pk):
        key, api_key = create_api_key(
            tenant=tenant, name="Nemesis", rights=rights, by=None, now=now()
        )
        source, _, write_key = create_source(tenant=tenant, title="Shop", by=key, now=now())
        _add_survey(tenant, source.key)
    return {
        "tenant": str(tenant.pk),
        "source": f"events:{source.key}",
        "write_key": write_key,
        "api_key": api_key,
    }


def recount() -> dict[str, int]:
    """Compare what pages read with a recount of the ratings; give both counts."""
    from analytics.services.rollups import verify_rollups  # noqa: PLC0415 - as above
    from cxm.kernel.clock import now  # noqa: PLC0415
    from cxm.tenants.binding import tenant_bound  # noqa: PLC0415
    from cxm.tenants.selectors import tenant_by_slug  # noqa: PLC0415

    tenant = tenant_by_slug(SLUG)
    if tenant is None:
        message = f"there is no tenant called {SLUG}"
        raise LookupError(message)
    with tenant_bound(tenant.pk):
        found = verify_rollups(tenant=tenant, now=now())
    return {"rows": found.rows, "differences": found.differences}


def _add_survey(tenant: Tenant, source: str) -> None:
    """Register the survey, so that its first question is a score from the first answer on."""
    from cxm.metrics.models import Metric  # noqa: PLC0415 - as above
    from feedback.adapters.events.posthog_surveys import survey_key  # noqa: PLC0415
    from feedback.models import Survey, SurveyQuestion  # noqa: PLC0415

    survey = Survey.objects.create(
        tenant=tenant, key=survey_key(SURVEY_ID), title="Nemesis", source=source
    )
    kinds = SurveyQuestion.Kind
    metric = Metric.objects.for_tenant(tenant).get(key=METRIC)
    SurveyQuestion.objects.create(
        tenant=tenant, survey=survey, key=SCORE, text="Score", kind=kinds.SCORE, metric=metric
    )
    SurveyQuestion.objects.create(
        tenant=tenant, survey=survey, key=NOTE, text="Note", kind=kinds.TEXT, ord=1
    )


if __name__ == "__main__":
    main(sys.argv[1:])
