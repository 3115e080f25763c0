"""Taking out of a text what tells who wrote it, before anything else reads it.

Card numbers are known by their check digit (Luhn, US patent 2,950,048, 1960), account numbers by
their country's length and the remainder by 97 (ISO 13616, ISO 7064).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedback.rules.text.iban_lengths import IBAN_LENGTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EMAIL, PHONE, CARD, IBAN, LINK = "[email]", "[phone]", "[card]", "[iban]", "[link]"
MARKS = (EMAIL, PHONE, CARD, IBAN, LINK)

# Each pattern enters a run of signs once, at its beginning: long texts take no longer than others.
_LINK = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>\"]++", re.IGNORECASE)
_SECRET = re.compile(
    r"://[^/?#]*@"
    r"|[?&;#/](?:[\w-]*(?:token|key|auth|sess|sig|secret|pass|code|otp|sid)[\w-]*)=[^&\s]"
    r"|(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[\w-]{20,}",
    re.IGNORECASE,
)
_SECRET_WINDOW = 2_000
_AT = r"(?:[ ]?@[ ]?|[ ]?[\[(][ ]?(?:at|arobase|@)[ ]?[\])][ ]?)"
_EMAIL = re.compile(rf"(?<![\w.+%-])[\w.+%-]++{_AT}[\w-]++(?:\.[\w-]++)++", re.IGNORECASE)
_IBAN = re.compile(r"(?<![^\W_])[a-z]{2}[0-9]{2}(?=[ -]?[0-9a-z])", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w.,])[2-6](?:[ -]?[0-9]){12,24}")
_SHORTEST_CARD, _LONGEST_CARD = 13, 19
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+[ ]?)?\(?[0-9](?:[ \u00a0\u202f()/.-]{0,3}[0-9]){6,14}(?![\w%€$£])"
)
_DAY, _YEAR = "(?:[0-2]?[0-9]|3[01])", "[12][0-9]{3}"
_ONE_DATE = (
    rf"(?:{_DAY}[./-]{_DAY}[./-](?:{_YEAR}|[0-9]{{2}})|{_YEAR}[./-]{_DAY}[./-]{_DAY})(?![0-9])"
)
# Dates, and ranges of them, that do not go on: 06.12.34.56.78 is a number.
_DATES = re.compile(rf"((?<![\w./+-]){_ONE_DATE}(?:[ ]?[-–/][ ]?{_ONE_DATE})*+(?![./-]?[0-9]))")
_AMOUNT = re.compile(r"[0-9]{1,3}(?:[. \u00a0\u202f][0-9]{3})+")
_YEARS = re.compile(r"(?:(?:19|20)[0-9]{2}[ /.-]{0,3}){2,}")
_CUE = re.compile(
    r"(?:my[ ]number|t[eé]l(?:[eé]?(?:ph|f)on[oe]?)?|phone|mobil[e]?|cell|call|fax"
    r"|whatsapp|sms|handy|ruf|anruf"
    r"|num[eé]ro|nummer|m[oó]vil|telem[oó]vel|bel)\w*[^\w]{0,3}(?:\w{1,8}[^\w]{1,3}){0,2}$",
    re.IGNORECASE,
)
_CUE_REACH = 30
_FEWEST_PLAIN = 9
_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def redact(text: str) -> str:
    """Put typed marks in the place of what tells who wrote *text*.

    E-mail addresses become "[email]", phone numbers "[phone]", card numbers "[card]", account
    numbers "[iban]", and web addresses with a password or token in them "[link]". What is done
    twice is done once: marks hold nothing that would be marked.
    """
    if "://" in text or "www." in text.lower():
        text = _LINK.sub(_linked, text)
    if "@" in text or "(" in text or "[" in text:
        text = _EMAIL.sub(EMAIL, text)
    if not any(sign.isdigit() for sign in text):
        return text
    text = _replaced(text, _IBAN, _iban_end, IBAN)
    text = _replaced(text, _CARD, _card_end, CARD)
    # With a group that catches, splitting gives the dates themselves as every second part.
    parts = _DATES.split(text)
    parts[::2] = [_replaced(part, _PHONE, _phone_end, PHONE) for part in parts[::2]]
    return "".join(parts)


def _linked(match: re.Match[str]) -> str:
    return LINK if _SECRET.search(match[0][:_SECRET_WINDOW]) else match[0]


def _replaced(
    text: str, pattern: re.Pattern[str], end_of: Callable[[str, re.Match[str]], int], mark: str
) -> str:
    """Put *mark* where *pattern* begins something, up to the end that *end_of* gives, if any."""

    def parts() -> Iterator[str]:
        done = 0
        for match in pattern.finditer(text):
            if match.start() >= done and (end := end_of(text, match)):
                yield text[done : match.start()]
                yield mark
                done = end
        yield text[done:]

    return "".join(parts())


def _iban_end(text: str, match: re.Match[str]) -> int:
    """Give where an account number ends that begins here; 0 where none does."""
    length = IBAN_LENGTHS.get(match[0][:2].upper(), 0)
    signs, at, was_gap = "", match.start(), False
    while len(signs) < length and at < len(text):
        sign = text[at]
        if sign.isascii() and sign.isalnum():
            signs, was_gap = signs + sign, False
        elif sign in " -\u00a0" and not was_gap:
            was_gap = True
        else:
            return 0
        at += 1
    is_inside_a_word = at < len(text) and text[at].isalnum()
    if not length or len(signs) < length or is_inside_a_word:
        return 0
    number = "".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])
    return at if int(number) % 97 == 1 else 0


def _card_end(text: str, match: re.Match[str]) -> int:
    """Give where the longest card number ends that begins here; 0 where none does."""
    places = [at for at in range(match.start(), match.end()) if text[at].isdigit()]
    is_whole = match.end() == len(text) or not text[match.end()].isdigit()
    for count in range(min(len(places), _LONGEST_CARD), _SHORTEST_CARD - 1, -1):
        end = places[count - 1] + 1
        ends_there = not text[end].isdigit() if end < len(text) else True
        if ends_there and (is_whole or count < len(places)):
            digits = [int(text[at]) for at in places[:count]]
            if _passes_luhn(digits):
                return end
    return 0


def _passes_luhn(digits: list[int]) -> bool:
    doubled = sum(_LUHN_DOUBLED[digit] for digit in digits[-2::-2])
    return (doubled + sum(digits[-1::-2])) % 10 == 0


def _phone_end(text: str, match: re.Match[str]) -> int:
    """Give where a phone number ends that stands here; 0 for amounts, years and other numbers."""
    said = match[0]
    digits = sum(sign.isdigit() for sign in said)
    if _AMOUNT.fullmatch(said) or _YEARS.fullmatch(said):
        return 0
    is_international = said[0] in "+0("
    has_groups = digits < len(said)
    if is_international or has_groups or digits > _FEWEST_PLAIN:
        return match.end()
    before = text[max(0, match.start() - _CUE_REACH) : match.start()]
    return match.end() if _CUE.search(before) else 0
