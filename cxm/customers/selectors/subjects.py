"""One person, with every customer row that is them, as one reader may know them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import FETCH_RAISE, Subquery

from cxm.customers.models import Customer, Identity
from cxm.customers.rules.identifiers import fold, strength
from cxm.customers.rules.masking import customer_alias, initials, redacted
from cxm.customers.selectors.persons import Reader
from cxm.tenants.rules import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from cxm.tenants.models import Tenant


@dataclass(frozen=True)
class Looking:
    """Who looks at a customer, when, and what they may do: *may* decides about every right."""

    tenant: Tenant
    may: Callable[[Right], bool]
    now: datetime

    @property
    def reader(self) -> Reader:
        """The same, as far as names are concerned."""
        return Reader(self.tenant, sees_persons=self.may(Right.SEE_PERSONS))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the tenant."""
        return ZoneInfo(self.tenant.time_zone)

    @property
    def today(self) -> date:
        """The business day of the tenant."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True)
class Subject:
    """A person: *rows* are all customer rows that are them, the root first.

    Facts lie on any of the rows; *identities* are those of all rows, the strongest first.
    """

    looking: Looking
    rows: tuple[Customer, ...]
    identities: tuple[Identity, ...]

    @property
    def tenant(self) -> Tenant:
        """Whose customer it is."""
        return self.looking.tenant

    @property
    def root(self) -> Customer:
        """The row that stands for the person."""
        return self.rows[0]

    @property
    def ids(self) -> list[UUID]:
        """The ids of all rows."""
        return [row.pk for row in self.rows]

    @property
    def is_masked(self) -> bool:
        """Whether the reader may not know who it is."""
        return not self.looking.may(Right.SEE_PERSONS)

    @property
    def is_erased(self) -> bool:
        """Whether the person was erased: what remains has nobody in it."""
        return self.root.erased_at is not None

    @property
    def alias(self) -> str:
        """A name that tells nothing, the same on every page."""
        return customer_alias(self.root.pk)

    @cached_property
    def name(self) -> str:
        """The newest name known, whoever reads; empty where none is."""
        return next((row.display_name for row in self.rows if row.display_name), "")

    @cached_property
    def label(self) -> str:
        """What the reader calls them: a name or the best identifier, initials, or the alias."""
        if self.is_masked:
            return initials(self.name) or self.alias
        emails = (row.email for row in self.rows if row.email)
        values = (one.value for one in self.identities if strength(one.kind) <= strength("social"))
        return self.name or next(emails, "") or next(values, "") or self.alias

    @cached_property
    def known(self) -> tuple[str, ...]:
        """Every name and identifier, none of which a masked text may hold."""
        own = ((row.display_name, row.email, row.phone) for row in self.rows)
        return (*(text for texts in own for text in texts if text), *self._values())

    @property
    def phones(self) -> list[str]:
        """The phone numbers of all rows, spelled as they were told."""
        return [row.phone for row in self.rows if row.phone]

    def shown(self, text: str) -> str:
        """Give a text about the person as the reader may read it."""
        return redacted(text, self.known) if self.is_masked and text else text

    def _values(self) -> list[str]:
        return [identity.value for identity in self.identities]


def read_subject(looking: Looking, customer_id: UUID) -> Subject | None:
    """Load the person that a customer row belongs to; None where there is no such row.

    Two queries.
    """
    customers = Customer.objects.for_tenant(looking.tenant)
    own = customers.filter(pk=customer_id).values("root_id")[:1]
    rows = customers.filter(root=Subquery(own)).defer("words").fetch_mode(FETCH_RAISE)
    group = sorted(rows, key=lambda row: (row.pk != row.root_id, row.created_at, row.pk))
    if not group:
        return None
    found = Identity.objects.for_tenant(looking.tenant).filter(
        customer__in=[row.pk for row in group]
    )
    return Subject(looking, tuple(group), tuple(sorted(found, key=_rank)))


def customers_called(
    tenant: Tenant, kind: str, value: str, *, namespace: str | None = None
) -> Sequence[UUID]:
    """Find the roots of the customers with an identifier, folded as loaders do. One query.

    Without *namespace* any will do, so that more than one may be found; at most two are given.
    """
    identities = Identity.objects.for_tenant(tenant).filter(kind=kind, value=fold(kind, value))
    if namespace is not None:
        identities = identities.filter(namespace=namespace)
    roots = identities.values_list("customer__root_id", flat=True).distinct()
    return list(roots.order_by("customer__root_id")[:2])


def _rank(identity: Identity) -> tuple[int, bool, UUID]:
    return strength(identity.kind), not identity.is_verified, identity.pk
