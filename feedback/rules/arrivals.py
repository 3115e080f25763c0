"""How the live view names what arrived, whom it was about, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from cxm.customers.rules.identity_words import masked_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxm.customers.rules.records import Ref


class Fate(StrEnum):
    """What became of one event."""

    WAITING = "waiting"
    LOADED = "loaded"
    REPEATED = "repeated"
    LEFT_OUT = "left_out"
    REFUSED = "refused"
    UNREADABLE = "unreadable"

    @property
    def label(self) -> str:
        """Say it to people."""
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """Give the colour of its badge; empty for the plain one."""
        return _TONES[self]


_LABELS = {
    Fate.WAITING: "Waiting",
    Fate.LOADED: "Loaded",
    Fate.REPEATED: "Sent before",
    Fate.LEFT_OUT: "Left out",
    Fate.REFUSED: "Refused",
    Fate.UNREADABLE: "Not readable",
}
_TONES = {
    Fate.WAITING: "accent",
    Fate.LOADED: "good",
    Fate.REPEATED: "",
    Fate.LEFT_OUT: "",
    Fate.REFUSED: "bad",
    Fate.UNREADABLE: "bad",
}
REPEATED_WORDS = "An event with this id was taken in already, so it has no second effect."
NOT_KEPT_WORDS = "It was not loaded when its body was read."
# Why an item was left out on purpose, by the words of the adapters.
LEFT_OUT_WORDS = {
    "page": "Page views were off for this source when it arrived.",
    "noise": "It only tells what the client’s library does; nobody needs it on a timeline.",
    "replaced": "A later answer of the same submission counts instead.",
    "no_report": "This mail reports nothing of another mail.",
    "no_answer": "This webhook tells of something else than an answer.",
}
_KINDS = {
    "external": "id",
    "email": "e-mail",
    "phone": "phone",
    "anonymous": "visitor",
    "device": "device",
    "social": "social",
    "card": "card",
}


def ref_words(ref: Ref, *, mask_key: bytes | None) -> str:
    """Name a customer as the event named them: "id u-1042".

    With a *mask_key* the reader may not know who it is: of e-mail and phone little is left, other
    identifiers become a short hash, the same for the same customer, so that events can still be
    told apart.
    """
    value = ref.value if mask_key is None else masked_identifier(ref.kind, ref.value, key=mask_key)
    return f"{_KINDS[ref.kind]} {value}"


def customer_words(refs: Sequence[Ref], *, mask_key: bytes | None) -> str:
    """Name a customer by the strongest of *refs*; empty for nobody."""
    return ref_words(refs[0], mask_key=mask_key) if refs else ""
