"""What Brightline's timeline is made of: chapters, rules, attributes and segments."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from analytics.rules.churn import Cancellation, ContractEnd, Inactivity
from cxm.web.demo.alert_plans import BRIGHTLINE_ALERTS
from cxm.web.demo.brightline_contacts import invoice_trouble, outage_weekend, support
from cxm.web.demo.brightline_journeys import JOURNEYS
from cxm.web.demo.brightline_leaving import leave
from cxm.web.demo.brightline_library import LIBRARY
from cxm.web.demo.brightline_personas import PERSONAS
from cxm.web.demo.brightline_stakeholders import MAPS
from cxm.web.demo.brightline_tales import (
    PAGES,
    app,
    before_answers,
    invoices,
    order,
    traits,
)
from cxm.web.demo.brightline_talks import TALKS
from cxm.web.demo.company import (
    AttributePlan,
    ChurnPlan,
    ContractPlan,
    PromisePlan,
    RulePlan,
    SegmentPlan,
    SendingPlan,
    TimelinePlan,
)
from cxm.web.demo.contacts import CONTACT_ATTRIBUTES
from cxm.web.demo.dashboard_plans import BRIGHTLINE_DASHBOARDS

_RULES = (
    RulePlan("order-fibre", "order_placed", "order_step", (("product", "prefix", "Fibre"),)),
    RulePlan("order-mobile", "order_placed", "order_step", (("product", "prefix", "Mobile"),)),
    RulePlan("time-slot", "technician_booked"),
    RulePlan("technician-visit", "technician_visited"),
    RulePlan("router-delivery", "parcel_delivered", "", (("content", "eq", "router"),)),
    RulePlan("sim-delivery", "parcel_delivered", "", (("content", "eq", "sim"),)),
    RulePlan("invoice", "invoice_sent", "message"),
    RulePlan("pay-in-app", "payment_*", "payment", (("method", "eq", "app"),)),
    RulePlan("invoice", "payment_*", "payment"),
    RulePlan("accessibility-desk", "support_call*", "call", (("topic", "eq", "accessibility"),)),
    RulePlan("call-support", "support_call*", "call"),
    RulePlan("chat-support", "chat_*", "message"),
    RulePlan("write-support", "email_received", "message"),
    RulePlan("report-fault", "fault_*"),
    RulePlan("my-account", "account_*"),
    RulePlan("my-account", "page_viewed", "page", (("context.page.path", "prefix", "/account"),)),
    RulePlan("check-address", "page_viewed", "page", (("context.page.path", "prefix", "/fibre"),)),
)
_ATTRIBUTES = (
    *CONTACT_ATTRIBUTES,
    AttributePlan("product", "Product", "choice"),
    AttributePlan("plan", "Plan", "choice"),
    AttributePlan("age_band", "Age band", "choice", personal="personal"),
    AttributePlan("region", "Region", "choice", personal="personal"),
    AttributePlan("contract_start", "Contract since", "date"),
    AttributePlan("industry", "Industry", "choice", scope="company"),
    AttributePlan("lines", "Lines", "number", scope="company"),
)


def _fibre(name: str) -> dict[str, object]:
    return {"attr": "product", "op": "=", "value": name}


def _contacted(name: str, times: int) -> dict[str, object]:
    return {"did": {"name": name}, "times": {"op": ">=", "n": times}, "in": {"days": 30}}


_CONTACTS = ("support_call", "chat_started", "email_received")
_CONTACTED_TWICE = [
    *(_contacted(name, 2) for name in _CONTACTS),
    *(
        {"all": [_contacted(one, 1), _contacted(other, 1)]}
        for one, other in combinations(_CONTACTS, 2)
    ),
]
_SEGMENTS = (
    SegmentPlan(
        "young-mobile",
        "Young on mobile",
        "Under 30, with a mobile plan.",
        {"all": [{"attr": "age_band", "op": "=", "value": "18 to 29"}, _fibre("Mobile Flex")]},
    ),
    SegmentPlan(
        "families-on-fibre",
        "Families on fibre",
        "30 to 49, with internet and television from us.",
        {"all": [{"attr": "age_band", "op": "=", "value": "30 to 49"}, _fibre("Fibre 500 and TV")]},
    ),
    SegmentPlan(
        "business", "Business", "Has a business line.", {"all": [_fibre("Fibre Business")]}
    ),
    SegmentPlan(
        "at-risk",
        "At risk",
        "Contacted us twice in 30 days, and would not recommend us.",
        {
            "all": [
                {"any": _CONTACTED_TWICE},
                {"rated": "nps", "last": {"op": "<=", "value": 6}},
            ]
        },
    ),
)
_PROMISES = (
    PromisePlan("Call back with the result of the line measurement", 2, 4),
    PromisePlan("Send another SIM card", 6, 3),
    PromisePlan("Call back about the move", 12, 2, 1),
    PromisePlan("Send the corrected invoice", 1, 3),
    PromisePlan("Ask the technician for an earlier visit", 3, 7),
    PromisePlan("Send the offer for the larger plan", 20, 5, 3),
    PromisePlan("Credit the days of the outage", 9, 7),
    PromisePlan("Explain the invoice by e-mail", 15, 3, 4),
)
_NOTES = (
    "Prefers calls after five in the afternoon.",
    "Works from home: an outage hurts more than usual. Offer mobile data at once.",
    "Has had the same question twice; the guide did not help.",
    "Very patient. Thinks about the larger plan when the contract ends.",
    "Wants letters in large print.",
)

_CHURN = (
    ChurnPlan(
        "Contract cancelled",
        Cancellation(("cancellation_requested",), grace_days=60, reason="reason"),
    ),
    ChurnPlan("Contract ended", ContractEnd(grace_days=30)),
    ChurnPlan("Silent for 120 days", Inactivity(120)),
)

_CONTRACTS = ContractPlan(
    prices={
        "Fibre 100 and phone": Decimal("34.90"),
        "Fibre 500 and TV": Decimal("49.90"),
        "Fibre 1000": Decimal("64.90"),
    },
    smallest="Fibre 100 and phone",
    rise=Decimal("4.00"),
    rise_weeks=34,
    reasons=(("Moved away", 5), ("Too expensive", 2), ("Outages", 3), ("Another provider", 3)),
    reasons_after=(
        ("Moved away", 3),
        ("Too expensive", 6),
        ("Outages", 2),
        ("Another provider", 4),
    ),
)

_SENDINGS = (
    SendingPlan(
        "After the invoice",
        "csat",
        "How satisfied are you with your invoice?",
        "invoice_sent",
        a_week=50,
        share="0.5",
        level=0.27,
        reminders=(4, 10),
    ),
    SendingPlan(
        "After a fault was solved",
        "nps",
        "Would you recommend us after this?",
        "fault_solved",
        a_week=30,
        share="1",
        level=0.19,
        has_ended=True,
    ),
)

TIMELINE = TimelinePlan(
    chapters=(
        order,
        invoices,
        support,
        invoice_trouble,
        outage_weekend,
        app,
        before_answers,
        leave,
    ),
    traits=traits,
    rules=_RULES,
    attributes=_ATTRIBUTES,
    segments=_SEGMENTS,
    members="Fibre Business",
    organisations=60,
    duplicates=8,
    visitors=240,
    pages=PAGES[:3],
    promises=_PROMISES,
    notes=_NOTES,
    client_event="speedtest_run",
    personas=PERSONAS,
    maps=MAPS,
    talks=TALKS,
    journeys=JOURNEYS,
    library=LIBRARY,
    sendings=_SENDINGS,
    churn=_CHURN,
    alerts=BRIGHTLINE_ALERTS,
    dashboards=BRIGHTLINE_DASHBOARDS,
    contracts=_CONTRACTS,
    drivers=("outcome=nps", "outcome=nps&period=52w"),
)
