"""What Brightline's people say to each other about their personas and maps."""

from __future__ import annotations

from datetime import timedelta

from cxm.web.demo.company import LinePlan, TalkPlan


def _line(by: str, days: float, words: str) -> LinePlan:
    return LinePlan(by, timedelta(days=days), words)


TALKS = (
    TalkPlan(
        "Sandra and Jonas",
        "Needs",
        (
            _line(
                "admin",
                12.2,
                "Is “reads like last month’s” from the interviews, or from us? I would not want "
                "to build a new invoice on a guess.",
            ),
            _line(
                "manager",
                11.9,
                "From four of the nine interviews, and it is the second most frequent remark in "
                "the survey after the first bill. I have added the quote.",
            ),
            _line("admin", 11.8, "Good. Then it stays."),
        ),
        resolved_by="admin",
    ),
    TalkPlan(
        "Ruth, third call",
        "What we do now",
        (
            _line(
                "agent",
                6.4,
                "What helps on the phone:\n\n- say the **date** of the last call first\n- name who "
                "will call back\n- and do not ask for the customer number again",
            ),
            _line("manager", 6.1, "Can I take this into the team meeting on Thursday?"),
            _line("agent", 6.0, "Of course."),
        ),
    ),
    TalkPlan(
        "Getting fibre into the home",
        "Field service partner",
        (
            _line(
                "manager",
                4.3,
                "They are paid by the visit, finished or not. Is that still in the new contract? "
                "@Alex Novak",
            ),
            _line(
                "admin",
                3.9,
                "Until March. From April a visit counts when the line is up, so I would move them "
                "to *supportive* then.",
            ),
        ),
        is_of_map=True,
    ),
    TalkPlan(
        "Sandra and Jonas",
        "Pains",
        (
            _line(
                "agent",
                1.3,
                "“The app said that all was well”: I hear this every week, also from people who "
                "have no children. Does it belong to @Robin Marsh’s outage work rather than here?",
            ),
        ),
    ),
    TalkPlan(
        "Getting fibre into the home",
        "",
        (
            _line(
                "admin",
                0.2,
                "I miss the housing companies. One contract with them opens four hundred cellars. "
                "Shall we put them beside the landlord, @Robin Marsh?",
            ),
        ),
        is_of_map=True,
    ),
)
