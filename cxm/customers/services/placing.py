"""Giving events their touchpoint and channel: what they name, else the first rule that matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.touchpoints.models import Channel, Touchpoint, TouchpointAlias
from cxm.touchpoints.rules.kinds import RULED_KINDS
from cxm.touchpoints.selectors import read_rules

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.rules.records import EventRecord
    from cxm.tenants.models import Tenant
    from cxm.touchpoints.rules.matching import MatchRule, RuleSet


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event happened: ids, None where nothing tells."""

    touchpoint: UUID | None = None
    channel: UUID | None = None
    rule: UUID | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """What of a tenant's registries decides where an event happened."""

    rules: RuleSet
    touchpoints: dict[str, UUID]
    own_channels: dict[UUID, UUID | None]
    channels: dict[str, UUID]
    media: dict[str, UUID]

    def of(self, record: EventRecord, *, source: str) -> Place:
        """Place one record: by the keys it names, by rule, by what its client runs on."""
        touchpoint = self.touchpoints.get(record.touchpoint.lower()) if record.touchpoint else None
        channel = self.channels.get(record.channel.lower()) if record.channel else None
        if touchpoint:
            return Place(touchpoint, channel or self._default(touchpoint, record))
        rule = self._rule(record, source)
        if rule is None:
            return Place(channel=channel or self.media.get(record.medium))
        found = channel or rule.channel_id or self.media.get(record.medium)
        return Place(rule.touchpoint_id, found, rule.id)

    def _rule(self, record: EventRecord, source: str) -> MatchRule | None:
        if record.kind not in RULED_KINDS:
            return None
        return self.rules.first_match(
            source=source,
            kind=record.kind,
            name=record.name,
            props=record.props,
            at=record.occurred_at,
        )

    def _default(self, touchpoint: UUID, record: EventRecord) -> UUID | None:
        return self.own_channels.get(touchpoint) or self.media.get(record.medium)


def read_places(tenant: Tenant) -> Places:
    """Load everything that places events. Four queries."""
    touchpoints = list(Touchpoint.objects.for_tenant(tenant).only("key", "channel_id"))
    by_key = {row.key.lower(): row.pk for row in touchpoints}
    for alias in TouchpointAlias.objects.for_tenant(tenant):
        by_key.setdefault(alias.name.lower(), alias.touchpoint_id)
    channels = list(Channel.objects.for_tenant(tenant).order_by("ord", "pk"))
    media: dict[str, UUID] = {}
    for channel in channels:
        if channel.archived_at is None and channel.merged_into_id is None:
            media.setdefault(channel.medium, channel.pk)
    return Places(
        rules=read_rules(tenant),
        touchpoints=by_key,
        own_channels={row.pk: row.channel_id for row in touchpoints},
        channels={channel.key.lower(): channel.pk for channel in channels},
        media=media,
    )
