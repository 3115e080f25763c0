"""Harbour Hotels, a small made-up company: what the second tenant of the demo holds."""

from __future__ import annotations

from cxm.web.demo.company import (
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
from cxm.web.demo.harbour_tales import TIMELINE
from cxm.web.demo.stories import Course, Lift, Stories

_TOUCHPOINTS = (
    TouchpointPlan(
        "book-a-room", "Book a room", "website", "booking", "The guest books on the website."
    ),
    TouchpointPlan("arrival", "Arrival", "front-desk", "arrival", "The guest checks in."),
    TouchpointPlan("room", "Room", "front-desk", "room", "The guest sleeps, hopefully well."),
    TouchpointPlan(
        "breakfast", "Breakfast", "restaurant", "breakfast", "From seven to half past ten."
    ),
    TouchpointPlan("departure", "Departure", "front-desk", "departure", "The guest checks out."),
    TouchpointPlan("help", "Help during the stay", "front-desk", "stay", "Anything a guest asks."),
)

HARBOUR = Company(
    slug="harbour",
    name="Harbour Hotels",
    time_zone="Europe/Lisbon",
    number_prefix="G",
    customers=900,
    channels=(
        ChannelPlan("website", "Website", "web"),
        ChannelPlan("email", "E-mail", "email"),
        ChannelPlan("front-desk", "Front desk", "person"),
        ChannelPlan("restaurant", "Restaurant", "person"),
    ),
    touchpoints=_TOUCHPOINTS,
    surveys=(
        SurveyPlan(
            key="after-the-stay",
            title="After the stay",
            purpose="transactional",
            source="hotel-system",
            per_day=1.3,
            rhythm=Rhythm.ALWAYS,
            occasions=(Occasion(1, 42, "email"),),
            questions=(
                QuestionPlan("recommend", "Would you recommend us to friends?", "nps"),
                QuestionPlan("room", "How was your room?", "stars", "room", 40),
                QuestionPlan("breakfast", "How was breakfast?", "stars", "breakfast", 30),
                QuestionPlan("arrival", "How was your arrival?", "stars", "arrival", 46),
                QuestionPlan("departure", "How was your departure?", "stars", "departure", 48),
            ),
            comment_share=0.3,
        ),
        SurveyPlan(
            key="during-the-stay",
            title="During the stay",
            purpose="intercept",
            source="tablets",
            per_day=0.9,
            rhythm=Rhythm.ALWAYS,
            occasions=(
                Occasion(0.6, 88, "front-desk", "help"),
                Occasion(0.4, 81, "website", "book-a-room"),
            ),
            questions=(QuestionPlan("satisfied", "How satisfied are you?", "csat_5"),),
        ),
    ),
    groups=(
        Group(0.5, "Weekend for two", "30 to 49", 0.1),
        Group(0.3, "Business trip", "30 to 49", -0.25),
        Group(0.2, "Family week", "30 to 49", 0.1),
    ),
    regions=("Portugal", "Spain", "Germany", "United Kingdom", "France"),
    stories=Stories(
        lifts=(Lift(Course(((26, 0), (26, 9))), touchpoint="breakfast"),),
    ),
    topics=topics_of(_TOUCHPOINTS, otherwise="stay"),
    timeline=TIMELINE,
)
