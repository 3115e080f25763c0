"""The tale of one made-up customer: everything that happened with them, as events tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cxm.customers.rules.records import Call, EventRecord, Ref
from cxm.web.demo.company import NUMBERING
from cxm.web.demo.seasons import moment
from cxm.web.demo.stories import age_in_weeks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cxm.web.demo.answers import Arrival
    from cxm.web.demo.company import Company, Rhythm
    from cxm.web.demo.people import Person

# The event sources were connected so long ago; what was before stands in answers only.
WEEKS_TOLD = 52
WEBSITE, ORDERS = "website-and-app", "order-system"
SOURCES = {WEBSITE: "Website and app", ORDERS: "Order system"}


@dataclass(frozen=True, slots=True)
class Cause:
    """An answer that somebody gave about a touchpoint, so that they have been there before."""

    at: datetime
    touchpoint: str


@dataclass(slots=True)
class Causes:
    """What customers answered about, by customer number; each answer once."""

    of: dict[str, list[Cause]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def note(self, arrivals: Iterable[Arrival]) -> None:
        """Take in answers; those of nobody, and those about no touchpoint, leave no trace."""
        for record in (arrival.record for arrival in arrivals):
            about = record.touchpoint or record.ratings[-1].touchpoint
            if record.customer and about and record.key not in self._seen:
                self._seen.add(record.key)
                cause = Cause(record.answered_at, about)
                self.of.setdefault(record.customer.value, []).append(cause)


class Tale:
    """One customer, what they answered about, and the *records* told of them so far.

    *dice* are their own: the same arguments give the same tale. *records* is by event source.
    """

    def __init__(
        self, company: Company, person: Person, *, causes: list[Cause], seed: int, now: datetime
    ) -> None:
        self.company, self.person, self.causes, self.now = company, person, causes, now
        self.seed = seed
        number = person.reference.value
        self.dice = Random(f"{company.slug} tale {seed} {number}")  # noqa: S311 - no secret
        self.zone = ZoneInfo(company.time_zone)
        self.today = now.astimezone(self.zone).date()
        self.begins_on = self.today - timedelta(weeks=WEEKS_TOLD)
        self.refs: tuple[Ref, ...] = (Ref("external", NUMBERING, number),)
        self.records: dict[str, list[EventRecord]] = {source: [] for source in SOURCES}

    @property
    def first_day(self) -> date:
        """The first day on which anything is told: of the sources, or of the customer."""
        return max(self.begins_on, self.person.joined_on)

    @property
    def last_day(self) -> date:
        """The last day on which they are a customer, today at the latest."""
        return min(self.person.left_on or self.today, self.today)

    def chance(self, share: float) -> bool:
        """Draw whether something happens that happens to this *share*."""
        return self.dice.random() < share

    def some_day(self) -> date | None:
        """Draw a day on which they are a customer; None when there is none."""
        days = (self.last_day - self.first_day).days
        return self.first_day + timedelta(days=self.dice.randrange(days)) if days > 0 else None

    def at(self, on: date, rhythm: Rhythm) -> datetime:
        """Draw a moment of a day."""
        return datetime.combine(on, moment(self.dice, rhythm), tzinfo=self.zone)

    def age(self, on: date) -> float:
        """Give the age of a day in weeks."""
        return age_in_weeks(on, self.today)

    def case(self) -> str:
        """Draw a number for what belongs together."""
        return f"case-{self.dice.randrange(10**7):07}"

    def tell(self, name: str, at: datetime, *, source: str = WEBSITE, **fields: Any) -> None:
        """Tell of an event; of the future, and of before the sources, nothing is told.

        *fields* are those of EventRecord. *refs* are the customer's own unless given.
        """
        if at <= self.now and at.astimezone(self.zone).date() >= self.begins_on:
            self._add(source, Call.TRACK, at, name=name, **fields)

    def introduce(self, traits: dict[str, str], at: datetime) -> None:
        """Tell what is known of the customer; an address identifies them as well."""
        email = traits.get("email")
        refs = (*self.refs, Ref.folded("email", email)) if email else self.refs
        self._add(ORDERS, Call.IDENTIFY, at, refs=refs, traits=traits)

    def belong(self, organisation: str, traits: dict[str, str], at: datetime) -> None:
        """Tell that the customer belongs to an organisation, by its number."""
        self._add(ORDERS, Call.GROUP, at, company=organisation, namespace=NUMBERING, traits=traits)

    def _add(self, source: str, call: Call, at: datetime, **fields: Any) -> None:
        told = self.records[source]
        key = f"{self.person.reference.value}-{len(told):04}"
        fields.setdefault("refs", self.refs)
        told.append(EventRecord(call, len(told), key, at, **fields))


def euros(cents: float) -> dict[str, Any]:
    """Give an amount as the fields of a record have it."""
    return {"amount": Decimal(round(cents)) / 100, "currency": "EUR"}
