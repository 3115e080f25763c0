"""Names for the steps of orders and cases, and for their touchpoints, made of column heads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feedback.adapters import signs

_TAIL = frozenset({"timestamp", "datetime", "date", "time", "day", "at", "on", "ts", "utc"})
_HEAD = re.compile(r"^(?:date|time|day)(?: of)? ")
_NUMBER_TAIL = re.compile(
    r"[ ](?:id|number|no|nr|key|code|uuid|guid|ref|reference|concept name|name)$"
)
# What heads call a step, and how a person says that it happened.
_DONE = {
    "approval": "approved",
    "arrival": "arrived",
    "assignment": "assigned",
    "cancel": "cancelled",
    "cancellation": "cancelled",
    "close": "closed",
    "completion": "completed",
    "confirmation": "confirmed",
    "created": "created",
    "creation": "created",
    "delivery": "delivered",
    "departure": "departed",
    "dispatch": "dispatched",
    "end": "ended",
    "finish": "finished",
    "open": "opened",
    "payment": "paid",
    "pickup": "picked up",
    "purchase": "placed",
    "purchased": "placed",
    "ordered": "placed",
    "receipt": "received",
    "refund": "refunded",
    "renewal": "renewed",
    "resolution": "resolved",
    "resolve": "resolved",
    "return": "returned",
    "ship": "shipped",
    "shipment": "shipped",
    "shipping": "shipped",
    "start": "started",
    "submission": "submitted",
    "submit": "submitted",
}
_NO_SUBJECTS = {"external", "internal", "item", "line", "public", "record", "row", "unique"}
_FIRST = {"order": "placed", "ticket": "opened", "case": "opened", "booking": "made"}
_TO_WHOM = re.compile(
    r"\b(delivered|handed|sent|shipped|given) (carrier|customer|client|store|warehouse|courier)\b"
)
_TOUCHPOINTS = (
    (r"ticket|case|incident|complaint|support|claim", "Support"),
    (r"subscription|contract|policy|licen[cs]e|lease", ""),
    (r"return|refund", "Returns"),
    (r"carrier|ship|dispatch|handed", "Shipping"),
    (r"deliver|arriv", "Delivery"),
    (r"paid|payment|approved|charged", "Payment"),
    (r"invoice|billed", "Billing"),
    (r"check ?in", "Check-in"),
    (r"book|reserv", "Booking"),
    (r"placed|checkout|ordered|bought", "Checkout"),
    (r"sign ?up|registered|signed up", "Sign-up"),
)


def subject_of(number: str) -> str:
    """Say what a column of numbers counts: "order_id" gives "order"; "" where that says nothing."""
    subject = _NUMBER_TAIL.sub("", f" {signs.words(number)}").strip()
    return "" if subject in _NO_SUBJECTS else subject


def step_name(head: str, subject: str = "") -> str:
    """Name what happened at the times under *head* to a *subject* such as "order".

    "order_delivered_customer_date" becomes "Order delivered to customer", "closed_at" of a ticket
    "Ticket closed".
    """
    told = signs.words(head).split()
    while told and told[-1] in _TAIL:
        told.pop()
    said = _HEAD.sub("", " ".join(told))
    first, _, rest = said.partition(" ")
    if subject and first == subject.rpartition(" ")[2]:
        said = rest
    done = " ".join(_DONE.get(word, word) for word in said.split())
    done = _TO_WHOM.sub(r"\1 to \2", done) or _FIRST.get(subject, "recorded" if subject else "")
    name = f"{subject} {done}".strip() or signs.words(head)
    return name[:1].upper() + name[1:]


def step_names(heads: Iterable[str], subject: str = "") -> dict[str, str]:
    """Name the step under each of *heads*; names that would be the same keep their heads."""
    heads = list(heads)
    names = {head: step_name(head, subject) for head in heads}
    told = list(names.values())
    return {
        head: name if told.count(name) == 1 else signs.readable(head)
        for head, name in names.items()
    }


def step_touchpoint(name: str) -> str:
    """Give the title of the touchpoint that a step called *name* is usually about, or ""."""
    said = name.lower()
    return next((title for sign, title in _TOUCHPOINTS if re.search(sign, said)), "")
