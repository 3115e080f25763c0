"""How Brightline's customers get in touch: calls, chats, letters, shops, faults, outages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cxm.web.demo.company import Rhythm
from cxm.web.demo.seasons import volume
from cxm.web.demo.tales import ORDERS
from cxm.web.demo.talks import AGENTS, answered, asked, topic_title

if TYPE_CHECKING:
    from datetime import date

    from cxm.web.demo.tales import Tale

# The Saturday of the outage, the age of its end, and where the cable was cut.
OUTAGE_FROM, OUTAGE_TO = 58 / 7, 54 / 7
OUTAGE_REGIONS = ("Coast", "Lakes")
NEW_INVOICE_FROM, NEW_INVOICE_TO = 30, 20
NEW_INVOICE = "new invoice"
_TOPICS = {
    "invoice": 0.2,
    "speed": 0.15,
    "wifi": 0.15,
    "contract": 0.16,
    "mobile": 0.12,
    "delivery": 0.1,
    "appointment": 0.08,
    "move": 0.04,
}
# As shares of all customers: who gets in touch without being asked about it afterwards.
_USUAL_CONTACTS = 0.26
_INVOICE_SHARE, _OUTAGE_SHARE, _OUTAGE_TOLD_SHARE = 0.035, 0.17, 0.3
_CALL_SHARE, _CHAT_SHARE, _SHOP_SHARE = 0.6, 0.25, 0.12
_CALL_BACK_SHARE = 0.2
_SHOPS = 40
_BUSIEST = 1.6


def support(tale: Tale) -> None:
    """Tell of contacts that no survey asked about: more of them in winter and on Mondays."""
    contacts = 0
    while tale.chance(_USUAL_CONTACTS) and contacts < 6:  # noqa: PLR2004 - nobody calls more often
        contacts += 1
        day = tale.some_day()
        if day is None:
            return
        if tale.dice.random() * _BUSIEST < volume(Rhythm.OFFICE, day, tale.age(day)):
            _contact(tale, day)


def invoice_trouble(tale: Tale) -> None:
    """Tell of calls about the new invoice, in the ten weeks in which nobody could read it."""
    if not tale.chance(_INVOICE_SHARE):
        return
    weeks = tale.dice.uniform(NEW_INVOICE_TO, NEW_INVOICE_FROM)
    day = tale.today - timedelta(days=round(weeks * 7) + tale.today.weekday())
    if tale.first_day <= day < tale.last_day:
        call(tale, tale.at(day, Rhythm.OFFICE), NEW_INVOICE)
        if tale.chance(_CALL_BACK_SHARE):
            again = day + timedelta(days=tale.dice.randrange(2, 9))
            call(tale, tale.at(again, Rhythm.OFFICE), NEW_INVOICE)


def outage_weekend(tale: Tale) -> None:
    """Tell of the weekend on which a cable was cut, to those who live there."""
    saturday = tale.today - timedelta(days=tale.today.weekday() + 58)
    is_there = tale.person.region in OUTAGE_REGIONS and "Fibre" in tale.person.group.product
    if not is_there or not tale.person.is_served(saturday):
        return
    if tale.chance(_OUTAGE_TOLD_SHARE):
        outage_notice(tale, tale.at(saturday, Rhythm.SHOP), "began")
        outage_notice(tale, tale.at(saturday + timedelta(days=3), Rhythm.SHOP), "ended")
    if tale.chance(_OUTAGE_SHARE):
        [later] = tale.dice.choices((0, 1, 2, 3), (34, 40, 16, 10))
        at = tale.at(saturday + timedelta(days=later), Rhythm.ALWAYS)
        if tale.chance(_CALL_SHARE):
            call(tale, at, "outage")
        else:
            fault(tale, at, "no connection")


def topic_of(tale: Tale, at: datetime) -> str:
    """Draw what a contact at this moment is about: what everybody's is about just then."""
    age = tale.age(at.astimezone(tale.zone).date())
    weights = dict(_TOPICS)
    if OUTAGE_TO < age <= OUTAGE_FROM:
        weights["outage"] = 2.0
    topics = list(weights)
    [topic] = tale.dice.choices(topics, list(weights.values()))
    is_new = NEW_INVOICE_TO < age <= NEW_INVOICE_FROM
    return NEW_INVOICE if topic == "invoice" and is_new else topic


def call(tale: Tale, at: datetime, topic: str) -> None:
    """Tell of a call to us, and of our call back where one was needed."""
    dice, language = tale.dice, tale.person.language
    agent, case = dice.choice(AGENTS), tale.case()
    title = f"Call about {topic_title(topic)}"
    props = {"topic": topic, "agent": agent, "minutes": dice.randrange(2, 25)}
    tale.tell(
        "support_call",
        at,
        kind="call",
        direction="in",
        title=title,
        text=asked(dice, topic, language),
        thread_key=case,
        props={**props, "waited_seconds": dice.randrange(5, 700)},
    )
    if tale.chance(_CALL_BACK_SHARE):
        tale.tell(
            "support_call_back",
            at + timedelta(hours=dice.randrange(18, 30)),
            kind="call",
            direction="out",
            actor="agent",
            title=f"Call back about {topic_title(topic)}",
            text=answered(dice, topic, language),
            thread_key=case,
            props=props,
        )


def chat(tale: Tale, at: datetime, topic: str) -> None:
    """Tell of a chat on the website: question, answer, mostly thanks."""
    dice, language = tale.dice, tale.person.language
    props = {"topic": topic, "agent": dice.choice(AGENTS)}
    case, thanks = tale.case(), "Danke!" if language == "de" else "Thank you!"
    lines = [
        ("chat_started", "in", "customer", asked(dice, topic, language)),
        ("chat_message", "out", "agent", answered(dice, topic, language)),
        ("chat_message", "in", "customer", thanks),
    ]
    for name, direction, actor, text in lines[: 2 + tale.chance(_CALL_SHARE)]:
        tale.tell(
            name,
            at,
            kind="message",
            direction=direction,
            actor=actor,
            title=f"Chat about {topic_title(topic)}",
            text=text,
            thread_key=case,
            props=props,
        )
        at += timedelta(minutes=dice.randrange(1, 6), seconds=dice.randrange(60))


def letter(tale: Tale, at: datetime, topic: str) -> None:
    """Tell of an e-mail to us."""
    text = asked(tale.dice, topic, tale.person.language)
    title = f"E-mail about {topic_title(topic)}"
    tale.tell(
        "email_received",
        at,
        kind="message",
        direction="in",
        title=title,
        text=text,
        thread_key=tale.case(),
        props={"topic": topic},
    )


def shop_visit(tale: Tale, at: datetime, _topic: str) -> None:
    """Tell that the customer came into a shop."""
    shop, reason = tale.dice.randrange(1, _SHOPS + 1), tale.dice.choice(("advice", "sim", "repair"))
    title = f"Shop {shop}"
    props = {"shop": shop, "reason": reason, "agent": tale.dice.choice(AGENTS)}
    told = {"kind": "visit", "touchpoint": "shop-visit"}
    tale.tell("store_visited", at, title=title, props=props, **told)


def fault(tale: Tale, at: datetime, what: str) -> None:
    """Tell that a line was reported as down, and mostly that it works again."""
    case = tale.case()
    tale.tell(
        "fault_reported", at, direction="in", thread_key=case, props={"what": what, "app": "5.2"}
    )
    solved = at + timedelta(hours=tale.dice.randrange(2, 50))
    props = {"what": what}
    tale.tell("fault_solved", solved, actor="system", source=ORDERS, thread_key=case, props=props)


def outage_notice(tale: Tale, at: datetime, state: str) -> None:
    """Tell of a text message about a line that is down; it names its touchpoint itself."""
    tale.tell(
        f"outage_{state}",
        at,
        source=ORDERS,
        kind="message",
        direction="out",
        actor="system",
        title=f"Text message: the outage has {state}",
        touchpoint="outage-information",
        props={"region": tale.person.region},
    )


def _contact(tale: Tale, day: date) -> None:
    at, way = tale.at(day, Rhythm.SHOP), tale.dice.random()
    topic = topic_of(tale, at)
    if way < _CALL_SHARE:
        call(tale, at, topic)
    elif way < _CALL_SHARE + _CHAT_SHARE:
        chat(tale, at, topic)
    elif way < _CALL_SHARE + _CHAT_SHARE + _SHOP_SHARE:
        if volume(Rhythm.SHOP, day, tale.age(day)):
            shop_visit(tale, at, topic)
    else:
        letter(tale, at, topic)
