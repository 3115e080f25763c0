"""Who a person is, in one look: names, identifiers, companies, segments, attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection

from cxm.customers.models import AttributeDef, Consent, Identity
from cxm.customers.rules.attribute_values import value_words
from cxm.customers.rules.event_words import readable_name
from cxm.customers.rules.identity_words import (
    Strength,
    labelled,
    masked_identifier,
    spelled,
    strength_of,
)
from cxm.customers.selectors.languages import language_name
from cxm.customers.selectors.persons import mask_key

if TYPE_CHECKING:
    from cxm.customers.rules.records import JSON
    from cxm.customers.selectors.subjects import Subject

# One statement for four short lists: pages count their queries.
_LISTS = """
SELECT 'company', c.id, coalesce(nullif(c.name, ''), c.external_id), m.role, m.since::text
FROM customers_companymember m
JOIN customers_company c ON c.tenant_id = m.tenant_id AND c.id = m.company_id
WHERE m.tenant_id = %(tenant)s AND m.customer_id = ANY(%(customers)s)
UNION ALL
SELECT 'segment', s.id, s.title, s.key, (NOT s.is_pinned)::text
FROM customers_segmentmember m
JOIN customers_segment s ON s.tenant_id = m.tenant_id AND s.id = m.segment_id
WHERE m.tenant_id = %(tenant)s AND m.customer_id = %(root)s AND m.to_at IS NULL
    AND s.archived_at IS NULL
UNION ALL
SELECT 'attribute', id, key, title, type || ' ' || personal
FROM customers_attributedef
WHERE tenant_id = %(tenant)s AND scope = 'customer' AND key = ANY(%(keys)s)
UNION ALL
SELECT 'consent', id, purpose, state, at::text
FROM (
    SELECT DISTINCT ON (purpose) id, purpose, state, at FROM customers_consent
    WHERE tenant_id = %(tenant)s AND customer_id = ANY(%(customers)s) AND medium = ''
    ORDER BY purpose, at DESC, id DESC
) newest
ORDER BY 1, 5, 3, 2
"""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier as the reader may know it; *where* is whose numbering it is, if anyone's.

    *value* is compared with, *spelled* is read.
    """

    kind: str
    kind_words: str
    value: str
    spelled: str
    where: str
    strength: Strength
    is_verified: bool

    @property
    def label(self) -> str:
        """What it is, and whose: "Customer number, CRM"."""
        return labelled(self.kind_words, self.where)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: what it is called, and what is known, in text and for people."""

    key: str
    title: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Employer:
    """A company that somebody belongs to, and as what."""

    id: UUID
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class NamedSegment:
    """A segment that somebody is in."""

    id: UUID
    title: str
    key: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody said last about a purpose, and when."""

    purpose: str
    is_given: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """Who somebody is. Names of companies are no secret; attributes are those one may see."""

    identifiers: list[Identifier]
    companies: list[Employer]
    segments: list[NamedSegment]
    attributes: list[Attribute]
    hidden_attributes: int
    agreed: list[Agreed]
    language: str
    time_zone: str
    local_time: datetime | None
    since: datetime | None
    last_seen: datetime | None

    @property
    def company_ids(self) -> list[UUID]:
        """The ids of the companies."""
        return [company.id for company in self.companies]


def read_head(subject: Subject) -> Head:
    """Describe who *subject* is. One query."""
    known = _known_attributes(subject)
    lists = _read_lists(subject, list(known))
    attributes = _attributes(subject, known, lists.described)
    return Head(
        identifiers=identifiers(subject),
        companies=list(lists.companies.values()),
        segments=lists.segments,
        attributes=attributes,
        hidden_attributes=len(known) - len(attributes),
        agreed=lists.agreed,
        language=_language(subject),
        time_zone=_time_zone(subject),
        local_time=_local_time(subject),
        since=_local(subject, min(_moments(subject, "first_seen_at"), default=None)),
        last_seen=_local(subject, max(_moments(subject, "last_seen_at"), default=None)),
    )


@dataclass(frozen=True, slots=True)
class _Described:
    title: str
    type: str
    personal: str


@dataclass(slots=True)
class _Lists:
    """What `_LISTS` gives."""

    companies: dict[UUID, Employer] = field(default_factory=dict)
    segments: list[NamedSegment] = field(default_factory=list)
    described: dict[str, _Described] = field(default_factory=dict)
    agreed: list[Agreed] = field(default_factory=list)


def _read_lists(subject: Subject, keys: list[str]) -> _Lists:
    """Read companies, segments, consents and what the attributes *keys* are described as."""
    found = _Lists()
    parameters: dict[str, Any] = {
        "tenant": subject.tenant.pk,
        "customers": subject.ids,
        "root": subject.root.pk,
        "keys": keys,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LISTS, parameters)
        for sort, pk, first, second, third in cursor.fetchall():
            match sort:
                case "company":
                    found.companies.setdefault(pk, Employer(pk, first, second))
                case "segment":
                    found.segments.append(NamedSegment(pk, first, second))
                case "consent":
                    at = datetime.fromisoformat(third).astimezone(subject.looking.zone)
                    found.agreed.append(Agreed(first, second == Consent.State.GIVEN, at))
                case _:
                    found.described[first] = _Described(second, *third.split())
    return found


def identifiers(subject: Subject) -> list[Identifier]:
    """List the identifiers, the strongest first; masked where persons are hidden."""
    return [_identifier(subject, identity) for identity in subject.identities]


def _identifier(subject: Subject, identity: Identity) -> Identifier:
    value = identity.value
    if subject.is_masked:
        value = masked_identifier(identity.kind, value, key=mask_key(subject.tenant))
    return Identifier(
        kind=identity.kind,
        kind_words=Identity.Kind(identity.kind).label,
        value=value,
        spelled=value if subject.is_masked else spelled(identity.kind, value, subject.phones),
        where=identity.namespace,
        strength=strength_of(identity.kind, is_verified=identity.is_verified),
        is_verified=identity.is_verified,
    )


def _known_attributes(subject: Subject) -> dict[str, JSON]:
    known: dict[str, JSON] = {}
    for row in reversed(subject.rows):
        known |= row.attributes
    return known


def _attributes(
    subject: Subject, known: dict[str, JSON], described: dict[str, _Described]
) -> list[Attribute]:
    """Give what may be seen, by title.

    To those from whom persons are hidden, only what was described as not personal is shown.
    """
    shown = [
        _attribute(described.get(key), key, value)
        for key, value in known.items()
        if not subject.is_masked or _is_open(described.get(key))
    ]
    return sorted(shown, key=lambda one: one.title.casefold())


def _is_open(described: _Described | None) -> bool:
    return (
        described is not None
        and described.type != AttributeDef.Type.UNMAPPED
        and described.personal == AttributeDef.Personal.NONE
    )


def _attribute(described: _Described | None, key: str, value: JSON) -> Attribute:
    title = described.title if described else readable_name(key)
    return Attribute(
        key=key,
        title=title,
        value=value_words(value),
        words=value_words(value, described.type if described else ""),
    )


def _language(subject: Subject) -> str:
    return language_name(next((row.language for row in subject.rows if row.language), ""))


def _time_zone(subject: Subject) -> str:
    return next((row.time_zone for row in subject.rows if row.time_zone), "")


def _local_time(subject: Subject) -> datetime | None:
    name = _time_zone(subject)
    try:
        return subject.looking.now.astimezone(ZoneInfo(name)) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _moments(subject: Subject, name: str) -> list[datetime]:
    return [moment for row in subject.rows if (moment := getattr(row, name))]


def _local(subject: Subject, moment: datetime | None) -> datetime | None:
    return moment.astimezone(subject.looking.zone) if moment else None
