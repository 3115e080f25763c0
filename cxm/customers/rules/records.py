"""What every adapter of events yields: neutral records, the same whatever client sent them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from cxm.customers.rules.identifiers import fold

type JSON = bool | int | float | str | list[JSON] | dict[str, JSON] | None


class Call(StrEnum):
    """What a record does."""

    TRACK = "track"
    IDENTIFY = "identify"
    GROUP = "group"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """One identifier of a customer.

    *kind* is external, email, phone, anonymous, device, social or card; *namespace* says whose
    numbering it is (empty for e-mail and phone, and for the tenant's own customer numbers);
    *value* is text, always, folded as `identifiers.fold` does.
    """

    kind: str
    namespace: str
    value: str

    @classmethod
    def folded(cls, kind: str, value: str, namespace: str = "") -> Ref:
        """Make the identifier that *value*, as somebody sent it, stands for."""
        return cls(kind, namespace, fold(kind, value))


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One call of a client, or one line of a file: something a customer did, is, or belongs to.

    *position* counts the items of the body from 0; *key* identifies the record within its
    source for good: the same key again is the same record. *refs* name the customer, the
    strongest first; none: nobody is named, and the fact stands alone.

    TRACK makes an interaction of *kind*, *name*, *props*; *touchpoint* and *channel* are registry
    keys (or aliases) that the payload names, or empty: then rules decide; *medium* is what the
    client runs on, for a channel where nothing else tells one. IDENTIFY tells *traits* of the
    customer. GROUP says that the customer belongs to *company* (an id in *namespace*), with the
    company's *traits*. ALIAS says that *previous* is the same person as *refs*.

    *occurred_at* is aware, corrected for the sender's clock; *is_zone_assumed* says that the
    source gave no offset.
    """

    call: Call
    position: int
    key: str
    occurred_at: datetime
    refs: tuple[Ref, ...] = ()
    is_zone_assumed: bool = False
    kind: str = "event"
    name: str = ""
    title: str = ""
    text: str = ""
    direction: str = "none"
    actor: str = "customer"
    thread_key: str = ""
    amount: Decimal | None = None
    currency: str = ""
    touchpoint: str = ""
    channel: str = ""
    medium: str = ""
    props: dict[str, JSON] = field(default_factory=dict)
    traits: dict[str, JSON] = field(default_factory=dict)
    company: str = ""
    namespace: str = ""
    previous: Ref | None = None


@dataclass(frozen=True, slots=True)
class EventRefusal:
    """An item that was kept out, and why.

    *code* is one of the documented reasons; *message* is for people and says what to do; *path*
    points into the item (`properties.total`); *raw* is the item as JSON text.
    """

    position: int
    code: str
    message: str
    path: str = ""
    key: str = ""
    name: str = ""
    raw: str = ""
