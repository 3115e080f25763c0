"""What Brightline knows of the people it describes, and from where; one guess turned out wrong."""

from __future__ import annotations

from cxm.collaboration.rules.kinds import EvidenceKind
from cxm.web.demo.company import EvidencePlan

_E = EvidenceKind
_HOMES = "Home visits in Kiel and Plön"
_BUS = "Interviews at three bus stops"
_WORKSHOPS = "Visits to five workshops"

SANDRA = (
    EvidencePlan(
        "A technician who comes when he said he would",
        _E.INTERVIEW,
        _HOMES,
        "Seven of eight families name the time of the visit first, before its price.",
        70,
        8,
    ),
    EvidencePlan(
        "A technician who comes when he said he would",
        _E.TICKET,
        "Tickets tagged “visit”, third quarter",
        "Where is he? The window was eight to one, it is half past two.",
        55,
        34,
    ),
    EvidencePlan(
        "Took half a day off, and nobody came",
        _E.TICKET,
        "Tickets tagged “missed visit”",
        "Nobody rang and nobody called. I stayed at home for nothing, again.",
        60,
        21,
    ),
    EvidencePlan(
        "Took half a day off, and nobody came",
        _E.QUOTE,
        "Call listened to by quality",
        "You owe me four hours of my life.",
        48,
    ),
    EvidencePlan(
        "A line that is simply there",
        _E.INTERVIEW,
        _HOMES,
        "Nobody could say how fast the line is. All could say when it was last down.",
        70,
        8,
    ),
    EvidencePlan(
        "An invoice that reads like last month’s",
        _E.INTERVIEW,
        _HOMES,
        "Six of eight lay two invoices side by side to see what is new.",
        70,
        8,
    ),
    EvidencePlan(
        "The new invoice: the same sum in other words",
        _E.TICKET,
        "Tickets after the new invoice",
        "Is this more than before? I cannot tell from the page.",
        50,
        46,
    ),
    EvidencePlan(
        "During the outage the app said that all was well",
        _E.TICKET,
        "Tickets of the weekend of the outage",
        "Your app has a green tick. My street has no line.",
        45,
        57,
    ),
    EvidencePlan(
        "During the outage the app said that all was well",
        _E.INTERVIEW,
        _HOMES,
        "Five of eight looked into the app first, and did not trust it afterwards.",
        70,
        8,
    ),
    EvidencePlan(
        "First video call of Jonas, from the bedroom",
        _E.INTERVIEW,
        _HOMES,
        "In six of eight homes somebody works behind a closed door, far from the router.",
        70,
        8,
    ),
    EvidencePlan(
        "Television that the children can use",
        _E.QUOTE,
        _HOMES,
        "It would be nice if the little one could find her films alone.",
        70,
    ),
    EvidencePlan(
        "Television that the children can use",
        _E.INTERVIEW,
        "Second round, about television only",
        "Eleven of twelve families have it on a tablet already, and would not pay for it.",
        44,
        12,
        is_against=True,
    ),
)
LEO = (
    EvidencePlan(
        "Chat, never the phone",
        _E.INTERVIEW,
        _BUS,
        "Nine of ten had the chat open before they had finished telling what was wrong.",
        110,
        10,
    ),
    EvidencePlan(
        "The chat hands him over to the phone",
        _E.TICKET,
        "Chats that ended with “please call us”",
        "Why would I write to you if I wanted to call?",
        40,
        18,
    ),
    EvidencePlan(
        "Have enough data until the end of the month",
        _E.INTERVIEW,
        _BUS,
        "On the 20th most of them begin to look for wireless networks.",
        110,
        10,
    ),
    EvidencePlan(
        "Learns of a price change from a friend, not from us",
        _E.QUOTE,
        _BUS,
        "I knew it from the group chat before your mail came.",
        110,
    ),
)
FRANK = (
    EvidencePlan(
        "Explains his network anew with each call",
        _E.INTERVIEW,
        _WORKSHOPS,
        "All five keep a sheet beside the phone with what they have told us already.",
        90,
        5,
    ),
    EvidencePlan(
        "Never think about the line",
        _E.INTERVIEW,
        _WORKSHOPS,
        "Asked what they want from us: “nothing to do with you”.",
        90,
        5,
    ),
    EvidencePlan(
        "A visit “between eight and one” stops the workshop",
        _E.QUOTE,
        _WORKSHOPS,
        "I send two people home when you come, and you do not come.",
        90,
    ),
)
RUTH = (
    EvidencePlan(
        "Three people, three answers",
        _E.TICKET,
        "Cases with three contacts and more",
        "The first said Tuesday, the second said never, the third did not find my case.",
        20,
        27,
    ),
    EvidencePlan(
        "To hear “that was our mistake”",
        _E.QUOTE,
        "Call listened to by quality",
        "One sentence would have been enough.",
        12,
    ),
    EvidencePlan(
        "A survey after every call, an answer after none",
        _E.INTERVIEW,
        "Calls to people who left",
        "Four of nine mention the survey before the fault.",
        240,
        9,
    ),
)
