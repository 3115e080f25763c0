"""What people are called where others read it."""

from __future__ import annotations

import re
from unicodedata import category

NAMELESS = "A member"
# The sign of addresses as it is typed, full width, and small.
_AT = "[@\uff20\ufe6b]"
_ADDRESS = re.compile(rf"\S+{_AT}\S+|\S+\s*{_AT}\s*\S+\.\S+")
# Without a look of their own, these join and part letters of many scripts.
_JOINERS = "\u200c\u200d"


def seen_name(text: str) -> str:
    """Give *text* as a name with single spaces, without signs that nobody sees or that turn text.

    Empty where nothing of it can be seen.
    """
    kept = "".join(
        one for one in text if one.isspace() or one in _JOINERS or category(one) not in {"Cc", "Cf"}
    )
    return " ".join(kept.split()) if kept.strip(f"{_JOINERS} ") else ""


def is_address_in(name: str) -> bool:
    """Tell whether there is an e-mail address in *name*."""
    return bool(_ADDRESS.search(name))


def called(name: str) -> str:
    """Say what a person is called who chose *name*: the name without e-mail addresses in it.

    Who chose none is “A member”: guests and readers of links read names, too, and an address, or
    what stands before its “@”, is not for everybody.
    """
    return seen_name(_ADDRESS.sub(" ", name)) or NAMELESS
