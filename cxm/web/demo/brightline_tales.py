"""What happens between Brightline and a customer: orders, invoices, the app, and before answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cxm.customers.rules.records import Ref
from cxm.web.demo.brightline_contacts import (
    call,
    chat,
    fault,
    letter,
    outage_notice,
    shop_visit,
    topic_of,
)
from cxm.web.demo.company import Rhythm
from cxm.web.demo.tales import ORDERS, euros
from cxm.web.demo.talks import AGENTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from random import Random

    from cxm.web.demo.people import Person
    from cxm.web.demo.tales import Tale

PAGES = (
    ("/fibre", "Fibre at home"),
    ("/fibre/speeds", "How fast is fibre?"),
    ("/fibre/prices", "What fibre costs"),
    ("/account", "My account"),
    ("/account/invoices", "My invoices"),
)
_PRICES = {  # cents a month
    "Mobile Flex": 1_499,
    "Fibre 500 and TV": 5_499,
    "Fibre 1000": 6_999,
    "Fibre 100 and phone": 3_999,
    "Fibre Business": 11_900,
}
_PLANS = {
    "Mobile Flex": ("S", "M", "M", "L"),
    "Fibre Business": ("Team", "Team", "Office", "Site"),
}
_OTHER_PLANS = ("Basic", "Plus", "Plus", "Max")
_VISITOR_SHARE, _SWAPPED_SHARE, _WELCOME_SHARE = 0.3, 0.012, 0.6
_BILLED_SHARE, _FAILED_SHARE, _MONTHS_BILLED = 0.022, 0.05, 13
_APP_SHARE, _TEST_SHARE, _RARE_SHARE = 0.08, 0.03, 0.012
_LIVELY_SHARE = 1 / 600
_LIVELY = ("account_login", "account_login", "account_viewed", "account_data_used")
_NIGHT_ENDS = 7


def traits(person: Person, dice: Random) -> dict[str, str]:
    """Say what Brightline knows of somebody beside name and addresses."""
    product = person.group.product
    return {
        "product": product,
        "plan": dice.choice(_PLANS.get(product, _OTHER_PLANS)),
        "age_band": person.group.age,
        "region": person.region,
        "contract_start": person.joined_on.isoformat(),
    }


def order(tale: Tale) -> None:
    """Tell how somebody became a customer, if that was not before all events."""
    joined = tale.person.joined_on
    if joined - tale.begins_on < timedelta(days=40):
        return
    placed = tale.at(joined - timedelta(days=tale.dice.randrange(12, 30)), Rhythm.ALWAYS)
    number = f"O-{tale.person.reference.value[-6:]}"
    product = tale.person.group.product
    refs = tale.refs
    if tale.chance(_VISITOR_SHARE):
        anonymous = Ref("anonymous", "", f"web-{tale.person.reference.value.lower()}")
        _look_around(tale, placed, anonymous)
        refs = (*refs, anonymous)
    props = {"product": product, "order": number}
    _step(tale, "order_placed", placed, number, refs=refs, props=props, **euros(_price(tale)))
    if tale.chance(_WELCOME_SHARE):
        _welcome(tale, placed + timedelta(days=2), number)
    if "Fibre" in product:
        _connect(tale, placed, joined, number)
    else:
        _parcel(tale, placed + timedelta(days=2), "sim", number)
        active = tale.at(joined, Rhythm.ALWAYS)
        _step(tale, "sim_activated", active, number, touchpoint="sim-delivery")


def invoices(tale: Tale) -> None:
    """Tell of monthly invoices, and of payments, to those who get both online."""
    if not tale.chance(_BILLED_SHARE):
        return
    month = tale.today.replace(day=1)
    for _ in range(_MONTHS_BILLED):
        if tale.first_day <= month < tale.last_day:
            sent = tale.at(month + timedelta(days=tale.dice.randrange(3)), Rhythm.OFFICE)
            _invoice(tale, sent)
        month = (month - timedelta(days=1)).replace(day=1)


def app(tale: Tale) -> None:
    """Tell of logins and of things nobody made a rule for; of very many for a few people."""
    if tale.chance(_APP_SHARE):
        for _ in range(tale.dice.randrange(1, 6)):
            _in_the_app(tale, "account_login")
    for name in ("speedtest_run", "coverage_map_opened", "friend_referred"):
        if tale.chance(_TEST_SHARE if name == "speedtest_run" else _RARE_SHARE):
            _in_the_app(tale, name)
    if tale.chance(_LIVELY_SHARE):
        for _ in range(tale.dice.randrange(120, 280)):
            _in_the_app(tale, tale.dice.choice(_LIVELY))


def before_answers(tale: Tale) -> None:
    """Tell of what the customer answered about, some hours or days before each answer."""
    for cause in tale.causes:
        known = _BEFORE.get(cause.touchpoint)
        if known is None:
            continue
        fewest, most, happen = known
        at = cause.at - timedelta(minutes=tale.dice.randrange(fewest, most))
        local = at.astimezone(tale.zone)
        if local.hour < _NIGHT_ENDS:
            at -= timedelta(hours=local.hour + tale.dice.randrange(3, 11))
        happen(tale, at)


def _look_around(tale: Tale, placed: datetime, anonymous: Ref) -> None:
    """Tell of visits to the website before anybody knew who it was."""
    at = placed - timedelta(days=tale.dice.randrange(1, 9), hours=1)
    for path, title in tale.dice.sample(PAGES[:3], tale.dice.randrange(1, 3)):
        view(tale, at, path, title, refs=(anonymous,))
        at += timedelta(minutes=tale.dice.randrange(1, 5))
    props = {"region": tale.person.region, "is_reached": True}
    tale.tell("address_checked", at, refs=(anonymous,), touchpoint="check-address", props=props)


def view(tale: Tale, at: datetime, path: str, title: str, *, refs: tuple[Ref, ...]) -> None:
    """Tell of a page that was looked at."""
    context: dict[str, object] = {"page": {"path": path}}
    tale.tell("page_viewed", at, kind="page", title=title, refs=refs, props={"context": context})


def _connect(tale: Tale, placed: datetime, joined: date, number: str) -> None:
    visited = tale.at(joined, Rhythm.OFFICE)
    booked = placed + timedelta(days=tale.dice.randrange(1, 4), hours=tale.dice.randrange(5))
    if tale.chance(_SWAPPED_SHARE):
        # Written down after the visit, when somebody noticed that it was missing.
        booked = visited + timedelta(hours=26)
    slot = f"{visited.hour // 2 * 2:02}:00"
    _step(tale, "technician_booked", booked, number, props={"slot": slot})
    _parcel(tale, visited - timedelta(days=tale.dice.randrange(2, 6)), "router", number)
    technician = tale.dice.choice(AGENTS)
    props = {"technician": technician, "minutes": tale.dice.randrange(25, 120)}
    _step(tale, "technician_visited", visited, number, actor="agent", props=props)
    active = visited + timedelta(minutes=tale.dice.randrange(30, 400))
    point = "technician-visit"
    _step(tale, "line_activated", active, number, actor="system", touchpoint=point)


def _welcome(tale: Tale, at: datetime, number: str) -> None:
    agent = tale.dice.choice(AGENTS)
    tale.tell(
        "welcome_call",
        at,
        source=ORDERS,
        kind="call",
        direction="out",
        actor="agent",
        thread_key=number,
        touchpoint="welcome-call",
        props={"agent": agent},
    )


def _parcel(tale: Tale, at: datetime, content: str, number: str = "") -> None:
    props = {"content": content, "carrier": "Parcel One"}
    _step(tale, "parcel_delivered", at, number, actor="system", props=props)


def _step(tale: Tale, name: str, at: datetime, number: str, **fields: object) -> None:
    tale.tell(name, at, source=ORDERS, kind="order_step", thread_key=number, **fields)


def _price(tale: Tale) -> float:
    return _PRICES[tale.person.group.product] * tale.dice.choice((1, 1, 1, 1.1, 1.25))


def _invoice(tale: Tale, sent: datetime) -> None:
    amount = euros(_price(tale))
    number = f"I-{sent:%y%m}-{tale.person.reference.value[-6:]}"
    told = {"source": ORDERS, "kind": "message", "direction": "out", "actor": "system"}
    title = f"Invoice for {sent:%B %Y}"
    props = {"invoice": number}
    tale.tell("invoice_sent", sent, title=title, thread_key=number, props=props, **told, **amount)
    paid = sent + timedelta(days=tale.dice.randrange(2, 12), minutes=tale.dice.randrange(600))
    if tale.chance(_FAILED_SHARE):
        pay(tale, paid, number, "payment_failed", **amount)
        paid += timedelta(days=9)
        told |= {"thread_key": number, "touchpoint": "invoice"}
        tale.tell("reminder_sent", paid, title="Reminder", props=props, **told)
        paid += timedelta(days=4)
    pay(tale, paid, number, "payment_received", **amount)


def pay(tale: Tale, at: datetime, number: str, name: str, **amount: object) -> None:
    """Tell of a payment that came or did not."""
    props = {"method": tale.dice.choice(("app", "debit", "debit", "card")), "invoice": number}
    tale.tell(name, at, source=ORDERS, kind="payment", thread_key=number, props=props, **amount)


def _in_the_app(tale: Tale, name: str) -> None:
    day = tale.some_day()
    if day is None:
        return
    at = tale.at(day, Rhythm.ALWAYS)
    if tale.chance(_TEST_SHARE):
        path, title = tale.dice.choice(PAGES)
        view(tale, at, path, title, refs=tale.refs)
        return
    props: dict[str, object] = {"app": tale.dice.choice(("5.0", "5.1", "5.2"))}
    if name == "speedtest_run":
        props["megabits"] = tale.dice.randrange(20, 940)
    tale.tell(name, at, props=props)


def _visit(tale: Tale, at: datetime) -> None:
    number = f"R-{tale.dice.randrange(10**6):06}"
    booked = at - timedelta(days=tale.dice.randrange(3, 12))
    _step(tale, "technician_booked", booked, number, props={"slot": "14:00", "why": "repair"})
    props = {"technician": tale.dice.choice(AGENTS), "minutes": tale.dice.randrange(15, 90)}
    _step(tale, "technician_visited", at, number, actor="agent", props=props)


def _paid_in_app(tale: Tale, at: datetime) -> None:
    number = f"I-{at:%y%m}-{tale.person.reference.value[-6:]}"
    props = {"method": "app", "invoice": number}
    amount = euros(_price(tale))
    tale.tell("payment_received", at, source=ORDERS, kind="payment", props=props, **amount)


def _got_invoice(tale: Tale, at: datetime) -> None:
    number = f"I-{at:%y%m}-{tale.person.reference.value[-6:]}"
    told = {"source": ORDERS, "kind": "message", "direction": "out", "actor": "system"}
    title, amount = f"Invoice for {at:%B %Y}", euros(_price(tale))
    props = {"invoice": number}
    tale.tell("invoice_sent", at, title=title, thread_key=number, props=props, **told, **amount)


def _changed_plan(tale: Tale, at: datetime) -> None:
    plan = tale.dice.choice(_OTHER_PLANS)
    told = {"kind": "contract", "touchpoint": "change-plan"}
    tale.tell("plan_changed", at, title=f"Changed to plan {plan}", props={"plan": plan}, **told)


def _moved(tale: Tale, at: datetime) -> None:
    props, point = {"region": tale.person.region}, "move-house"
    tale.tell("move_announced", at, kind="contract", touchpoint=point, props=props)


def _about(contact: Callable[[Tale, datetime, str], None]) -> Callable[[Tale, datetime], None]:
    def happen(tale: Tale, at: datetime) -> None:
        contact(tale, at, topic_of(tale, at))

    return happen


# By the touchpoint of an answer: the fewest and most minutes before it, and what happened then.
# First steps and leaving are told by `order` and `leave`.
_BEFORE: dict[str, tuple[int, int, Callable[[Tale, datetime], None]]] = {
    "call-support": (40, 1_500, _about(call)),
    "chat-support": (30, 600, _about(chat)),
    "write-support": (300, 2_800, _about(letter)),
    "shop-visit": (60, 1_800, _about(shop_visit)),
    "accessibility-desk": (60, 1_500, lambda tale, at: call(tale, at, "accessibility")),
    "report-fault": (3_000, 6_000, lambda tale, at: fault(tale, at, "slow line")),
    "router-setup": (
        20,
        900,
        lambda tale, at: tale.tell("router_set_up", at, touchpoint="router-setup"),
    ),
    "router-delivery": (60, 1_800, lambda tale, at: _parcel(tale, at, "router")),
    "sim-delivery": (60, 1_800, lambda tale, at: _parcel(tale, at, "sim")),
    "invoice": (600, 5_000, _got_invoice),
    "technician-visit": (120, 1_800, _visit),
    "pay-in-app": (1, 10, _paid_in_app),
    "change-plan": (1, 30, _changed_plan),
    "move-house": (3_000, 20_000, _moved),
    "outage-information": (120, 1_600, lambda tale, at: outage_notice(tale, at, "ended")),
}
