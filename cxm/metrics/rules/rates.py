"""Response rate of invitations and first contact resolution (FCR) of issues."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from cxm.metrics.rules.statistic import Estimate, share_estimate

DEFAULT_WINDOW = timedelta(days=7)


class InvitationState(StrEnum):
    """States of an invitation that are counted apart."""

    CREATED = "created"
    SUPPRESSED = "suppressed"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    OPENED = "opened"
    STARTED = "started"
    PARTIAL = "partial"
    COMPLETE = "complete"
    SCREENED_OUT = "screened_out"
    OPTED_OUT = "opted_out"


def response_rate(delivered: int, answered: int) -> Estimate:
    """Give the percent of delivered invitations with at least one scored answer, with Wilson.

    Both numbers count invitations of one cohort by the date of the invitation, under the same
    filters. Value None when nothing was delivered. Raises ValueError when more were answered
    than delivered: then the two sides were not counted alike.
    """
    return share_estimate(answered, delivered)


def response_rate_1(complete: int, eligible_or_unknown: int) -> Estimate:
    """Give RR1, the percent of complete interviews among all that were or may be eligible.

    Source: AAPOR, Standard Definitions. Raises ValueError when the part exceeds the whole.
    """
    return share_estimate(complete, eligible_or_unknown)


def response_rate_2(complete: int, partial: int, eligible_or_unknown: int) -> Estimate:
    """Give RR2, which is RR1 with partial interviews in the numerator.

    Source: AAPOR, Standard Definitions. Raises ValueError when the part exceeds the whole.
    """
    return share_estimate(complete + partial, eligible_or_unknown)


def is_pending(contacted_at: datetime, now: datetime, window: timedelta = DEFAULT_WINDOW) -> bool:
    """Say whether an issue is still inside its window [contacted_at, contacted_at + window)."""
    return now < contacted_at + window


def first_contact_resolution(
    *, issues: int, pending: int, resolved: int, unsolvable: int = 0
) -> Estimate:
    """Give the percent of issues resolved in the first interaction, with Wilson.

    Pending issues, whose window is open, are in neither part. Net FCR also leaves out
    *unsolvable*: closed issues that the first level can never solve (docs.medallia.com). Value
    None when no issue is left. Raises ValueError when the parts exceed the whole.
    """
    return share_estimate(resolved, issues - pending - unsolvable)
