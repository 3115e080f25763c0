"""Where an interaction of the past belongs by the rules of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cxm.customers.selectors.touchpoint_rules import first_match
from cxm.customers.services.placing import Place, Places, read_places
from cxm.touchpoints.models import TouchpointRule
from cxm.touchpoints.selectors import match_rule

if TYPE_CHECKING:
    from uuid import UUID

    from cxm.customers.models import Interaction
    from cxm.tenants.models import Tenant
    from cxm.touchpoints.rules.matching import RuleSet


@dataclass(frozen=True, slots=True)
class PastPlaces:
    """What decides where interactions belong that have been placed before.

    Beside the touchpoint a rule may have given the channel, or what the client ran on did: such
    a channel gives way to the one of the rule that matches now, as it would have on arrival. A
    channel that the event itself named stays.
    """

    places: Places
    given: dict[UUID, UUID | None]

    def of(self, row: Interaction) -> Place:
        """Place *row*, whose touchpoint is empty or came from a rule."""
        match = first_match(self.places.rules, row)
        kept, fallback = self._own_channel(row)
        if match is None:
            return Place(channel=kept or fallback)
        return Place(match.touchpoint_id, kept or match.channel_id or fallback, match.id)

    def _own_channel(self, row: Interaction) -> tuple[UUID | None, UUID | None]:
        """Give the channel of *row* as one to keep, or as one for want of a better."""
        channel = row.channel_id
        if channel is None or channel == self._named(row):
            return channel, None
        if row.touchpoint_rule_id and channel == self.given.get(row.touchpoint_rule_id):
            return None, None
        if channel in self.places.media.values():
            return None, channel
        return channel, None

    def _named(self, row: Interaction) -> UUID | None:
        name = row.props.get("channel")
        return self.places.channels.get(name.lower()) if isinstance(name, str) else None


def read_past_places(tenant: Tenant, rules: RuleSet) -> PastPlaces:
    """Load what decides, with *rules* as those in force. Five queries."""
    known = TouchpointRule.objects.for_tenant(tenant).select_related("touchpoint")
    given = {rule.pk: match_rule(rule).channel_id for rule in known}
    places = read_places(tenant)
    return PastPlaces(
        Places(rules, places.touchpoints, places.own_channels, places.channels, places.media), given
    )


def place_of(row: Interaction) -> Place:
    """Give the place that *row* has now."""
    return Place(row.touchpoint_id, row.channel_id, row.touchpoint_rule_id)
