"""Who somebody is, as far as the reader may know."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

from cxm.customers.models import Customer, Identity
from cxm.customers.rules.masking import customer_alias, redacted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from cxm.tenants.models import Tenant


MASK_SALT = "customers.masked-identifier"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads what of which tenant; names are hidden from some."""

    tenant: Tenant
    sees_persons: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as one reader may know them: by name, or as "Customer 7f3a".

    *name* and *email* are empty and *known* keeps what must not be shown when the reader may not
    see persons. *root_id* is None for a fact without a customer.
    """

    label: str
    root_id: UUID | None = None
    name: str = ""
    email: str = ""
    is_masked: bool = False
    known: tuple[str, ...] = ()

    def shown(self, text: str) -> str:
        """Give a text of this person as the reader may read it."""
        return redacted(text, self.known) if self.is_masked else text


@dataclass(frozen=True, slots=True)
class Persons:
    """The customers of some facts, by the id that each fact carries."""

    by_customer: dict[UUID, Person]
    nobody: Person

    def of(self, customer_id: UUID | None) -> Person:
        """Give the person of a fact; one without a name when nobody is known."""
        return self.by_customer[customer_id] if customer_id else self.nobody


def mask_key(tenant: Tenant) -> bytes:
    """Give what salts the hashes that stand for hidden identifiers of *tenant*.

    It is made of SECRET_KEY: whoever knows no more than the tenant cannot find out by trying
    which identifier a hash stands for.
    """
    return salted_hmac(MASK_SALT, tenant.pk.bytes, algorithm="sha256").digest()


def read_persons(reader: Reader, customer_ids: Iterable[UUID | None]) -> Persons:
    """Load the customers of facts, each as the root it was merged into. Two queries."""
    wanted = {pk for pk in customer_ids if pk}
    customers = list(
        Customer.objects.for_tenant(reader.tenant)
        .filter(pk__in=wanted)
        .select_related("root")
        .defer("attributes", "root__attributes")
    )
    values = defaultdict(list)
    owners = wanted | {customer.root_id for customer in customers}
    identities = Identity.objects.for_tenant(reader.tenant).filter(customer__in=owners)
    for owner_id, value in identities.order_by("pk").values_list("customer", "value"):
        values[owner_id].append(value)
    found = {
        customer.pk: _person(reader, customer, [*values[customer.root_id], *values[customer.pk]])
        for customer in customers
    }
    return Persons(found, Person("No customer", is_masked=not reader.sees_persons))


def _person(reader: Reader, customer: Customer, identities: list[str]) -> Person:
    root = customer.root
    if not reader.sees_persons:
        names = (root.display_name, root.email, customer.display_name, customer.email)
        return Person(customer_alias(root.pk), root.pk, is_masked=True, known=(*names, *identities))
    name = root.display_name or customer.display_name
    email = root.email or customer.email
    label = name or email or next(iter(identities), "") or customer_alias(root.pk)
    return Person(label, root.pk, name=name, email=email)
