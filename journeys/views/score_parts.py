"""What pages of items and lists show of scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cxm.kernel.clock import now
from cxm.kernel.queries import query_text
from cxm.tenants.rules import Right
from journeys.selectors.scores import SUBJECTS, chosen_model, models_of, past_scores, scores_of
from journeys.services.score_models import ensure_models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cxm.tenants.access import TenantRequest
    from journeys.rules.library_sorts import Sort
    from journeys.selectors.scores import InputLine


@dataclass(frozen=True, slots=True)
class Entered:
    """One input with what stands in its three fields, as texts."""

    line: InputLine
    value: str
    lo: str
    hi: str


def score_context(
    request: TenantRequest, sort: Sort, item: Any, *, fault: str = ""
) -> dict[str, Any]:
    """Give what `journeys/_scores.html` shows of an item; nothing for sorts that have no scores.

    `?scores=` names the model, else it is the usual one. What was refused stands in its fields.
    """
    if sort.name not in SUBJECTS:
        return {}
    ensure_models(tenant=request.tenant, now=now())
    models = models_of(request.tenant, sort.name)
    sent = request.POST if fault else None
    model = chosen_model(models, query_text(sent or request.GET, "scores"))
    if model is None:
        return {}
    scored = scores_of(model, [item.pk])[item.pk]
    return {
        "scored": scored,
        "score_models": models,
        "entered": [_entered(line, sent) for line in scored.inputs],
        "labels": scored.scoring.labels,
        "past": past_scores(model, item),
        "score_fault": fault,
        "score_reason": sent.get("reason", "") if sent else "",
        "scores_url": reverse(f"journeys:{sort.name}-scores", args=[item.tenant.slug, item.pk]),
        "may_keep_models": request.may(Right.EDIT_REGISTRIES),
    }


def _entered(line: InputLine, sent: Mapping[str, str] | None) -> Entered:
    if sent is not None:
        key = line.input.key
        return Entered(line, *(sent.get(f"{key}-{part}", "") for part in ("value", "lo", "hi")))
    said = line.held.said
    told = (said.value, said.lo, said.hi) if said else (None, None, None)
    return Entered(line, *("" if one is None else f"{one:g}" for one in told))
