"""What happens between Harbour Hotels and a guest: a booking, a stay, a bill."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from analytics.rules.purchases import PurchaseRule
from cxm.web.demo.company import (
    AttributePlan,
    PromisePlan,
    Rhythm,
    RulePlan,
    SegmentPlan,
    TimelinePlan,
)
from cxm.web.demo.contacts import CONTACT_ATTRIBUTES
from cxm.web.demo.journey_plans import JourneyMapPlan
from cxm.web.demo.tales import ORDERS, euros

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from cxm.web.demo.people import Person
    from cxm.web.demo.tales import Tale

_NIGHT_CENTS = {"Weekend for two": 18_900, "Business trip": 12_900, "Family week": 21_900}
_NIGHTS = {"Weekend for two": 2, "Business trip": 1, "Family week": 7}
# Of all guests, so many eat in the restaurant without a room at least once.
_EATING_SHARE = 0.75
_HELP = (
    ("Asked for a late check-out.", "Room is free until noon, done."),
    ("Asked for a quieter room.", "Moved to the garden side."),
    ("Lost a scarf at breakfast.", "Found, waits at the front desk."),
)
PAGES = (("/", "Harbour Hotels"), ("/rooms", "Our rooms"), ("/offers", "Offers"))


def traits(person: Person, dice: Random) -> dict[str, str]:
    """Say what the hotels know of a guest beside name and addresses."""
    return {
        "stay": person.group.product,
        "home": person.region,
        "newsletter": dice.choice(("yes", "no")),
    }


def stays(tale: Tale) -> None:
    """Tell of the stay that each answer is about."""
    for cause in tale.causes:
        if cause.touchpoint == "book-a-room":
            _book(tale, cause.at - timedelta(minutes=tale.dice.randrange(3, 30)))
        elif cause.touchpoint == "help":
            _ask(tale, cause.at - timedelta(minutes=tale.dice.randrange(20, 300)))
        else:
            _stay(tale, cause.at - timedelta(minutes=tale.dice.randrange(200, 2_500)))
    if tale.chance(0.3) and (day := tale.some_day()):
        _stay(tale, tale.at(day, Rhythm.OFFICE))


def meals(tale: Tale) -> None:
    """Tell of meals in the restaurant: some come again for years, some never, most for a while.

    Each has a pace of their own, and after each meal the same chance to have been there for the
    last time: what the model of repeat purchases assumes.
    """
    dice = tale.dice
    if not tale.chance(_EATING_SHARE):
        return
    pace, leaving = dice.gammavariate(1.1, 1 / 26), dice.betavariate(0.9, 3.2)
    taste = dice.lognormvariate(3.4, 0.4)
    at = tale.at(tale.begins_on + timedelta(days=dice.randrange(150)), Rhythm.SHOP)
    while at <= tale.now:
        amount = euros(100 * taste * dice.uniform(0.6, 1.5))
        props = {"guests": dice.randrange(1, 5)}
        tale.tell("meal_paid", at, source=ORDERS, kind="payment", props=props, **amount)
        if tale.chance(leaving):
            return
        at += timedelta(days=dice.expovariate(max(pace, 1e-4)))


def _book(tale: Tale, at: datetime) -> str:
    kind = tale.person.group.product
    number = f"B-{tale.dice.randrange(10**6):06}"
    amount = euros(_NIGHT_CENTS[kind] * _NIGHTS[kind])
    props = {"stay": kind, "nights": _NIGHTS[kind]}
    told = {"source": ORDERS, "kind": "order_step", "thread_key": number}
    tale.tell("room_booked", at, props=props, **told, **amount)
    return number


def _stay(tale: Tale, leaves: datetime) -> None:
    """Tell of a stay, from the booking to the bill, that ends at *leaves*."""
    kind = tale.person.group.product
    arrives = leaves + timedelta(hours=4) - timedelta(days=_NIGHTS[kind])
    number = _book(tale, arrives - timedelta(days=tale.dice.randrange(3, 60)))
    told = {"source": ORDERS, "kind": "visit", "thread_key": number}
    tale.tell("guest_arrived", arrives, **told)
    if tale.chance(0.3):
        _ask(tale, arrives + timedelta(minutes=tale.dice.randrange(30, 400)))
    tale.tell("breakfast_taken", leaves - timedelta(hours=2), **told)
    tale.tell("guest_left", leaves, **told)
    bill = {"source": ORDERS, "kind": "payment", "thread_key": number}
    amount = euros(_NIGHT_CENTS[kind] * _NIGHTS[kind] * tale.dice.choice((1, 1, 1.15)))
    tale.tell("payment_received", leaves, props={"method": "card"}, **bill, **amount)


def _ask(tale: Tale, at: datetime) -> None:
    asked, answered = tale.dice.choice(_HELP)
    case = tale.case()
    told = {"kind": "message", "thread_key": case, "title": "At the front desk"}
    tale.tell("help_asked", at, direction="in", text=asked, **told)
    at += timedelta(minutes=tale.dice.randrange(2, 15))
    tale.tell("help_given", at, direction="out", actor="agent", text=answered, **told)


TIMELINE = TimelinePlan(
    chapters=(stays, meals),
    traits=traits,
    rules=(
        RulePlan("book-a-room", "room_booked", "order_step"),
        RulePlan("book-a-room", "", "page", (("context.page.path", "prefix", "/rooms"),)),
        RulePlan("arrival", "guest_arrived", "visit"),
        RulePlan("breakfast", "breakfast_taken"),
        RulePlan("departure", "guest_left", "visit"),
        RulePlan("departure", "payment_received", "payment"),
        RulePlan("help", "help_*", "message"),
    ),
    attributes=(
        *CONTACT_ATTRIBUTES,
        AttributePlan("stay", "Kind of stay", "choice"),
        AttributePlan("home", "Comes from", "choice", personal="personal"),
        AttributePlan("newsletter", "Newsletter", "choice"),
    ),
    segments=(
        SegmentPlan(
            "families",
            "Families",
            "Guests who stay a week with their family.",
            {"all": [{"attr": "stay", "op": "=", "value": "Family week"}]},
        ),
    ),
    visitors=20,
    pages=PAGES,
    promises=(
        PromisePlan("Keep a quiet room on the garden side", 2, 5),
        PromisePlan("Send the scarf by post", 9, 4),
        PromisePlan("Write the company's name on the bill", 6, 2, 1),
        PromisePlan("Ask the kitchen about the breakfast hours", 3, 2),
    ),
    notes=("Always asks for the garden side.", "Allergic to feathers.", "Comes with a small dog."),
    client_event="offer_opened",
    purchases=PurchaseRule(("meal_paid",), margin_percent=22.0),
    drivers=("outcome=nps", "outcome=nps&period=52w"),
    journeys=(JourneyMapPlan("hafentage-1.yaml", made_days_ago=240, is_published=True),),
)
