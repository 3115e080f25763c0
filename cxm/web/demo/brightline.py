"""Brightline, a made-up company for fibre and mobile: what the demo tenant holds."""

from __future__ import annotations

from cxm.web.demo.brightline_stories import STORIES
from cxm.web.demo.brightline_surveys import SURVEYS
from cxm.web.demo.brightline_timeline import TIMELINE
from cxm.web.demo.company import (
    ChannelPlan,
    Company,
    Group,
    ToldTopic,
    TouchpointPlan,
    topics_of,
)

_CHANNELS = (
    ChannelPlan("email", "E-mail", "email"),
    ChannelPlan("app", "Brightline app", "app"),
    ChannelPlan("website", "Website", "web"),
    ChannelPlan("sms", "Text message", "sms"),
    ChannelPlan("phone", "Call centre", "phone"),
    ChannelPlan("chat", "Web chat", "chat"),
    ChannelPlan("shop", "Shop", "store"),
    ChannelPlan("visit", "Home visit", "person"),
    ChannelPlan("post", "Letter", "post"),
)
_TOLD_TOPICS = (
    ToldTopic(
        "new-invoice",
        "New invoice",
        {
            "en": '(new NEAR/3 (invoice OR layout OR design)), "old invoice", layout',
            "de": "(neue* NEAR/3 (rechnung OR layout OR design)), alte* NEAR/2 rechnung, layout",
        },
        parent="billing",
    ),
    ToldTopic(
        "outage",
        "Outages",
        {
            "en": 'outage*, "without internet", "status page", "no message", neighbours',
            "de": "störung*, ausfall*, (ohne NEAR/2 internet), statusseite, nachbar*",
        },
    ),
)
_TOUCHPOINTS = (
    TouchpointPlan(
        "check-address",
        "Check my address",
        "website",
        "order",
        "The customer finds out whether fibre reaches their home.",
    ),
    TouchpointPlan(
        "order-fibre", "Order fibre", "website", "order", "The customer orders a fibre line online."
    ),
    TouchpointPlan(
        "order-mobile",
        "Order a mobile plan",
        "website",
        "order",
        "The customer orders a SIM card online.",
    ),
    TouchpointPlan(
        "welcome-call",
        "Welcome call",
        "phone",
        "welcome",
        "We call two days after the order and explain what happens next.",
        "organisation",
        interaction="communication",
    ),
    TouchpointPlan(
        "time-slot",
        "Choose a visit time",
        "website",
        "slot",
        "The customer chooses when the technician comes.",
    ),
    TouchpointPlan(
        "technician-visit",
        "Technician visit",
        "visit",
        "technician",
        "A technician connects the home or repairs the line.",
        "organisation",
    ),
    TouchpointPlan(
        "router-delivery",
        "Router delivery",
        "post",
        "delivery",
        "The router arrives as a parcel.",
        "third_party",
    ),
    TouchpointPlan(
        "sim-delivery",
        "SIM card delivery",
        "post",
        "delivery",
        "The SIM card arrives by letter.",
        "third_party",
    ),
    TouchpointPlan(
        "router-setup",
        "Set up my router",
        "app",
        "setup",
        "The customer connects the router with the guide in the app.",
    ),
    TouchpointPlan(
        "invoice",
        "Understand my invoice",
        "email",
        "invoice",
        "The monthly invoice and its explanation.",
        "organisation",
        interaction="communication",
    ),
    TouchpointPlan(
        "pay-in-app", "Pay in the app", "app", "app", "The customer pays an open amount in the app."
    ),
    TouchpointPlan(
        "change-plan", "Change my plan", "app", "app", "The customer moves to another plan."
    ),
    TouchpointPlan(
        "my-account", "My account", "app", "app", "The customer looks up what they have and use."
    ),
    TouchpointPlan(
        "call-support",
        "Call for help",
        "phone",
        "call",
        "The customer calls the call centre.",
        interaction="communication",
    ),
    TouchpointPlan(
        "chat-support",
        "Chat for help",
        "chat",
        "chat",
        "The customer chats on the website.",
        interaction="communication",
    ),
    TouchpointPlan(
        "write-support",
        "Write for help",
        "email",
        "writing",
        "The customer writes an e-mail.",
        interaction="communication",
    ),
    TouchpointPlan(
        "shop-visit", "Shop visit", "shop", "shop", "The customer comes into one of 40 shops."
    ),
    TouchpointPlan(
        "report-fault",
        "Report a fault",
        "app",
        "fault",
        "The customer tells that a line is down.",
        interaction="communication",
    ),
    TouchpointPlan(
        "outage-information",
        "Outage information",
        "sms",
        "outage",
        "We tell people what is broken and until when.",
        "organisation",
        interaction="communication",
    ),
    TouchpointPlan(
        "mobile-coverage",
        "Mobile coverage",
        "post",
        "coverage",
        "The network where people live and work.",
        "organisation",
    ),
    TouchpointPlan(
        "move-house", "Move house", "website", "move", "The customer takes the line along."
    ),
    TouchpointPlan(
        "accessibility-desk",
        "Accessibility desk",
        "phone",
        "call",
        "Help for people who see, hear or move with difficulty.",
        interaction="communication",
    ),
    TouchpointPlan(
        "cancel-contract", "Cancel my contract", "website", "cancel", "The customer leaves us."
    ),
)

BRIGHTLINE = Company(
    slug="demo",
    name="Brightline",
    time_zone="Europe/Berlin",
    number_prefix="BL-",
    customers=34_000,
    channels=_CHANNELS,
    touchpoints=_TOUCHPOINTS,
    surveys=SURVEYS,
    groups=(
        Group(0.16, "Mobile Flex", "18 to 29", -0.1),
        Group(0.31, "Fibre 500 and TV", "30 to 49", 0.05),
        Group(0.17, "Fibre 1000", "30 to 49", -0.25),
        Group(0.22, "Fibre 100 and phone", "65 and older", 0.25),
        Group(0.14, "Fibre Business", "50 to 64", -0.07),
    ),
    regions=("North", "Coast", "Middle", "Lakes", "South"),
    stories=STORIES,
    german_share=0.2,
    has_sample_file=True,
    topics=topics_of(_TOUCHPOINTS, otherwise="brand"),
    told_topics=_TOLD_TOPICS,
    timeline=TIMELINE,
)
