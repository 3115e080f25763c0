"""Brightline, a made-up company for fibre and mobile: what the demo tenant holds."""

from __future__ import annotations

from cxm.web.demo.company import (
    Asked,
    ChannelPlan,
    Company,
    Group,
    Occasion,
    QuestionPlan,
    Rhythm,
    SurveyPlan,
    TouchpointPlan,
    topics_of,
)
from cxm.web.demo.stories import Course, Lift, Mix, Script, Stories, Surge

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
        "welcome-call",
        "Welcome call",
        "phone",
        "welcome",
        "We call two days after the order and explain what happens next.",
        "organisation",
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
    ),
    TouchpointPlan(
        "pay-in-app", "Pay in the app", "app", "app", "The customer pays an open amount in the app."
    ),
    TouchpointPlan(
        "change-plan", "Change my plan", "app", "app", "The customer moves to another plan."
    ),
    TouchpointPlan(
        "call-support", "Call for help", "phone", "call", "The customer calls the call centre."
    ),
    TouchpointPlan(
        "chat-support", "Chat for help", "chat", "chat", "The customer chats on the website."
    ),
    TouchpointPlan(
        "write-support", "Write for help", "email", "writing", "The customer writes an e-mail."
    ),
    TouchpointPlan(
        "shop-visit", "Shop visit", "shop", "shop", "The customer comes into one of 40 shops."
    ),
    TouchpointPlan(
        "report-fault", "Report a fault", "app", "fault", "The customer tells that a line is down."
    ),
    TouchpointPlan(
        "outage-information",
        "Outage information",
        "sms",
        "outage",
        "We tell people what is broken and until when.",
        "organisation",
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
    ),
    TouchpointPlan(
        "cancel-contract", "Cancel my contract", "website", "cancel", "The customer leaves us."
    ),
)

_WHY = "What is the main reason for your score?"
_EASY = "Brightline made it easy for me to handle my request."
_HAPPY = "How satisfied were you?"
_SURVEYS = (
    SurveyPlan(
        key="relationship-pulse",
        title="Relationship pulse",
        purpose="relational",
        source="survey-tool",
        per_day=430,
        rhythm=Rhythm.PULSE,
        occasions=(
            Occasion(0.55, 39, "email"),
            Occasion(0.33, 31, "app"),
            Occasion(0.12, -6, "sms"),
        ),
        questions=(
            QuestionPlan("recommend", "How likely are you to recommend Brightline?", "nps"),
        ),
        comment_share=0.22,
        languages=("en", "de"),
    ),
    SurveyPlan(
        key="after-contact",
        title="After a contact",
        purpose="transactional",
        source="survey-tool",
        per_day=31,
        rhythm=Rhythm.OFFICE,
        occasions=(
            Occasion(0.55, 71, "phone", "call-support"),
            Occasion(0.24, 77, "chat", "chat-support"),
            Occasion(0.12, 62, "email", "write-support"),
            Occasion(0.09, 80, "shop", "shop-visit"),
        ),
        questions=(
            QuestionPlan("satisfied", f"{_HAPPY} (our help)", "csat_5"),
            QuestionPlan("easy", _EASY, "ces_2", lift=-5),
        ),
        languages=("en", "de"),
        late_share=0.02,
    ),
    SurveyPlan(
        key="after-support",
        title="After a fault was solved",
        purpose="transactional",
        source="survey-tool",
        per_day=9,
        rhythm=Rhythm.ALWAYS,
        occasions=(
            Occasion(0.62, 66, "app", "report-fault"),
            Occasion(0.38, 73, "app", "router-setup"),
        ),
        questions=(
            QuestionPlan("easy", _EASY, "ces_2"),
            QuestionPlan("satisfied", _HAPPY, "csat_5", lift=3, since_weeks=96),
        ),
        from_weeks=140,
    ),
    SurveyPlan(
        key="delivery-stars",
        title="Delivery stars",
        purpose="transactional",
        source="parcel-service",
        per_day=14,
        rhythm=Rhythm.ALWAYS,
        occasions=(
            Occasion(0.5, 84, "sms", "router-delivery"),
            Occasion(0.22, 87, "app", "router-delivery"),
            Occasion(0.28, 90, "sms", "sim-delivery"),
        ),
        questions=(QuestionPlan("stars", "How did the delivery go?", "stars"),),
        comment="Anything we should know?",
        comment_share=0.06,
    ),
    SurveyPlan(
        key="invoice-check",
        title="Was your invoice clear?",
        purpose="transactional",
        source="survey-tool",
        per_day=10,
        rhythm=Rhythm.INVOICE,
        occasions=(Occasion(0.6, 74, "email", "invoice"), Occasion(0.4, 76, "app", "invoice")),
        questions=(QuestionPlan("clear", "How satisfied are you with your invoice?", "csat_5"),),
        comment="What was unclear?",
        comment_share=0.14,
    ),
    SurveyPlan(
        key="home-visit",
        title="After a home visit",
        purpose="transactional",
        source="field-service",
        per_day=8.5,
        rhythm=Rhythm.OFFICE,
        occasions=(Occasion(0.8, 86, "sms", "technician-visit"), Occasion(0.2, 88, "email", "technician-visit")),
        questions=(
            QuestionPlan("visit", "How satisfied were you with the technician?", "csat_5"),
            QuestionPlan(
                "time", "How satisfied were you with the choice of times?", "csat_5", "time-slot", -31
            ),
        ),
        comment_share=0.2,
    ),
    SurveyPlan(
        key="in-the-app",
        title="In the app",
        purpose="intercept",
        source="app",
        per_day=17,
        rhythm=Rhythm.ALWAYS,
        occasions=(
            Occasion(0.7, 82, "app", "pay-in-app"),
            Occasion(0.3, 69, "app", "change-plan"),
        ),
        questions=(QuestionPlan("stars", "How was that?", "stars"),),
        comment="Tell us more",
        comment_share=0.04,
        from_weeks=61,
    ),
    SurveyPlan(
        key="shop-faces",
        title="Faces at the shop door",
        purpose="intercept",
        source="shop-tablets",
        per_day=15,
        rhythm=Rhythm.SHOP,
        occasions=(Occasion(1, 72, "shop", "shop-visit"),),
        questions=(QuestionPlan("face", "How was your visit?", "csat_3"),),
        comment_share=0,
        asked=Asked.PASSERS_BY,
        from_weeks=121,
    ),
    SurveyPlan(
        key="first-steps",
        title="First steps with Brightline",
        purpose="transactional",
        source="survey-tool",
        per_day=0.45,
        rhythm=Rhythm.OFFICE,
        occasions=(
            Occasion(0.4, 79, "email", "welcome-call"),
            Occasion(0.38, 76, "email", "order-fibre"),
            Occasion(0.22, 68, "email", "check-address"),
        ),
        questions=(
            QuestionPlan("satisfied", _HAPPY, "csat_5"),
            QuestionPlan("easy", _EASY, "ces_2", lift=-3),
        ),
        asked=Asked.JOINERS,
    ),
    SurveyPlan(
        key="moving-house",
        title="After moving house",
        purpose="transactional",
        source="survey-tool",
        per_day=1.6,
        rhythm=Rhythm.ALWAYS,
        occasions=(
            Occasion(0.7, 58, "email", "move-house"),
            Occasion(0.3, 55, "phone", "move-house"),
        ),
        questions=(
            QuestionPlan("easy", _EASY, "ces_2"),
            QuestionPlan("satisfied", _HAPPY, "csat_5", lift=2),
        ),
        comment_share=0.3,
    ),
    SurveyPlan(
        key="outage-note",
        title="After an outage",
        purpose="transactional",
        source="survey-tool",
        per_day=11,
        rhythm=Rhythm.OUTAGE,
        occasions=(Occasion(0.8, 63, "sms", "outage-information"), Occasion(0.2, 66, "app", "outage-information")),
        questions=(QuestionPlan("told", "How well did we keep you informed?", "csat_5"),),
        comment_share=0.25,
    ),
    SurveyPlan(
        key="regional-study",
        title="Regional study of an agency",
        purpose="relational",
        source="agency",
        per_day=62,
        rhythm=Rhythm.WAVE,
        occasions=(Occasion(0.6, 61, "phone", "mobile-coverage"), Occasion(0.4, 64, "post", "mobile-coverage")),
        questions=(QuestionPlan("coverage", "How satisfied are you with your network?", "csat_5"),),
        comment_share=0.08,
        from_weeks=122,
        to_weeks=64,
        is_weighted=True,
        late_share=0.15,
    ),
    SurveyPlan(
        key="accessibility",
        title="Accessibility desk",
        purpose="transactional",
        source="survey-tool",
        per_day=0,
        rhythm=Rhythm.OFFICE,
        occasions=(Occasion(1, 75, "phone", "accessibility-desk"),),
        questions=(QuestionPlan("satisfied", _HAPPY, "csat_5"),),
        comment_share=0.3,
        from_weeks=60,
    ),
    SurveyPlan(
        key="leaving",
        title="Why do you leave?",
        purpose="exit",
        source="survey-tool",
        per_day=0.6,
        rhythm=Rhythm.OFFICE,
        occasions=(
            Occasion(0.7, 49, "email", "cancel-contract"),
            Occasion(0.3, 41, "phone", "cancel-contract"),
        ),
        questions=(QuestionPlan("easy", "It was easy to cancel.", "ces_2"),),
        comment_share=0.5,
        asked=Asked.LEAVERS,
    ),
)

# docs/demo.md tells these stories in words.
_STORIES = Stories(
    lifts=(
        # A new layout of the invoice, repaired after ten weeks, forgiven slowly.
        Lift(Course(((30, 0), (30, -25), (20, -25), (5, 0))), touchpoint="invoice"),
        # Each month a few more visit times to choose from.
        Lift(Course(((78, 0), (3, 19))), touchpoint="time-slot"),
        Lift(Course(((9, 0), (9, -33), (7, -33), (7, 0))), touchpoint="outage-information"),
        Lift(Course(((9, 0), (9, -9), (7, -9), (7, 0))), touchpoint="call-support"),
        # Nobody gets worse in the pulse: each channel rises a little.
        Lift(Course(((40, 0), (4, 4))), channel="email"),
        Lift(Course(((40, 0), (4, 4))), channel="app"),
        Lift(Course(((40, 0), (4, 9))), channel="sms"),
    ),
    mixes=(
        # Invitations move from e-mail to text message, where answers are the coldest.
        Mix("relationship-pulse", "sms", Course(((25, 0.12), (25, 0.3), (12, 0.3), (12, 0.54)))),
    ),
    surges=(
        Surge("after-contact", Course(((9, 1), (9, 1.9), (8, 1.5), (7, 1.0)))),
        Surge("after-support", Course(((9, 1), (9, 2.2), (8, 1.6), (7, 1.0)))),
        Surge("first-steps", Course(((0, 1.0), (0, 1.0)))),
    ),
    scripts=(
        # The same desk with the same people: 17 of 21 were pleased, then 7 of 13.
        Script(
            "accessibility",
            tuple(
                (25.6 - place * 0.6, value)
                for place, value in enumerate((5, 4, 4, 5, 2, 4, 5, 5, 4, 3, 4, 5, 4, 5, 1, 4, 4, 5, 3, 5, 4))
            )
            + tuple(
                (12.4 - place * 0.9, value)
                for place, value in enumerate((4, 2, 5, 3, 4, 1, 5, 2, 4, 3, 4, 2, 5))
            )
            + tuple(
                (58.0 - place * 0.8, value)
                for place, value in enumerate((4, 5, 4, 2, 5, 4, 5, 4, 3, 5, 4, 4, 1, 5, 4, 5, 4, 3, 4, 5) * 2)
            ),
        ),
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
    surveys=_SURVEYS,
    groups=(
        Group(0.16, "Mobile Flex", "18 to 29", -0.1),
        Group(0.31, "Fibre 500 and TV", "30 to 49", 0.05),
        Group(0.17, "Fibre 1000", "30 to 49", -0.25),
        Group(0.22, "Fibre 100 and phone", "65 and older", 0.25),
        Group(0.14, "Fibre Business", "50 to 64", -0.07),
    ),
    regions=("North", "Coast", "Middle", "Lakes", "South"),
    stories=_STORIES,
    german_share=0.2,
    topics=topics_of(_TOUCHPOINTS, otherwise="brand"),
)
