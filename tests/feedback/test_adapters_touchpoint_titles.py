"""Names for touchpoints are made of questions, short enough for tables and pictures."""

from __future__ import annotations

import pytest

from feedback.adapters.touchpoint_titles import LONGEST, touchpoint_title


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How satisfied were you with the check-in at the hotel?", "Check-in at the hotel"),
        ("Overall, how satisfied are you with your order?", "Order"),
        ("How satisfied have you been with our app overall?", "App"),
        ("How satisfied are you with the food, on a scale of 1 to 5?", "Food"),
        ("How would you rate Sudzilla?", "Sudzilla"),
        ("How was breakfast?", "Breakfast"),
        ("How easy was it to find the shop?", "Find the shop"),
        ("Please rate your satisfaction with our staff (1-5)", "Staff"),
        ("Satisfaction with delivery", "Delivery"),
        ("Q7. How good were the screens?", "Screens"),
        ("Wie zufrieden waren Sie mit der Beratung?", "Beratung"),
        ("Insgesamt, wie zufrieden sind Sie mit unserem Lieferservice?", "Lieferservice"),
        ("Wie hat Ihnen das Frühstück gefallen?", "Frühstück"),
        ("Wie einfach war es, einen Termin zu buchen?", "Termin zu buchen"),
        ("Bitte bewerten Sie den Check-in (1 bis 5).", "Check-in"),
        ("Zufriedenheit mit dem Lieferservice", "Lieferservice"),
        ("Recommanderiez-vous nos magasins ?", "Recommanderiez-vous nos magasins"),
        ("24/7 service hotline", "24/7 service hotline"),
        ("Howard's kitchen", "Howard's kitchen"),
        ("How satisfied were you with?", "How satisfied were you with"),
        ("?", "?"),
    ],
)
def test_a_question_is_shortened_to_what_it_asks_about(question: str, title: str) -> None:
    assert touchpoint_title(question) == title


@pytest.mark.parametrize(
    ("question", "title"),
    [
        (
            "How was the information on the screens in the arrivals halls?",
            "Information on the screens",
        ),
        (
            "Wie bewerten Sie die Freundlichkeit unserer Mitarbeiterinnen und Mitarbeiter?",
            "Freundlichkeit unserer Mitarbeiterinnen",
        ),
        ("x" * 60, "X" + "x" * (LONGEST - 1)),
    ],
)
def test_a_long_name_ends_with_a_word_that_can_end_it(question: str, title: str) -> None:
    assert touchpoint_title(question) == title
