"""What a new persona may begin with: sections and example wording to write over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from personas.rules.kinds import PersonaKind, SectionKind, Width


@dataclass(frozen=True, slots=True)
class FactPlan:
    """A statement to begin with; *label* is the name of a fact, *facet* the sort of a job."""

    text: str
    label: str = ""
    facet: str = ""


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """A section to begin with; a *content* that is left out is what its kind begins with."""

    kind: SectionKind
    title: str = ""
    facts: tuple[FactPlan, ...] = ()
    content: dict[str, Any] | None = None
    width: Width = Width.HALF


@dataclass(frozen=True, slots=True)
class Template:
    """A way to begin a persona, named *title* with *words* about whom it is for."""

    key: str
    title: str
    words: str
    kind: PersonaKind
    tagline: str = ""
    quote: str = ""
    avatar: tuple[int, int, int] = (0, 0, 0)
    colour: str = "c1"
    sections: tuple[SectionPlan, ...] = ()


def said(*texts: str) -> tuple[FactPlan, ...]:
    """Give statements that are *texts* alone."""
    return tuple(FactPlan(text) for text in texts)


def _known(**facts: str) -> tuple[FactPlan, ...]:
    return tuple(FactPlan(text, name.replace("_", " ")) for name, text in facts.items())


def _jobs(functional: str, emotional: str, social: str) -> tuple[FactPlan, ...]:
    return (
        FactPlan(functional, facet="functional"),
        FactPlan(emotional, facet="emotional"),
        FactPlan(social, facet="social"),
    )


def traits(*ends: tuple[str, str, int]) -> dict[str, Any]:
    """Give the content of a section of traits: low end, high end, and where between, 0 to 100."""
    return {"traits": [{"low": low, "high": high, "value": value} for low, high, value in ends]}


_K = SectionKind
FIVE_FACTORS = (
    ("Keeps to what is known", "Tries new things", 50),
    ("Spontaneous", "Well organised", 50),
    ("Reserved", "Outgoing", 50),
    ("Sceptical", "Trusting", 50),
    ("Calm", "Easily worried", 50),
)

BLANK = Template("blank", "Blank", "A name and an empty page.", PersonaKind.CUSTOMER)
BUYER = Template(
    "buyer",
    "Buyer",
    "Somebody who decides about a purchase, for themselves or a company.",
    PersonaKind.BUYER,
    "Decides once a year, compares for weeks",
    "Show me what it costs in three years, not in the first month.",
    (3, 4, 1),
    "c4",
    (
        SectionPlan(
            _K.FACTS,
            "Situation",
            _known(
                Decides_about="Contracts up to 50,000 a year",
                Answers_to="Head of finance",
                Buys="Every 12 to 24 months",
            ),
        ),
        SectionPlan(
            _K.JOBS,
            facts=_jobs(
                "Find three offers that can be compared line by line",
                "Feel sure that nothing was overlooked",
                "Stand by the choice in front of colleagues",
            ),
        ),
        SectionPlan(
            _K.NEEDS,
            facts=said("One price with everything in it", "Somebody who answers within a day"),
        ),
        SectionPlan(
            _K.PAINS,
            facts=said(
                "Prices are only told in a call", "Contract terms change between two versions"
            ),
        ),
        SectionPlan(
            _K.GAINS, facts=said("A trial that can be cancelled", "References of the same size")
        ),
        SectionPlan(
            _K.TRAITS,
            "How they decide",
            content=traits(
                ("On their own", "With many others", 65),
                ("By feeling", "By numbers", 80),
                ("Quickly", "Takes time", 70),
            ),
        ),
        SectionPlan(_K.CHANNELS, width=Width.FULL),
    ),
)
USER = Template(
    "user",
    "User",
    "Somebody who uses the product or service day by day.",
    PersonaKind.USER,
    "Opens it every morning and wants to be done by nine",
    "If I have to think about the tool, it is in my way.",
    (0, 2, 3),
    "c1",
    (
        SectionPlan(
            _K.GOALS,
            facts=said("Finish the daily work in one go", "See at once what is new"),
        ),
        SectionPlan(
            _K.JOBS,
            facts=_jobs(
                "Answer ten requests before the team meets",
                "Keep the feeling of being in control",
                "Be the one whom others ask how it works",
            ),
        ),
        SectionPlan(
            _K.PAINS,
            facts=said("Types the same address three times", "Loses work when the line drops"),
        ),
        SectionPlan(
            _K.GAINS, facts=said("Shortcuts for what is done daily", "A list that sorts itself")
        ),
        SectionPlan(
            _K.DAY,
            facts=(
                FactPlan("Reads what came in overnight", "8:00"),
                FactPlan("Works through the list, is interrupted twice", "8:30"),
                FactPlan("Looks something up on the phone", "12:30"),
                FactPlan("Hands over what is left", "17:00"),
            ),
            width=Width.FULL,
        ),
        SectionPlan(_K.TRAITS, "Personality", content=traits(*FIVE_FACTORS)),
        SectionPlan(_K.METRIC, content={"metric": "nps"}),
    ),
)
EMPLOYEE = Template(
    "employee",
    "Employee",
    "A colleague who serves customers, or works behind those who do.",
    PersonaKind.EMPLOYEE,
    "Hears first when something goes wrong",
    "I know the answer. I am just not allowed to give it.",
    (4, 0, 2),
    "c3",
    (
        SectionPlan(
            _K.FACTS,
            "Role",
            _known(Team="Customer service", With_us_for="4 years", Talks_to="60 customers a day"),
        ),
        SectionPlan(
            _K.GOALS, facts=said("Solve it in the first call", "Go home without open cases")
        ),
        SectionPlan(
            _K.NEEDS,
            facts=said(
                "See what the customer was told before", "May decide about small refunds alone"
            ),
        ),
        SectionPlan(
            _K.PAINS,
            facts=said("Five programs for one question", "Apologises for what others have decided"),
        ),
        SectionPlan(
            _K.DAY,
            facts=(
                FactPlan("Reads the notes of the night shift", "7:45"),
                FactPlan("First wave of calls", "8:00"),
                FactPlan("Calls back whom was promised a call", "14:00"),
            ),
        ),
        SectionPlan(
            _K.TEXT,
            "What they can change",
            content={"text": "Write here which moments of the customer lie in their hands."},
        ),
    ),
)
CITIZEN = Template(
    "citizen",
    "Citizen",
    "Somebody who needs a public service and cannot choose another.",
    PersonaKind.CUSTOMER,
    "Has to, and would rather not",
    "I filled it in, I sent it off, and now I hear nothing.",
    (6, 10, 4),
    "c6",
    (
        SectionPlan(
            _K.FACTS,
            "Situation",
            _known(
                Life_event="A child is born",
                Deadline="Three months",
                Help="A neighbour reads the letters",
            ),
        ),
        SectionPlan(
            _K.NEEDS,
            facts=said(
                "Words that need no dictionary",
                "Know how long it takes, and where it is now",
                "Do it by phone, or at a counter with a bench",
            ),
        ),
        SectionPlan(
            _K.PAINS,
            facts=said("The same papers for three offices", "Opening hours are working hours"),
        ),
        SectionPlan(
            _K.LIST,
            "What may stand in the way",
            said("Reads slowly in this language", "No printer", "Has had a bad experience before"),
        ),
        SectionPlan(
            _K.QUOTE,
            "In their words",
            content={"text": "They wrote “as soon as possible”. When is that?", "by": "Interview"},
            width=Width.FULL,
        ),
        SectionPlan(_K.CHANNELS),
    ),
)
ANTI = Template(
    "anti-persona",
    "Anti-persona",
    "Somebody whom you do not build for, so that nobody does by accident.",
    PersonaKind.ANTI,
    "Would be expensive to please, and is better served elsewhere",
    "Can you do it for half, by tomorrow, and only this once?",
    (2, 7, 0),
    "c8",
    (
        SectionPlan(
            _K.TEXT,
            "Why we do not serve them",
            content={"text": "Say what it would cost those whom you do serve."},
            width=Width.FULL,
        ),
        SectionPlan(
            _K.LIST,
            "How to recognise them",
            said("Asks for a discount before a demonstration", "Needs none of what sets us apart"),
        ),
        SectionPlan(
            _K.LIST,
            "What to offer instead",
            said("A partner who does single orders", "The free guide"),
        ),
        SectionPlan(_K.PAINS, facts=said("Every plan has more in it than they will use")),
    ),
)

TEMPLATES = {one.key: one for one in (BLANK, BUYER, USER, EMPLOYEE, CITIZEN, ANTI)}
