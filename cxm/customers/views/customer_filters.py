"""The filter above the list of customers: what it offers, and a chip for each thing chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxm.customers.models import AttributeDef, Company, Customer, Segment
from cxm.customers.rules.attribute_values import BUILT_IN
from cxm.customers.rules.event_words import readable_name

if TYPE_CHECKING:
    from cxm.customers.selectors.customer_filter import CustomerFilter
    from cxm.customers.selectors.persons import Reader

MOST_OFFERED = 200


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing chosen: what it is, and where the click leads that takes it away."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class CustomerFilterBar:
    """All that the filter shows; what it *kept* goes along with a new search."""

    chips: list[Chip]
    kept: list[tuple[str, str]]
    kinds: list[Option] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    segments: list[Option] = field(default_factory=list)
    attributes: list[Option] = field(default_factory=list)


def customer_filter_bar(
    reader: Reader, asked: CustomerFilter, *, path: str, is_whole: bool
) -> CustomerFilterBar:
    """Lay out the filter of the page at *path*; what can be chosen only on a whole page.

    Three queries for a whole page, none for a part of it.
    """
    kept = [pair for pair in asked.pairs() if pair[0] != "q"]
    chips = _chips(asked, path)
    if not is_whole:
        return CustomerFilterBar(chips, kept)
    return CustomerFilterBar(
        chips,
        kept,
        kinds=[Option(kind.value, str(kind.label)) for kind in Customer.Kind],
        companies=_companies(reader),
        segments=_segments(reader),
        attributes=_attributes(reader),
    )


def _chips(asked: CustomerFilter, path: str) -> list[Chip]:
    words: dict[str, tuple[str, str]] = {}
    if asked.kind:
        words["kind"] = ("Kind", str(Customer.Kind(asked.kind).label))
    if asked.company:
        words["company"] = ("Company", str(asked.company))
    if asked.segment:
        words["segment"] = ("Segment", asked.segment.title)
    if asked.attribute:
        words["attribute"] = (readable_name(asked.attribute[0]), asked.attribute[1] or "empty")
    return [
        Chip(label, value, f"{path}?{asked.query(without=name)}".rstrip("?"))
        for name, (label, value) in words.items()
    ]


def _companies(reader: Reader) -> list[str]:
    rows = Company.objects.for_tenant(reader.tenant).exclude(name="").order_by("name", "pk")
    return list(dict.fromkeys(rows.values_list("name", flat=True)[:MOST_OFFERED]))


def _segments(reader: Reader) -> list[Option]:
    rows = Segment.objects.for_tenant(reader.tenant).live().order_by("title", "pk")
    return [Option(row.key, row.title) for row in rows.only("key", "title")[:MOST_OFFERED]]


def _attributes(reader: Reader) -> list[Option]:
    """Offer what is known of customers; to those from whom persons are hidden, what is open."""
    rows = AttributeDef.objects.for_tenant(reader.tenant).filter(scope="customer")
    if not reader.sees_persons:
        rows = rows.filter(personal=AttributeDef.Personal.NONE).exclude(
            type=AttributeDef.Type.UNMAPPED
        )
    listed = rows.exclude(key__in=BUILT_IN).order_by("title", "pk").values_list("key", "title")
    return [Option(key, title) for key, title in listed[:MOST_OFFERED]]
