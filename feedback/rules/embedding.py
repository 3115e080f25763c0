"""How a survey stands on other people's pages: where it may, when it comes up, who is who there."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cxm.kernel.named import Named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MOST_ORIGINS, MOST_PATTERNS = 20, 20
LONGEST_ORIGIN, LONGEST_PATTERN, LONGEST_EVENT, LONGEST_PERSON = 200, 200, 100, 200
MOST_SECONDS, MOST_PERCENT, MOST_DAYS = 3_600, 100, 365
# A signature that somebody copied is of no use on the next day.
LONGEST_CLAIM_SECONDS = 24 * 3_600
_ORIGIN = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(:[0-9]{1,5})?")
_HERE = ("localhost", "127.0.0.1")
_STANDARD = {"http": ":80", "https": ":443"}


class Shape(Named):
    """What a survey looks like on the page."""

    POPOVER = "popover"
    INLINE = "inline"
    PAGE = "page"

    @property
    def words(self) -> str:
        """Give what people read."""
        return _SHAPES[self]


class Moment(Named):
    """When it comes up."""

    SOON = "soon"
    SECONDS = "seconds"
    SCROLL = "scroll"
    LEAVING = "leaving"
    EVENT = "event"

    @property
    def words(self) -> str:
        """Give what people read."""
        return _MOMENTS[self]


_SHAPES = {
    Shape.POPOVER: "In the corner of the page",
    Shape.INLINE: "In the text of the page, where the code stands",
    Shape.PAGE: "Over the whole page",
}
_MOMENTS = {
    Moment.SOON: "As soon as the page is there",
    Moment.SECONDS: "After some seconds on the page",
    Moment.SCROLL: "When somebody has scrolled so far",
    Moment.LEAVING: "When the pointer leaves the page at its top",
    Moment.EVENT: "When the page reports an event",
}


@dataclass(frozen=True, slots=True)
class Embedding:
    """How a survey may be embedded.

    *origins* are the sites, such as https://shop.example; *pages* patterns of addresses on them,
    none for all. It is not shown to the same person again for *repeat_days*.
    """

    is_on: bool = False
    origins: tuple[str, ...] = ()
    shape: Shape = Shape.POPOVER
    moment: Moment = Moment.SOON
    seconds: int = 10
    percent: int = 50
    event: str = ""
    pages: tuple[str, ...] = ()
    repeat_days: int = 30

    def takes(self, origin: str) -> bool:
        """Whether pages of *origin* may show the survey."""
        return self.is_on and origin in self.origins

    def as_stored(self) -> dict[str, Any]:
        """Give it as `read_embedding` reads it."""
        return asdict(self) | {"origins": list(self.origins), "pages": list(self.pages)}


def read_embedding(told: Mapping[str, Any]) -> Embedding:
    """Read what is stored of a survey; {} is one that stands nowhere else."""
    values = dict(told)
    if not values:
        return Embedding()
    values |= {name: tuple(values[name]) for name in ("origins", "pages")}
    return Embedding(
        **values | {"shape": Shape(values["shape"]), "moment": Moment(values["moment"])}
    )


def read_origin(told: str) -> str | None:
    """Give the origin that *told* names, as browsers send it; None where it names none.

    Only https, but for the own machine. A path behind it is left out: a site is embedded as a
    whole.
    """
    scheme, _, rest = told.strip().lower().partition("://")
    found = _ORIGIN.fullmatch(f"{scheme}://{rest.split('/')[0]}")
    if found is None or len(told) > LONGEST_ORIGIN:
        return None
    host, port = found[2], found[3] or ""
    if scheme == "http" and host not in _HERE:
        return None
    return f"{scheme}://{host}{'' if port == _STANDARD[scheme] else port}"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a site says that somebody is: its own id of them, until when, and its signature."""

    person: str
    expires: str
    signature: str


def signature_of(key: str, public_id: str, person: str, expires: str) -> str:
    """Sign who somebody is: HMAC-SHA256 (RFC 2104) over three parts with full stops, as hex."""
    words = f"{public_id}.{person}.{expires}".encode()
    return hmac.new(key.encode(), words, hashlib.sha256).hexdigest()


def is_genuine(claim: Claim, *, key: str, public_id: str, now: datetime) -> bool:
    """Whether *claim* is signed with *key* for this survey, is not over and ends within a day."""
    if not key or not 0 < len(claim.person) <= LONGEST_PERSON:
        return False
    if not (claim.expires.isascii() and claim.expires.isdecimal() and len(claim.expires) <= 12):  # noqa: PLR2004 - seconds since 1970 have ten digits until 2286
        return False
    left = int(claim.expires) - int(now.timestamp())
    if not 0 < left <= LONGEST_CLAIM_SECONDS:
        return False
    right = signature_of(key, public_id, claim.person, claim.expires)
    return hmac.compare_digest(right.encode(), claim.signature.lower().encode())
