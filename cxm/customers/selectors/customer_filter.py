"""What the list of customers is asked for, read from an address that anybody may have written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q

from cxm.customers.models import AttributeDef, Company, Customer, Segment
from cxm.customers.rules.profile import LONGEST_KEY
from cxm.kernel.queries import query_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cxm.customers.selectors.persons import Reader

LONGEST_NOTED = 60
NOT_UNDERSTOOD = "“{}” is not understood and was left out."


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers are shown; an empty field shows all.

    *kind* is known or visitor: without it a plain list shows known ones, a search both. *notes*
    say what of the address was left out, and why.
    """

    q: str = ""
    kind: str = ""
    company: Company | None = None
    segment: Segment | None = None
    attribute: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether anything but a search and the kind is asked for."""
        return bool(self.company or self.segment or self.attribute)

    def pairs(self) -> list[tuple[str, str]]:
        """Give what is set as the pairs of a query string."""
        written = {
            "q": self.q,
            "kind": self.kind,
            "company": str(self.company.pk) if self.company else "",
            "segment": self.segment.key if self.segment else "",
            "attribute": "=".join(self.attribute) if self.attribute else "",
        }
        return [(name, value) for name, value in written.items() if value]

    def query(self, *more: tuple[str, str], without: str = "") -> str:
        """Write the filter as a query string, less one field, with *more* pairs behind it."""
        kept = [pair for pair in self.pairs() if pair[0] != without]
        return urlencode([*kept, *more])


def read_customer_filter(reader: Reader, query: Mapping[str, str]) -> CustomerFilter:
    """Read a filter; what is not understood in it is left out and noted.

    One query each for a company, a segment, and, from those to whom persons are hidden, an
    attribute: they filter by attributes only that are described as not personal.
    """
    notes: list[str] = []

    def read[V](name: str, reading: Callable[[Reader, str], V | None]) -> V | None:
        text = _attribute_text(query) if name == "attribute" else query_text(query, name)
        value = reading(reader, text) if text else None
        if text and value is None:
            notes.append(NOT_UNDERSTOOD.format(text[:LONGEST_NOTED]))
        return value

    return CustomerFilter(
        q=query_text(query, "q"),
        kind=read("kind", _kind) or "",
        company=read("company", _company),
        segment=read("segment", _segment),
        attribute=read("attribute", _attribute),
        notes=tuple(notes),
    )


def _attribute_text(query: Mapping[str, str]) -> str:
    """Give `attribute=plan=pro`, or the two fields of the form: `attribute=plan&value=pro`."""
    text = query_text(query, "attribute")
    return f"{text}={query_text(query, 'value')}" if text and "=" not in text else text


def _kind(_reader: Reader, text: str) -> str | None:
    return text if text in Customer.Kind.values else None


def _company(reader: Reader, text: str) -> Company | None:
    """Find a company by id, else by its name or number; of several, the oldest."""
    rows = Company.objects.for_tenant(reader.tenant).order_by("pk")
    try:
        return rows.filter(pk=UUID(text)).first()
    except ValueError:
        return rows.filter(Q(name__iexact=text) | Q(external_id=text)).first()


def _segment(reader: Reader, text: str) -> Segment | None:
    return Segment.objects.for_tenant(reader.tenant).live().filter(key=text).first()


def _attribute(reader: Reader, text: str) -> tuple[str, str] | None:
    key, sign, value = (part.strip() for part in text.partition("="))
    if not (key and sign) or len(key) > LONGEST_KEY:
        return None
    if reader.sees_persons or key in open_attributes(reader, [key]):
        return key, value
    return None


def open_attributes(reader: Reader, keys: list[str]) -> frozenset[str]:
    """Keep those of *keys* that tell nobody who somebody is. One query."""
    rows = AttributeDef.objects.for_tenant(reader.tenant).filter(
        scope=AttributeDef.Scope.CUSTOMER, key__in=keys, personal=AttributeDef.Personal.NONE
    )
    described = rows.exclude(type=AttributeDef.Type.UNMAPPED)
    return frozenset(described.values_list("key", flat=True))
