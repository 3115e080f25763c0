"""Links for people outside: how long they work, how often a password is tried, who came."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

USUAL_DAYS, MOST_DAYS = 90, 365
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
LONGEST_LABEL = 120
TRIES, WAIT = 5, timedelta(minutes=15)
# Counted no further: the column ends there, and after so many each wrong one means to wait.
MOST_COUNTED = 30_000
_IPV4_BITS, _IPV6_BITS = 24, 48
# The first that fits: most browsers name others before themselves.
_FAMILIES = (
    ("Robot", r"bot\b|crawl|spider|preview|slurp|facebookexternalhit|embedly"),
    ("Program", r"^(?:curl|wget|python|go-http|java|okhttp|node|axios|ruby|php)"),
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\b(?:OPR|Opera)/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Chrome|CriOS|Chromium)/"),
    ("Safari", r"\bSafari/"),
)
OTHER_FAMILY = "Other"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a link is to be.

    *kinds* are the kinds of parts that it shows, *freeze_seq* the operation whose state it shows
    (None: what holds when it is opened). An empty *password* is none.
    """

    kinds: tuple[str, ...]
    expires_at: datetime
    label: str = ""
    password: str = ""
    freeze_seq: int | None = None


def is_wait_due(wrong_tries: int) -> bool:
    """Whether the try that brought the count to *wrong_tries* means to wait: each fifth does."""
    return wrong_tries >= MOST_COUNTED or wrong_tries % TRIES == 0


def tries_left(wrong_tries: int) -> int:
    """Tell how many passwords may be tried before the wait, after *wrong_tries* wrong ones."""
    return TRIES - wrong_tries % TRIES


def address_prefix(address: str) -> str:
    """Give the network that an address is in: its first 24 bits, of IPv6 the first 48.

    What is no address gives "".
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((int(found), _IPV6_BITS), strict=False))
        found = found.ipv4_mapped
    return str(ipaddress.IPv4Network((int(found), _IPV4_BITS), strict=False))


def agent_family(agent: str) -> str:
    """Name the family of the browser that calls itself *agent*: no version, no system."""
    fitting = (name for name, sign in _FAMILIES if re.search(sign, agent, re.IGNORECASE))
    return next(fitting, OTHER_FAMILY)
