"""Values of the inputs that opportunities and solutions are scored by."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cxm.tenants.models import ApiKey, Tenant
from cxm.work.services import later
from journeys.errors import ScoreError
from journeys.models import Score, ScoreModel
from journeys.rules.library import ScoreOrigin, ScoreSubject
from journeys.rules.scoring import Source
from journeys.selectors.score_sources import computed_inputs
from journeys.selectors.scores import held_values, scoring_of
from journeys.services.library import MODELS
from journeys.services.score_models import COMPUTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from cxm.tenants.models import Membership
    from journeys.models import Opportunity, Solution
    from journeys.rules.scoring import Input
    from journeys.selectors.score_sources import Computed
    from journeys.selectors.scores import Held

LARGEST, LONGEST_REASON, MOST_SCORED = 1e12, 1_000, 5_000
type Scored = Opportunity | Solution
# A value and its interval: (value, lo, hi).
type Said = tuple[float, float | None, float | None]


@dataclass(frozen=True, slots=True)
class _Writing:
    """Who writes values of a model, when and how."""

    model: ScoreModel
    origin: ScoreOrigin
    at: datetime
    by: Membership | None = None

    def row(self, item: UUID, key: str, told: Mapping[str, Any]) -> Score:
        return Score(
            tenant_id=self.model.tenant_id,
            model=self.model,
            **{f"{self.model.subject}_id": item},
            input=key,
            origin=self.origin,
            at=self.at,
            by=self.by,
            **told,
        )


@transaction.atomic
def set_scores(
    *,
    model: ScoreModel,
    item: Scored,
    values: Mapping[str, Said | None],
    by: Membership | ApiKey | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Say values of inputs of an item, all or none; None takes back what was said.

    What was said before is kept, and so is what was computed. Raises ScoreError for an input that
    the model does not have, a value beyond its range, an interval without the value in it, and
    where a computed value is set aside without a *reason*.
    """
    if item.archived_at is not None or model.archived_at is not None:
        raise ScoreError("value", "What is archived is not scored. Restore it first.")
    Tenant.objects.select_for_update(no_key=True).get(pk=item.tenant_id)
    scoring, why = scoring_of(model), " ".join(reason.split())
    if len(why) > LONGEST_REASON:
        raise ScoreError("reason", f"Write up to {LONGEST_REASON:,} characters.")
    held = held_values(model, [item.pk]).get(item.pk, {})
    writing = _Writing(model, ScoreOrigin.MANUAL, now, None if isinstance(by, ApiKey) else by)
    rows = []
    for key, said in values.items():
        one = scoring.input(key)
        if one is None:
            raise ScoreError("input", f"There is no input “{key}” in this model.")
        if not _is_new(held.get(key), said):
            continue
        _check(one, said, held.get(key), why)
        value, lo, hi = said or (None, None, None)
        told = {"value": value, "lo": lo, "hi": hi, "reason": why}
        rows.append(writing.row(item.pk, key, told))
    Score.objects.bulk_create(rows)


@transaction.atomic
def compute_again(*, tenant: Tenant, now: datetime) -> None:
    """Have everything that data say computed once more, behind the page."""
    later(COMPUTE, tenant=tenant, now=now)


@transaction.atomic
def compute_scores(*, tenant: Tenant, now: datetime) -> int:
    """Compute the inputs of all models that come from data; give how many values were new.

    Opportunities and solutions in use, up to 5,000 of each, the last changed first. What came out
    as before is not written again.
    """
    models = ScoreModel.objects.for_tenant(tenant).filter(archived_at=None)
    written = 0
    for subject in ScoreSubject:
        wanted = [one for one in models.filter(subject=subject).order_by("pk") if _sources(one)]
        if wanted:
            written += _compute(tenant, subject, wanted, now)
    return written


def _compute(
    tenant: Tenant, subject: ScoreSubject, models: Sequence[ScoreModel], now: datetime
) -> int:
    items = MODELS[subject].objects.for_tenant(tenant).filter(archived_at=None)
    ids = list(items.order_by("-updated_at", "pk").values_list("pk", flat=True)[:MOST_SCORED])
    computed = computed_inputs(tenant, subject, ids, now=now)
    rows = []
    for model in models:
        held = held_values(model, ids)
        writing = _Writing(model, ScoreOrigin.AUTO, now)
        for key, source in _sources(model).items():
            for pk in ids:
                one = computed[source][pk]
                before = held.get(pk, {}).get(key)
                if _is_changed(before.computed if before else None, one):
                    rows.append(writing.row(pk, key, _told(one)))
    Score.objects.bulk_create(rows, batch_size=1_000)
    return len(rows)


def _sources(model: ScoreModel) -> dict[str, Source]:
    """Give the inputs of a model that are computed, and by what."""
    return {one.key: Source(one.source) for one in scoring_of(model).inputs if one.source}


def _told(one: Computed) -> dict[str, Any]:
    span = one.span
    ends = {"value": span.value, "lo": span.lo, "hi": span.hi} if span else {}
    return {"value": None, "lo": None, "hi": None, **ends, "n": one.n, "reason": one.words}


def _is_changed(before: Score | None, one: Computed) -> bool:
    if before is None:
        return True
    told = _told(one)
    return any(getattr(before, name) != value for name, value in told.items())


def _is_new(held: Held | None, said: Said | None) -> bool:
    """Whether something else is said than before."""
    before = held.said if held else None
    if before is None or said is None:
        return (before is None) != (said is None)
    return (before.value, before.lo, before.hi) != said


def _check(one: Input, said: Said | None, held: Held | None, reason: str) -> None:
    if said is None:
        return
    value, lo, hi = said
    if not math.isfinite(value) or abs(value) > LARGEST or not one.takes(value):
        raise ScoreError("value", f"{one.label}: {one.range_words}.")
    if (lo is None) != (hi is None):
        raise ScoreError("lo", f"{one.label}: give both ends of the interval, or neither.")
    if lo is not None and hi is not None and not lo <= value <= hi:
        raise ScoreError("lo", f"{one.label}: the value lies between both ends of its interval.")
    computed = held.computed if held else None
    if computed is not None and computed.value is not None and not reason:
        words = f"{one.label} is computed from data. Say why another value holds."
        raise ScoreError("reason", words)
