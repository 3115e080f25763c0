"""Reads of the lists of people that distributions ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from cxm.customers.rules.masking import masked_email, masked_phone
from cxm.customers.selectors.customer_rows import label_of
from cxm.customers.selectors.persons import Reader
from feedback.models import AskList, AskListRow, Invitation
from feedback.rules.distribution.list_rows import list_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cxm.tenants.querysets import TenantQuerySet
    from feedback.models import Distribution

MOST_LISTS = 100
SHOWN = {
    "": Q(),
    "faulty": ~Q(fault=""),
    "known": Q(fault="", is_known=True),
    "new": Q(fault="", is_known=False),
}


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many rows a list has: all, those with a fault, and of the good ones the known people.

    *settled* counts the rows whose person was found or made, and planned for.
    """

    rows: int = 0
    faulty: int = 0
    known: int = 0
    settled: int = 0

    @property
    def good(self) -> int:
        """Count the rows that are asked, or not asked for a reason of the policy."""
        return self.rows - self.faulty

    @property
    def new(self) -> int:
        """Count the good rows that name somebody who was not known."""
        return self.good - self.known


@dataclass(frozen=True, slots=True)
class ListLine:
    """One row as it is shown: *who* is masked for those who may not see persons.

    Once the person is found or made, *who* is what they are called everywhere.
    """

    row: AskListRow
    who: str
    facts: str
    invitation: Invitation | None
    root_id: UUID | None


def lists_of(distribution: Distribution) -> list[tuple[AskList, ListCounts]]:
    """List what was brought for a distribution, the newest first. Two queries."""
    rows = AskList.objects.for_tenant(distribution.tenant_id).filter(distribution=distribution)
    return with_counts(list(rows.order_by("-created_at", "-pk")[:MOST_LISTS]))


def with_counts(lists: Sequence[AskList]) -> list[tuple[AskList, ListCounts]]:
    """Give *lists*, of one tenant, with how many rows they have. One query."""
    if not lists:
        return []
    rows = AskListRow.objects.for_tenant(lists[0].tenant_id)
    counts = _counts(rows.filter(ask_list__in=[one.pk for one in lists]))
    return [(one, counts.get(one.pk, ListCounts())) for one in lists]


def counts_of(ask_list: AskList) -> ListCounts:
    """Count the rows of one list. One query."""
    return _counts(rows_of(ask_list)).get(ask_list.pk, ListCounts())


def rows_of(ask_list: AskList, shown: str = "") -> TenantQuerySet[AskListRow]:
    """Give the rows of a list in their order; *shown* is a key of SHOWN."""
    rows: TenantQuerySet[AskListRow] = AskListRow.objects.for_tenant(ask_list.tenant_id)
    rows = rows.filter(SHOWN[shown], ask_list=ask_list).select_related("customer__root")
    return rows.order_by("number", "pk")


def lines_of(
    ask_list: AskList, rows: Sequence[AskListRow], *, sees_persons: bool
) -> list[ListLine]:
    """Give rows with what became of them. One query."""
    keys = {list_key(ask_list.pk, one.customer.root_id) for one in rows if one.customer}
    invited = Invitation.objects.for_tenant(ask_list.tenant_id).filter(
        distribution=ask_list.distribution_id, natural_key__in=keys
    )
    by_key = {one.natural_key: one for one in invited}
    return [_line(ask_list, one, by_key, sees_persons=sees_persons) for one in rows]


def _line(
    ask_list: AskList, row: AskListRow, by_key: dict[str, Invitation], *, sees_persons: bool
) -> ListLine:
    values: dict[str, str] = row.told.get("values", {})
    facts: dict[str, str] = row.told.get("facts", {})
    told = [values.get(name, "") for name in ("name", "email", "phone", "external_id")]
    if not sees_persons:
        told, facts = ["", masked_email(told[1]), masked_phone(told[2]), ""], {}
    root_id = row.customer.root_id if row.customer else None
    if row.customer:
        reader = Reader(ask_list.tenant, sees_persons=sees_persons)
        told = [label_of(reader, row.customer.root)]
    return ListLine(
        row=row,
        who=", ".join(filter(None, told)),
        facts=", ".join(f"{name}: {value}" for name, value in facts.items()),
        invitation=by_key.get(list_key(ask_list.pk, root_id)) if root_id else None,
        root_id=root_id,
    )


def _counts(rows: TenantQuerySet[AskListRow]) -> dict[UUID, ListCounts]:
    is_good = Q(fault="")
    found: Any = (
        rows.order_by()
        .values("ask_list")
        .annotate(
            rows=Count("pk"),
            faulty=Count("pk", filter=~is_good),
            known=Count("pk", filter=is_good & Q(is_known=True)),
            settled=Count("pk", filter=Q(customer__isnull=False)),
        )
    )
    return {one.pop("ask_list"): ListCounts(**one) for one in found}
