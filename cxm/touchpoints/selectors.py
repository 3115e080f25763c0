"""Reads for the pages and the API of channels and touchpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cxm.touchpoints.models import Channel, Touchpoint, TouchpointAlias, TouchpointRule
from cxm.touchpoints.rules.conditions import Condition
from cxm.touchpoints.rules.matching import MatchRule, RuleSet

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cxm.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge takes along: names that lead to the row, and rows merged into it before."""

    aliases: int
    followers: int


def channels_listed(tenant: Tenant, *, q: str = "", is_archived: bool = False) -> QuerySet[Channel]:
    """List channels in their order, with `merged_into`; *q* is part of a title or key.

    `touchpoints` is the number of live touchpoints of the channel and of those merged into it.
    """
    live = Touchpoint.objects.for_tenant(tenant).live()
    homes = live.annotate(home=Coalesce("channel__merged_into", "channel"))
    of_channel = homes.filter(home=OuterRef("pk")).order_by().values("home")
    counted = of_channel.annotate(n=Count("pk")).values("n")
    rows = Channel.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    if q:
        rows = rows.filter(Q(title__icontains=q) | Q(key__icontains=q))
    return (
        rows.select_related("merged_into")
        .annotate(touchpoints=Coalesce(Subquery(counted), 0))
        .order_by("ord", "pk")
        .fetch_mode(models.FETCH_RAISE)
    )


def touchpoints_listed(
    tenant: Tenant, *, q: str = "", channel: str = "", is_archived: bool = False
) -> QuerySet[Touchpoint]:
    """List touchpoints by title, with `channel` and `merged_into`.

    *q* is part of a title, a key or an alias; *channel* is a key.
    """
    rows = Touchpoint.objects.for_tenant(tenant).filter(archived_at__isnull=not is_archived)
    if q:
        named = TouchpointAlias.objects.for_tenant(tenant).filter(name__icontains=q)
        rows = rows.filter(
            Q(title__icontains=q) | Q(key__icontains=q) | Q(pk__in=named.values("touchpoint"))
        )
    if channel:
        rows = rows.filter(Q(channel__key=channel) | Q(channel__merged_into__key=channel))
    return (
        rows.select_related("channel", "merged_into")
        .order_by("title", "pk")
        .fetch_mode(models.FETCH_RAISE)
    )


def channel_choices(tenant: Tenant, *, also: Channel | None = None) -> QuerySet[Channel]:
    """List the live channels, and *also* one that may be archived, in their order."""
    wanted = Q(archived_at__isnull=True) | Q(pk=also.pk if also else None)
    return Channel.objects.for_tenant(tenant).filter(wanted).order_by("ord", "pk")


def merge_targets(row: Channel | Touchpoint) -> QuerySet[Any]:
    """List what *row* may be merged into, by title."""
    rows: QuerySet[Any] = type(row).objects.for_tenant(row.tenant_id).live()
    return rows.exclude(pk=row.pk).order_by("title", "pk")


def merge_preview(row: Channel | Touchpoint) -> MergePreview:
    """Count what a merge of *row* takes along. Two queries."""
    aliases = TouchpointAlias.objects.for_tenant(row.tenant_id).filter(touchpoint=row.pk)
    followers = type(row).objects.for_tenant(row.tenant_id).filter(merged_into=row.pk)
    return MergePreview(
        aliases=aliases.count() if isinstance(row, Touchpoint) else 0, followers=followers.count()
    )


def touchpoint_aliases(touchpoint: Touchpoint) -> QuerySet[TouchpointAlias]:
    """List the other names of a touchpoint, by name."""
    aliases = TouchpointAlias.objects.for_tenant(touchpoint.tenant_id).filter(touchpoint=touchpoint)
    return aliases.order_by("name", "pk")


def merged_touchpoints(touchpoint: Touchpoint) -> QuerySet[Touchpoint]:
    """List what is read as *touchpoint*, by title."""
    rows = Touchpoint.objects.for_tenant(touchpoint.tenant_id).filter(merged_into=touchpoint)
    return rows.order_by("title", "pk")


def rules_listed(tenant: Tenant) -> QuerySet[TouchpointRule]:
    """List all touchpoint rules in the order of trying, with touchpoint and channel."""
    rows = TouchpointRule.objects.for_tenant(tenant)
    return (
        rows.select_related("touchpoint__channel", "channel")
        .order_by("priority", "pk")
        .fetch_mode(models.FETCH_RAISE)
    )


def rules_to(touchpoint: Touchpoint) -> QuerySet[TouchpointRule]:
    """List the rules that lead to *touchpoint*, on or off, in the order of trying."""
    return rules_listed(touchpoint.tenant).filter(touchpoint=touchpoint)


def touchpoint_choices(tenant: Tenant, *, also: Touchpoint | None = None) -> QuerySet[Touchpoint]:
    """List the live touchpoints, and *also* one that may be archived, by title."""
    wanted = Q(archived_at__isnull=True) | Q(pk=also.pk if also else None)
    return Touchpoint.objects.for_tenant(tenant).filter(wanted).order_by("title", "pk")


def read_rules(tenant: Tenant) -> RuleSet:
    """Read the enabled touchpoint rules of a tenant for matching. One query."""
    rows = TouchpointRule.objects.for_tenant(tenant).filter(is_enabled=True)
    return RuleSet(match_rule(row) for row in rows.select_related("touchpoint"))


def match_rule(row: TouchpointRule) -> MatchRule:
    """Give what a rule asks and gives; *row* has its touchpoint at hand, enabled or not."""
    return MatchRule(
        id=row.pk,
        touchpoint_id=row.touchpoint_id,
        channel_id=row.channel_id or row.touchpoint.channel_id,
        priority=row.priority,
        source=row.source,
        kind=row.interaction_kind,
        name=row.event_name,
        conditions=tuple(Condition.of(stored) for stored in row.conditions),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
