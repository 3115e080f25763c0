"""Labelling a topic's texts: which to look at next, and what the labels say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, Value
from django.db.models.functions import MD5, Cast, Concat

from feedback.models import Response, TopicHit, Verbatim
from feedback.rules.text.quality import Labels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.tenants.querysets import TenantQuerySet
    from feedback.models import Topic, TopicRule

_LABELLED = ("hits_labelled", "hits_right", "others_labelled", "missed")


def labels_of(topic: Topic) -> Labels | None:
    """Count the labels of the version in force, and its hits and other texts; None without one.

    Two queries.
    """
    rule: TopicRule | None = topic.rule
    return labels_by_rule([topic]).get(rule.pk) if rule else None


def labels_by_rule(topics: Sequence[Topic]) -> dict[UUID, Labels]:
    """Count the labels of the versions in force of *topics* of one tenant. Three queries."""
    rules = {topic.rule_id: topic for topic in topics if topic.rule_id}
    if not rules:
        return {}
    tenant_id = topics[0].tenant_id
    hits = TopicHit.objects.for_tenant(tenant_id)
    sampled = (
        hits.filter(sample_rule__in=rules)
        .values("sample_rule")
        .annotate(
            hits_labelled=Count("pk", filter=Q(sample_hit=True)),
            hits_right=Count("pk", filter=Q(sample_hit=True, is_active=True)),
            others_labelled=Count("pk", filter=Q(sample_hit=False)),
            missed=Count("pk", filter=Q(sample_hit=False, is_active=True)),
        )
    )
    labelled: dict[UUID, dict[str, Any]] = {
        row["sample_rule"]: {**row} for row in sampled.order_by("sample_rule")
    }
    found = hits.filter(rule__in=rules).values("rule").annotate(n=Count("pk")).order_by("rule")
    counts = {row["rule"]: row["n"] for row in found}
    texts = _texts(tenant_id).count()
    return {
        rule: Labels(
            **{name: labelled[rule][name] if rule in labelled else 0 for name in _LABELLED},
            hits=counts.get(rule, 0),
            others=max(0, texts - counts.get(rule, 0)),
        )
        for rule in rules
    }


def next_to_label(topic: Topic) -> tuple[Verbatim, bool] | None:
    """Draw the next text to label for the version in force, and say whether the rule found it.

    Hits and other texts take turns; within each the order is that of a hash of text and version,
    which nobody chose and which is the same for everybody. None when there is none left.
    """
    rule: TopicRule | None = topic.rule
    labels = labels_of(topic)
    if rule is None or labels is None:
        return None
    hits_first = labels.hits_labelled <= labels.others_labelled
    for is_hit in (hits_first, not hits_first):
        text = _drawn(topic, rule, is_hit=is_hit)
        if text:
            return text, is_hit
    return None


def _drawn(topic: Topic, rule: TopicRule, *, is_hit: bool) -> Verbatim | None:
    hits = TopicHit.objects.for_tenant(topic.tenant_id).filter(topic=topic, verbatim=OuterRef("pk"))
    found = Q(Exists(hits.filter(rule=rule)))
    rows = _texts(topic.tenant_id).filter(found if is_hit else ~found)
    unlabelled = rows.exclude(Exists(hits.filter(sample_rule=rule)))
    lot = MD5(Concat(Cast("pk", CharField()), Value(str(rule.pk))))
    text: Verbatim | None = (
        unlabelled.defer("words").select_related("response").order_by(lot, "pk").first()
    )
    return text


def _texts(tenant_id: UUID) -> TenantQuerySet[Verbatim]:
    rows: TenantQuerySet[Verbatim] = Verbatim.objects.for_tenant(tenant_id)
    return rows.filter(response__state__in=Response.LIVE_STATES)
