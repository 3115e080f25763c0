"""How made-up customers can be reached: addresses and numbers that belong to nobody."""

from __future__ import annotations

import re
import unicodedata

from cxm.web.demo.company import AttributePlan

CONTACT_ATTRIBUTES = (
    AttributePlan("name", "Name", "text", personal="personal"),
    AttributePlan("email", "E-mail", "text", personal="personal"),
    AttributePlan("phone", "Phone", "text", personal="personal"),
    AttributePlan("language", "Language", "choice"),
)
# Kept free for examples: RFC 2606, section 3.
_HOSTS = ("example.com", "example.org", "example.net")
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# Kept free for films, a thousand numbers each: Bundesnetzagentur, Ofcom.
_RANGES = (
    "+49 30 23125 {:03}",
    "+49 69 90009 {:03}",
    "+49 40 66969 {:03}",
    "+49 221 4710 {:03}",
    "+49 89 99998 {:03}",
    "+44 7700 900{:03}",
    "+44 1632 960{:03}",
)
_RANGE = 1_000
# North America keeps the last hundred of 555-01xx free in each area; of areas that end alike
# only one is used, since numbers are compared by their last nine digits.
_AREAS = range(201, 299)
_AREA = 100


def email_of(name: str, number: int) -> str:
    """Make the address of the customer with this *number*; no two share one."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_SPELT))
    words = re.findall(r"[a-z]+", plain)
    return f"{'.'.join(words)}{number + 11}@{_HOSTS[number % len(_HOSTS)]}"


def phone_of(number: int) -> str:
    """Give a telephone number of a range that belongs to nobody; empty when all are given."""
    if number < _RANGE * len(_RANGES):
        return _RANGES[number % len(_RANGES)].format(number // len(_RANGES))
    area, line = divmod(number - _RANGE * len(_RANGES), _AREA)
    return f"+1 {_AREAS[area]} 555 01{line:02}" if area < len(_AREAS) else ""


def home_phone(phone: str) -> str:
    """Write a number of `phone_of` as people write it at home, without the country's code."""
    _, _, rest = phone.partition(" ")
    return f"0{rest}"
