"""Who has a part in what Brightline's customers live through, on two maps."""

from __future__ import annotations

from cxm.web.demo.company import MapPlan, RelationPlan, StakeholderPlan

_INTERNAL, _PARTNER, _CUSTOMER, _PUBLIC = range(4)
_FIELD_SERVICE = "Field service partner"
_CALL_CENTRE = "Call centre"
_CUSTOMER_AT_HOME = "Customer at home"
_CIVIL_WORKS = "Civil works contractor"

_INSTALLATION = MapPlan(
    "Getting fibre into the home",
    "Everybody between the order and the first evening online. Drawn after the autumn of missed "
    "visits, to see who depends on whom.",
    "rings",
    (
        StakeholderPlan(
            _CUSTOMER_AT_HOME,
            "person",
            0,
            _CUSTOMER,
            3.2,
            5.0,
            1,
            "Takes half a day off and waits for the technician.",
        ),
        StakeholderPlan(
            _FIELD_SERVICE,
            "partner",
            0,
            _PARTNER,
            4.6,
            3.4,
            0,
            "Sends the technicians; is paid by the visit, finished or not.",
        ),
        StakeholderPlan(
            "Visit planning",
            "team",
            0,
            _INTERNAL,
            4.1,
            4.5,
            2,
            "Gives out the time slots and tells customers when they change.",
        ),
        StakeholderPlan(
            _CALL_CENTRE, "team", 1, _INTERNAL, 2.4, 4.4, 1, "Answers when a visit did not happen."
        ),
        StakeholderPlan(
            "Landlord",
            "person",
            1,
            _CUSTOMER,
            4.4,
            1.8,
            -1,
            "Must let the technician into the cellar.",
        ),
        StakeholderPlan(
            _CIVIL_WORKS,
            "partner",
            1,
            _PARTNER,
            3.8,
            2.2,
            0,
            "Digs the street; late in one district out of five.",
        ),
        StakeholderPlan(
            "Slot system",
            "system",
            1,
            _INTERNAL,
            3.0,
            3.0,
            None,
            "Knows each free slot, but not the traffic.",
        ),
        StakeholderPlan(
            "City road office",
            "regulator",
            2,
            _PUBLIC,
            4.2,
            1.4,
            -1,
            "Permits each dig; six weeks in summer.",
        ),
        StakeholderPlan(
            "Federal network agency",
            "regulator",
            2,
            _PUBLIC,
            5.0,
            2.4,
            0,
            "Sets the compensation for a missed visit.",
        ),
        StakeholderPlan(
            "Neighbours",
            "public",
            2,
            _CUSTOMER,
            1.4,
            2.6,
            None,
            "See the open street, and decide whether they want fibre, too.",
        ),
        StakeholderPlan(
            "Local press", "media", 2, _PUBLIC, 2.2, 1.6, None, "Writes when a street stays open."
        ),
    ),
    (
        RelationPlan(_CUSTOMER_AT_HOME, "Visit planning", "information", 2, "Books a slot"),
        RelationPlan("Visit planning", _FIELD_SERVICE, "authority", 3, "Plans the day"),
        RelationPlan(_FIELD_SERVICE, _CUSTOMER_AT_HOME, "service", 3, "Connects the home"),
        RelationPlan("Slot system", "Visit planning", "information", 3),
        RelationPlan(_CUSTOMER_AT_HOME, _CALL_CENTRE, "conflict", 2, "Calls after a missed visit"),
        RelationPlan(_CALL_CENTRE, "Visit planning", "information", 1, "Asks, by e-mail"),
        RelationPlan("Landlord", _CUSTOMER_AT_HOME, "trust", 1, direction="both"),
        RelationPlan(_CIVIL_WORKS, _FIELD_SERVICE, "goods", 2, "Hands over the duct"),
        RelationPlan("City road office", _CIVIL_WORKS, "authority", 3, "Permits the dig"),
        RelationPlan("Federal network agency", "Visit planning", "authority", 1),
    ),
)
_BILLING = MapPlan(
    "When the bill surprises",
    "Who can prevent the second call about the same bill. Opens as the grid, for the monthly talk.",
    "power_interest",
    (
        StakeholderPlan(
            "Head of finance",
            "role",
            0,
            _INTERNAL,
            4.8,
            3.0,
            -1,
            "Decides when the price rule of the bill run changes.",
        ),
        StakeholderPlan(
            "Billing system",
            "system",
            0,
            _INTERNAL,
            4.4,
            2.0,
            None,
            "Runs once a month; nobody likes to touch it.",
        ),
        StakeholderPlan(_CALL_CENTRE, "team", 0, _INTERNAL, 2.4, 4.8, 2),
        StakeholderPlan(
            "App team",
            "team",
            1,
            _INTERNAL,
            3.4,
            4.2,
            2,
            "Wants to explain the bill where it is read.",
        ),
        StakeholderPlan(
            "Payment provider",
            "partner",
            1,
            _PARTNER,
            3.6,
            1.6,
            0,
            "Collects; takes two days to see a payment.",
        ),
        StakeholderPlan(
            "Consumer association",
            "organisation",
            2,
            _PUBLIC,
            2.8,
            3.8,
            -2,
            "Collects complaints about price rises.",
        ),
        StakeholderPlan(
            "Letter printer",
            "partner",
            2,
            _PARTNER,
            1.8,
            1.4,
            None,
            "Prints the bills of one customer in nine.",
        ),
        StakeholderPlan("Customers who pay by hand", "public", 1, _CUSTOMER, 1.6, 4.0, -1),
    ),
    (
        RelationPlan("Billing system", "Customers who pay by hand", "information", 2, "The bill"),
        RelationPlan("Customers who pay by hand", _CALL_CENTRE, "conflict", 3, "Why so much?"),
        RelationPlan("Customers who pay by hand", "Payment provider", "money", 2),
        RelationPlan("Payment provider", "Billing system", "information", 1, "Two days late"),
        RelationPlan("Head of finance", "Billing system", "authority", 3),
        RelationPlan("App team", _CALL_CENTRE, "trust", 2, direction="both"),
        RelationPlan("Consumer association", "Head of finance", "conflict", 1),
    ),
)
MAPS = (_INSTALLATION, _BILLING)
