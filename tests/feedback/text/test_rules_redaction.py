"""What would tell who wrote a text is found, and little else is."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from django.conf import settings

from feedback.rules.text.iban_lengths import IBAN_LENGTHS
from feedback.rules.text.redaction import CARD, EMAIL, IBAN, LINK, MARKS, PHONE, redact

FRENCH = Path(settings.BASE_DIR).parent / "shared/data/nps_retail_fr/nps_redacted.csv"
PLANTED = 500
WANTED_SHARE, MOST_FALSE = 0.98, 0.005
LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"
PHONES = (
    *("+49 171 #######", "06 ## ## ## ##", "+33 6 ## ## ## ##", "(020) #### ####"),
    *("0171/#######", "+1-212-###-####", "0## ### ## ##", "+31 6 ########"),
    *("0049171#######", "212-555-####"),
)
AROUND = (
    "Please write to {} about my order of 3 lamps.",
    "Bitte melden: {}",
    "({}) merci de me rappeler",
    "{}, gracias",
    "I paid 49.90 on 12/11/2026, my contact is {}.",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to anna.b+x@mail.example.co.uk please", "Write to [email] please"),
        ("anna (at) example.de", "[email]"),
        ("Ring +49 (0)171 / 123 45 67 now", "Ring [phone] now"),
        ("tel 06 12 34 56 78.", "tel [phone]."),
        ("phone: 5551234", "phone: [phone]"),
        # Examples of ISO 13616 and of the card networks' test numbers.
        ("IBAN DE89 3704 0044 0532 0130 00 is mine", "IBAN [iban] is mine"),
        ("GB82WEST12345698765432", "[iban]"),
        ("GB82WEST12345698765433", "GB82WEST12345698765433"),
        ("4111 1111 1111 1111 12/27", "[card] 12/27"),
        ("378282246310005", "[card]"),
        ("https://x.io/reset?token=abc123", "[link]"),
        ("https://anna:secret@x.io/", "[link]"),
        ("see https://shop.example/p/1", "see https://shop.example/p/1"),
        ("on 21.11.2026 at 10:00", "on 21.11.2026 at 10:00"),
        (
            "de 12.03.2024-15.03.2024, 2024-03-12/2024-03-15",
            "de 12.03.2024-15.03.2024, 2024-03-12/2024-03-15",
        ),
        ("06.12.34.56.78", "[phone]"),
        ("au 06-12-34-56-78 svp", "au [phone] svp"),
        ("07.70.12.34.56", "[phone]"),
        ("0170-12-34567", "[phone]"),
        ("0170/12/345678", "[phone]"),
        ("12.03.2024 0170 1234567", "12.03.2024 [phone]"),
        ("0170 1234567 12.03.2024", "[phone] 12.03.2024"),
        ("12/03/24, 13/03/24: 06.12.34.56.78", "12/03/24, 13/03/24: [phone]"),
        ("order 12345678", "order 12345678"),
        ("1 234 567 euro in 2015 2016 2017", "1 234 567 euro in 2015 2016 2017"),
        ("", ""),
    ],
)
def test_typed_marks_stand_for_what_tells_who_wrote(text: str, expected: str) -> None:
    assert redact(text) == expected


def test_marks_are_marked_no_further() -> None:
    text = " ".join(MARKS)

    assert redact(text) == text


@pytest.mark.parametrize("mark", MARKS)
def test_planted_items_of_each_kind_are_found(mark: str) -> None:
    chance = random.Random(f"planted {mark}")  # noqa: S311 - nothing secret
    found = 0
    for number in range(PLANTED):
        item = PLANT[mark](chance)
        text = redact(AROUND[number % len(AROUND)].format(item))
        found += item not in text and text.count("[") == 1

    assert found / PLANTED >= WANTED_SHARE


@pytest.mark.slow
@pytest.mark.skipif(not FRENCH.exists(), reason="the texts of the French chain are not here")
def test_few_words_of_real_texts_are_marked_that_tell_nothing() -> None:
    with FRENCH.open(encoding="latin-1", newline="") as file:
        texts = [row["explication"] for row in csv.DictReader(file) if row["explication"] != "NA"]

    # The publisher of these texts put x@example.invalid and 0000000000 where people were named.
    plain = [text.replace("x@example.invalid", "").replace("0000000000", "") for text in texts]
    false = sum(sum(redact(text).count(mark) for mark in MARKS) for text in plain)

    assert len(texts) == 3_839
    assert false / sum(len(text.split()) for text in texts) <= MOST_FALSE


@pytest.mark.parametrize(
    "unit", ["a@", "1 ", "(1", "de12 ", "www.", "a.", "+", "4", "1.1.11-", "http://x/a-"]
)
def test_hostile_texts_are_read_like_others(unit: str) -> None:
    assert redact(unit * (10_000 // len(unit)))


def _email(chance: random.Random) -> str:
    name = "".join(chance.choices(LETTERS, k=6)) + chance.choice([".", "_", "-", "+", ""])
    place = chance.choice(["mail.com", "a-b.co.uk", "x.de"])
    return f"{name}lee{chance.randrange(99)}@{place}"


def _phone(chance: random.Random) -> str:
    shape = chance.choice(PHONES)
    return "".join(chance.choice(DIGITS) if sign == "#" else sign for sign in shape)


def _card(chance: random.Random) -> str:
    digits = [chance.choice([4, 5]), *(chance.randrange(10) for _ in range(14))]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[::2]]
    digits.append(-(sum(doubled) + sum(digits[1::2])) % 10)
    text = "".join(map(str, digits))
    gap = chance.choice(["", " ", "-"])
    return gap.join(text[at : at + 4] for at in range(0, 16, 4))


def _iban(chance: random.Random) -> str:
    country = chance.choice(sorted(IBAN_LENGTHS))
    body = "".join(chance.choices(DIGITS, k=IBAN_LENGTHS[country] - 4))
    number = "".join(str(int(sign, 36)) for sign in f"{body}{country}00")
    text = f"{country}{98 - int(number) % 97:02}{body}"
    gap = chance.choice(["", " "])
    return gap.join(text[at : at + 4] for at in range(0, len(text), 4))


def _link(chance: random.Random) -> str:
    secret = "".join(chance.choices(LETTERS + DIGITS, k=24))
    key = chance.choice(["token", "auth_key", "session", "sig", "password"])
    shape = chance.choice(["https://x.example/a?{}={}", "http://y.example/?b=1&{}={}"])
    return shape.format(key, secret)


PLANT = {EMAIL: _email, PHONE: _phone, CARD: _card, IBAN: _iban, LINK: _link}
