"""What a made-up company knows about its insights, and what it thinks of its opportunities."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cxm.collaboration.rules.kinds import Polarity
from cxm.collaboration.services.evidence import take_evidence
from cxm.web.demo.evidence import seen_by
from cxm.web.demo.members import members_by_key
from feedback.models import Verbatim
from feedback.services.evidence import cite_answer_for_insight
from journeys.models import Insight, Opportunity, ScoreModel
from journeys.rules.library import ScoreSubject
from journeys.rules.score_presets import RICE
from journeys.services.evidence import Subject, cite_evidence
from journeys.services.score_models import ensure_models
from journeys.services.scores import compute_scores, set_scores

if TYPE_CHECKING:
    from datetime import datetime

    from cxm.tenants.models import Membership, Tenant
    from cxm.web.demo.journey_plans import LibraryPlan, QuotedPlan

_THOUGHT_OVER = timedelta(days=2)


def fill_library(tenant: Tenant, plan: LibraryPlan | None, *, now: datetime) -> None:
    """Back insights with what was seen and answered, and score opportunities; once for a tenant.

    Insights and opportunities are there already. What data say of scores is computed from the
    numbers as they are folded.
    """
    if plan is None:
        return
    manager = members_by_key(tenant)["manager"]
    insights = {one.key: one for one in Insight.objects.for_tenant(tenant).select_related("tenant")}
    for one in plan.observed:
        made_at = now - timedelta(days=one.days_ago)
        seen = seen_by(tenant, one, now=now)
        evidence = take_evidence(tenant=tenant, seen=seen, by=manager, now=made_at)
        subject = Subject.of(tenant, insights[one.statement])
        cite_evidence(subject=subject, evidence=evidence, by=manager, now=made_at)
    for quoted in plan.quoted:
        _quote(tenant, quoted, insights[quoted.insight], manager, now=now)
    _score(tenant, plan, manager, now=now)


def _quote(
    tenant: Tenant, plan: QuotedPlan, insight: Insight, manager: Membership, *, now: datetime
) -> None:
    """Cite answers for an insight; fewer where fewer people wrote so."""
    rows = Verbatim.objects.for_tenant(tenant).filter(
        response__survey__key=plan.survey, text__icontains=plan.words
    )
    newest = rows.select_related("response__survey", "response__tenant").order_by(
        "-response__answered_at", "pk"
    )
    for row in newest[: plan.count]:
        cite_answer_for_insight(
            response=row.response,
            question_key=row.question_key,
            insight=insight,
            polarity=Polarity.SUPPORTS,
            by=manager,
            now=now,
        )


def _score(tenant: Tenant, plan: LibraryPlan, manager: Membership, *, now: datetime) -> None:
    if not plan.scores:
        return
    ensure_models(tenant=tenant, now=now)
    model = ScoreModel.objects.for_tenant(tenant).get(key=RICE.key_for(ScoreSubject.OPPORTUNITY))
    items = {
        one.key: one for one in Opportunity.objects.for_tenant(tenant).select_related("tenant")
    }
    for one in plan.scores:
        set_scores(
            model=model,
            item=items[one.opportunity],
            values={
                "confidence": (one.confidence, None, None),
                "effort": (one.effort, None, None),
            },
            by=manager,
            now=now - _THOUGHT_OVER,
        )
    compute_scores(tenant=tenant, now=now)
