"""Whom Brightline works for, as its people describe them."""

from __future__ import annotations

from cxm.web.demo.brightline_evidence import FRANK, LEO, RUTH, SANDRA
from cxm.web.demo.company import PersonaPlan
from personas.rules.kinds import PersonaKind, PersonaStatus, SectionKind, Width
from personas.rules.templates import FactPlan, SectionPlan, Template, said, traits

_K = SectionKind
_LEO = Template(
    "leo",
    "Leo",
    "Young on mobile.",
    PersonaKind.CUSTOMER,
    "24, mobile only, decides on the bus",
    "If the app can’t do it, I just don’t do it.",
    (1, 4, 2),
    "c2",
    (
        SectionPlan(
            _K.FACTS,
            "Situation",
            (
                FactPlan("Shared flat, second in two years", "Lives"),
                FactPlan("Mobile Flex, cancels every month if he wants to", "Has"),
                FactPlan("Chat, never the phone", "Asks by"),
            ),
        ),
        SectionPlan(
            _K.JOBS,
            facts=(
                FactPlan("Have enough data until the end of the month", facet="functional"),
                FactPlan("Never feel tied to anything", facet="emotional"),
                FactPlan("Pay no more than his friends do", facet="social"),
            ),
        ),
        SectionPlan(
            _K.PAINS,
            facts=said(
                "The chat hands him over to the phone",
                "Learns of a price change from a friend, not from us",
                "Has to print a form to take his number along",
            ),
        ),
        SectionPlan(
            _K.GAINS,
            facts=said("Changes the plan in three taps", "A message before the data is used up"),
        ),
        SectionPlan(
            _K.TRAITS,
            "How he decides",
            content=traits(
                ("Plans ahead", "On the spot", 90),
                ("Reads the terms", "Scrolls to the button", 85),
                ("Loyal", "Compares every month", 70),
            ),
        ),
        SectionPlan(_K.METRIC, "Would he recommend us?", content={"metric": "nps"}),
        SectionPlan(_K.CHANNELS, width=Width.FULL),
    ),
)
_SANDRA = Template(
    "sandra",
    "Sandra and Jonas",
    "Families on fibre.",
    PersonaKind.CUSTOMER,
    "Two jobs, two children, one router",
    "When the line is down, four people stand in my kitchen.",
    (0, 1, 1),
    "c1",
    (
        SectionPlan(
            _K.DAY,
            "A Tuesday",
            (
                FactPlan("Everybody looks for the school’s timetable, on three devices", "7:10"),
                FactPlan("First video call of Jonas, from the bedroom", "8:30"),
                FactPlan("The little one watches a film while dinner is made", "17:45"),
                FactPlan("Sandra pays bills, and wonders about ours", "21:00"),
            ),
            width=Width.FULL,
        ),
        SectionPlan(
            _K.NEEDS,
            facts=said(
                "A line that is simply there",
                "A technician who comes when he said he would",
                "An invoice that reads like last month’s",
            ),
        ),
        SectionPlan(
            _K.PAINS,
            facts=said(
                "Took half a day off, and nobody came",
                "The new invoice: the same sum in other words",
                "During the outage the app said that all was well",
            ),
        ),
        SectionPlan(
            _K.GAINS,
            facts=said(
                "Visit times after five in the afternoon", "Television that the children can use"
            ),
        ),
        SectionPlan(
            _K.QUOTE,
            "From an interview",
            content={
                "text": "I don’t want to know what an ONT is. I want to know when it works again.",
                "by": "Mother of two, after the weekend of the outage",
            },
        ),
        SectionPlan(_K.METRIC, "Would they recommend us?", content={"metric": "nps"}),
        SectionPlan(_K.CHANNELS),
    ),
)
_FRANK = Template(
    "frank",
    "Frank Obermann",
    "Business.",
    PersonaKind.BUYER,
    "Runs a joinery of eighteen, and its computers on the side",
    "An hour without a line costs me more than your whole contract.",
    (4, 6, 1),
    "c6",
    (
        SectionPlan(
            _K.FACTS,
            "Situation",
            (
                FactPlan("Joinery, 18 people, two sites", "Company"),
                FactPlan("Himself; his tax adviser looks at the sum", "Decides"),
                FactPlan("Fibre Business, since the machines send their orders", "Has"),
                FactPlan("36 months, ends next autumn", "Contract"),
            ),
        ),
        SectionPlan(
            _K.GOALS,
            facts=said("Never think about the line", "One person to call who knows the workshop"),
        ),
        SectionPlan(
            _K.JOBS,
            facts=(
                FactPlan("Keep both sites connected from six to six", facet="functional"),
                FactPlan("Sleep when a large order runs overnight", facet="emotional"),
                FactPlan("Look like a company that delivers on time", facet="social"),
            ),
        ),
        SectionPlan(
            _K.PAINS,
            facts=said(
                "Explains his network anew with each call",
                "A visit “between eight and one” stops the workshop",
            ),
        ),
        SectionPlan(
            _K.TEXT,
            "What sales should know",
            content={
                "text": "Frank is asked by every other firm in the valley what he uses. "
                "He says what he thinks, in both directions."
            },
            width=Width.FULL,
        ),
        SectionPlan(_K.METRIC, "Would he recommend us?", content={"metric": "nps"}),
        SectionPlan(_K.CHANNELS),
    ),
)
_RUTH = Template(
    "ruth",
    "Ruth, third call",
    "At risk.",
    PersonaKind.CUSTOMER,
    "Has told it twice, and is looking at other offers",
    "I was a happy customer until I needed you.",
    (7, 10, 0),
    "c5",
    (
        SectionPlan(
            _K.TEXT,
            "How it comes to this",
            content={
                "text": "It begins with something small: an invoice, a visit, a wrong word in an "
                "e-mail. The second contact is where it turns: she repeats everything, and "
                "is promised a call that does not come."
            },
            width=Width.FULL,
        ),
        SectionPlan(
            _K.NEEDS,
            facts=said(
                "Somebody who has read what she said last time",
                "A date, and word when the date moves",
                "To hear “that was our mistake”",
            ),
        ),
        SectionPlan(
            _K.PAINS,
            facts=said(
                "Three people, three answers", "A survey after every call, an answer after none"
            ),
        ),
        SectionPlan(
            _K.LIST,
            "What we do now",
            said(
                "Two contacts in thirty days: the case gets one owner",
                "The owner calls back within a working day, also without news",
            ),
        ),
        SectionPlan(_K.METRIC, "Would she recommend us?", content={"metric": "nps"}),
        SectionPlan(_K.CHANNELS),
    ),
)

PERSONAS = (
    PersonaPlan(_LEO, "young-mobile", "Private customers", PersonaStatus.RESEARCHED, 21, LEO),
    PersonaPlan(
        _SANDRA, "families-on-fibre", "Private customers", PersonaStatus.VALIDATED, 40, SANDRA
    ),
    PersonaPlan(_FRANK, "business", "Business customers", PersonaStatus.RESEARCHED, 75, FRANK),
    PersonaPlan(_RUTH, "at-risk", "Private customers", PersonaStatus.ASSUMED, None, RUTH),
)
