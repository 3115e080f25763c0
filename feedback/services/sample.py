"""A made-up survey file to try the import with, always the same."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from random import Random

NAME = "sample-shop-survey.csv"
ROWS = 240
SEED = 20_261_121
HEADS = (
    "Response ID",
    "Customer number",
    "Answered at",
    "How likely are you to recommend us?",
    "Rate the checkout",
    "Rate the delivery",
    "Rate our support",
    "Why did you give this score?",
    "Store",
)
_NEVER_USED, _BLANK = "6", "99"
_PRAISE = (
    "Quick and friendly",
    "The parcel came a day early",
    "Paying took ten seconds",
    "Support solved it in one call",
)
_BLAME = (
    "I waited two weeks and nobody wrote to me",
    "The checkout asked for my address three times",
    "The box was open when it arrived",
    "I was sent from one person to the next",
)
_AFTER = (
    ".",
    ", and that is what I will remember.",
    ". My sister says the same.",
    ", as it was last year.",
    ". The rest was as I expected it.",
)


def sample_file() -> bytes:
    """Give a CSV of 240 answers: two codes that are no scores, comments, one row without a date."""
    dice = Random(SEED)  # noqa: S311 a made-up file, no secret
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADS)
    for number in range(1, ROWS + 1):
        writer.writerow(_row(number, dice))
    return text.getvalue().encode()


def _row(number: int, dice: Random) -> list[str]:
    recommend = dice.choices(range(11), weights=(2, 1, 2, 2, 3, 5, 6, 12, 18, 22, 20))[0]
    at = datetime(2026, 8, 3, 8) + timedelta(minutes=dice.randrange(60 * 24 * 90))  # noqa: DTZ001 a file has no zone
    comment = ""
    if dice.random() < 0.4:  # noqa: PLR2004 two in five write something
        said = dice.choice(_PRAISE if recommend > 7 else _BLAME)  # noqa: PLR2004 passives and above
        comment = said + dice.choice(_AFTER)
    return [
        f"A-{1000 + number}",
        f"C{dice.randrange(100, 280):05}",
        "" if number == 77 else at.strftime("%Y-%m-%d %H:%M"),  # noqa: PLR2004 one row to refuse
        _BLANK if number % 60 == 0 else str(recommend),
        _rated(dice, recommend, unused=0.05),
        _rated(dice, recommend - 2, unused=0.1),
        _rated(dice, recommend, unused=0.45),
        comment,
        dice.choice(("Riverside", "Old Town", "Online")),
    ]


def _rated(dice: Random, mood: int, *, unused: float) -> str:
    """Rate from 1 to 5 about as the mood from 0 to 10 is; 6 is the file's "did not use"."""
    if dice.random() < unused:
        return _NEVER_USED
    return str(min(5, max(1, round(mood / 2 + dice.uniform(-1, 1)))))
