"""The words of asking: the ways, what becomes of an invitation, and why somebody is not asked."""

from __future__ import annotations

from cxm.kernel.named import Named


class _Worded(Named):
    """Names with words of their own, where the name itself does not read well."""

    @property
    def words(self) -> str:
        """Give what people read."""
        return _WORDS.get(self.value) or super().words


class Medium(_Worded):
    """How somebody is asked."""

    EMAIL = "email"
    SMS = "sms"
    LINK = "link"

    @property
    def identity(self) -> str:
        """Give the kind of identifier that a message of this medium is sent to."""
        return "phone" if self is Medium.SMS else "email"


class Audience(_Worded):
    """Who a distribution asks."""

    EVENT = "event"
    SEGMENT = "segment"
    LIST = "list"
    API = "api"


class Stratum(_Worded):
    """Within what people are drawn, where about so many a day are."""

    ALL = ""
    TOUCHPOINT = "touchpoint"
    CHANNEL = "channel"


class ReportKind(_Worded):
    """What a mail service tells of a mail."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class ListState(_Worded):
    """What became of a list of people."""

    DRAFT = "draft"
    ASKING = "asking"
    DONE = "done"


class DistributionState(_Worded):
    """Whether a distribution asks."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class InvitationState(_Worded):
    """What became of an invitation, from planning to answer."""

    CREATED = "created"
    SUPPRESSED = "suppressed"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    OPENED = "opened"
    STARTED = "started"
    PARTIAL = "partial"
    COMPLETE = "complete"
    SCREENED_OUT = "screened_out"
    EXPIRED = "expired"
    OPTED_OUT = "opted_out"
    CANCELLED = "cancelled"


# In the order of their tests: the first that holds is the one that is kept.
class Reason(_Worded):
    """Why somebody is not asked, or not yet."""

    ERASED = "erased"
    DO_NOT_CONTACT = "do_not_contact"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    NO_CONSENT = "no_consent"
    UNDER_AGE = "under_age"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    VISITOR = "visitor"
    TEST_CUSTOMER = "test_customer"
    EMPLOYEE = "employee"
    QUIET_PERIOD = "quiet_period"
    CAP = "cap"
    DUPLICATE = "duplicate"
    NOT_SAMPLED = "not_sampled"
    RATE = "rate"
    HOURS = "hours"
    TOO_LATE = "too_late"
    CANCELLED = "cancelled"


class RuleKind(_Worded):
    """What a rule of the contact policy looks at."""

    @property
    def words(self) -> str:
        """Give what people read; some share their name with the reason they give."""
        return _RULE_WORDS[self.value]

    CONSENT = "consent"
    AGE = "age"
    TEST = "test"
    EMPLOYEES = "employees"
    QUIET_PERIOD = "quiet_period"
    CAP = "cap"
    HOURS = "hours"
    RATE = "rate"


# The rules that can be tried on the past: a sending rate only delays.
TRIED = frozenset(RuleKind) - {RuleKind.RATE}
# What consents to be asked are filed under.
PURPOSE = "surveys"
# Where an invitation has been given out, so that it counts for quiet periods and caps.
ASKED = frozenset(InvitationState) - {
    InvitationState.CREATED,
    InvitationState.SUPPRESSED,
    InvitationState.FAILED,
    InvitationState.CANCELLED,
}
# Where the message has arrived as far as anybody knows: the denominator of the response rate.
ARRIVED = frozenset(
    {
        InvitationState.DELIVERED,
        InvitationState.OPENED,
        InvitationState.STARTED,
        InvitationState.PARTIAL,
        InvitationState.COMPLETE,
        InvitationState.SCREENED_OUT,
        InvitationState.EXPIRED,
        InvitationState.OPTED_OUT,
    }
)
# Where nobody has begun to answer, and a reminder may be sent or the time may run out.
WAITING = frozenset({InvitationState.SENT, InvitationState.DELIVERED, InvitationState.OPENED})

_WORDS = {
    "email": "E-mail",
    "sms": "SMS",
    "event": "Everybody with an event, one at a time",
    "segment": "Everybody in a segment",
    "list": "The people of a list",
    "api": "Whom another program names",
    "asking": "Being asked",
    "done": "Asked",
    "screened_out": "Not for this survey",
    "opted_out": "Unsubscribed",
    "erased": "Erased at their own wish",
    "do_not_contact": "Marked: do not contact",
    "complained": "Complained about an earlier message",
    "unsubscribed": "Unsubscribed",
    "bounced": "An earlier message came back",
    "no_consent": "Has not agreed to be asked",
    "under_age": "Too young, or the age is not known",
    "no_address": "No address to send to",
    "bad_address": "The address cannot be right",
    "visitor": "A visitor, not a known customer",
    "test_customer": "A test customer",
    "employee": "One of us",
    "quiet_period": "Asked or answered too recently",
    "cap": "Asked often enough in this time",
    "duplicate": "Already asked about this",
    "not_sampled": "Not drawn for the sample",
    "rate": "The sender's limit is reached: later",
    "hours": "Quiet hours where the customer lives: later",
    "too_late": "Could not be sent in time",
    "cancelled": "Called off",
}
_RULE_WORDS = {
    "consent": "Consent",
    "age": "Age",
    "test": "Test customers",
    "employees": "Colleagues",
    "quiet_period": "Quiet period",
    "cap": "Most invitations",
    "hours": "Quiet hours",
    "rate": "Sending rate",
}
